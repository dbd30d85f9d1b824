//! Only this verb migrates; a service that meets another schema says so and does not start.

use service::database;

/// Applies what is missing.
pub async fn run() -> anyhow::Result<()> {
    let common = crate::common()?;
    database::migrate(&common.database_direct_url).await?;
    println!("the database's schema is current");
    Ok(())
}
