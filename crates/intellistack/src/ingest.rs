//! Passages and their vectors, made from published lessons.

use std::time::Instant;

use api_server::Progress;
use service::{Env, database};

/// Makes what is missing or out of date.
pub async fn run() -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let config = api_server::Config::read(&mut env);
    let config = env.finish(config)?;
    database::check_schema(&config.common.database_direct_url).await?;
    let pool = database::connect(&config.common.database_url, "intellistack_api", 2).await?;
    let embedder = api_server::load_embedder(&config).await;
    let start = Instant::now();
    let report = api_server::ingest_with(&pool, &embedder, print).await?;
    println!(
        "passages: {} written for {} lessons ({} embedded), {} lessons unchanged, {} taken out; {:.1} s",
        report.chunks,
        report.ingested,
        report.embedded,
        report.unchanged,
        report.removed,
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn print(now: Progress<'_>) {
    let Progress { title, number, of, chunks, embedded } = now;
    println!("  {number} of {of}: {title}: {chunks} passages, {embedded} embedded");
}
