//! The site's own binary.

use service::{Env, serve::stop_signal, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let config = web::Config::read(&mut env);
    let config = env.finish(config)?;
    telemetry::init(config.common.mode);
    web::serve(config, stop_signal()).await
}
