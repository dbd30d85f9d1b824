//! Runs the learning API by itself.

use service::{Env, Mode, serve, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    telemetry::init(env.parsed("INTELLISTACK_ENV", Mode::Production));
    let config = api_server::Config::read(&mut env);
    let config = env.finish(config)?;
    api_server::serve(config, serve::stop_signal()).await
}
