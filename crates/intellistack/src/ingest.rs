//! Passages and their vectors, made from published lessons.

use service::{Env, database};

/// Makes what is missing or out of date.
pub async fn run() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let config = api_server::Config::read(&mut env);
    let config = env.finish(config)?;
    database::check_schema(&config.common.database_direct_url).await?;
    let pool = database::connect(&config.common.database_url, "intellistack_api", 2).await?;
    let report = api_server::ingest(&pool, &api_server::load_embedder(&config).await).await?;
    println!(
        "passages: {} written for {} lessons, {} lessons unchanged",
        report.chunks, report.ingested, report.unchanged
    );
    Ok(())
}
