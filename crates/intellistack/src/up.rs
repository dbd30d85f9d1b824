//! All three services in one process, for a laptop or a small class.

use anyhow::Context;
use service::{Env, serve};
use tokio::task::JoinSet;

/// Runs until told to stop, or until one of the three ends: then the others end too.
pub async fn run() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let auth = auth_server::Config::read(&mut env);
    let api = api_server::Config::read(&mut env);
    let web = web::Config::read(&mut env);
    let (auth, api, web) = env.finish((auth, api, web))?;

    let stop = serve::stop_signal();
    let mut services = JoinSet::new();
    let token = stop.clone();
    services.spawn(async move { auth_server::serve(auth, token).await.context("auth-server") });
    let token = stop.clone();
    services.spawn(async move { api_server::serve(api, token).await.context("api-server") });
    let token = stop.clone();
    services.spawn(async move { web::serve(web, token).await.context("web") });

    let mut first_error = Ok(());
    while let Some(ended) = services.join_next().await {
        stop.cancel();
        let result = ended.context("a service panicked").and_then(|result| result);
        if first_error.is_ok() {
            first_error = result;
        }
    }
    first_error
}
