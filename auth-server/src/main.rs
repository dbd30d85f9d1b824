//! The identity server as a process of its own.

use anyhow::Result;
use service::{Env, Mode, serve::stop_signal, telemetry};

#[tokio::main]
async fn main() -> Result<()> {
    let mut env = Env::from_process();
    telemetry::init(env.parsed("INTELLISTACK_ENV", Mode::Production));
    let config = auth_server::Config::read(&mut env);
    auth_server::serve(env.finish(config)?, stop_signal()).await
}
