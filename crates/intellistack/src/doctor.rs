//! Is everything in place? One line each.

use service::{Env, database};

/// Checks configuration, database and schema.
pub async fn run() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let auth = auth_server::Config::read(&mut env);
    let api = api_server::Config::read(&mut env);
    let web = web::Config::read(&mut env);
    let (auth, api, _web) = env.finish((auth, api, web))?;
    println!("configuration   ok ({:?})", auth.common.mode);
    database::check_schema(&auth.common.database_direct_url).await?;
    println!("database        ok, schema current");
    let embeddings =
        if api_server::load_embedder(&api).await.is_on() { "ok" } else { "off: retrieval uses BM25 alone" };
    println!("embeddings      {embeddings}");
    Ok(())
}
