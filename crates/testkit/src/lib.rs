//! For tests only: a real Postgres database per test.
//!
//! The server is the one of TEST_DATABASE_URL (`./dev test` sets it). One template database is migrated once per
//! schema version and cloned for every test; a test's database is dropped when its guard is.

pub mod chaos;
pub mod identity;
pub mod issuer;
pub mod llm;
pub mod resend;
pub mod routes;
pub mod rsa_key;
pub mod smtp;

use std::str::FromStr;

use anyhow::{Context, Result};
use service::{Secret, database::MIGRATOR};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

/// A database of the test's own; dropped with this value.
#[derive(Debug)]
pub struct Database {
    name: String,
    options: PgConnectOptions,
}

impl Database {
    /// A fresh, migrated database.
    ///
    /// # Errors
    /// When the server of TEST_DATABASE_URL cannot be reached.
    pub async fn create() -> Result<Self> {
        let options = server_options()?;
        let template = template(&options).await?;
        let name = format!("test_{}", Uuid::new_v4().simple());
        let mut admin = options.clone().connect().await?;
        execute(&mut admin, &format!("create database \"{name}\" template \"{template}\" strategy file_copy")).await?;
        Ok(Self { name, options })
    }

    /// Its address, for a service's DATABASE_URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.options.clone().database(&self.name).to_url_lossy().to_string()
    }

    /// As [`Database::url`], the way a configuration holds it.
    #[must_use]
    pub fn secret_url(&self) -> Secret {
        Secret::new(self.url())
    }

    /// A connection as the owner, past every service's role.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn connect(&self) -> Result<PgConnection> {
        Ok(self.options.clone().database(&self.name).connect().await?)
    }

    /// A small pool as the owner.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn pool(&self) -> Result<sqlx::PgPool> {
        let options = self.options.clone().database(&self.name);
        Ok(sqlx::postgres::PgPoolOptions::new().max_connections(4).connect_with(options).await?)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (name, options) = (self.name.clone(), self.options.clone());
        // Not waited for: this thread's runtime may hold connections half made, and the server waits for those before
        // it drops anything. What a process leaves behind at its end goes with the test server.
        std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = options.connect().await?;
                execute(&mut admin, &format!("drop database if exists \"{name}\" with (force)")).await
            })
        });
    }
}

fn server_options() -> Result<PgConnectOptions> {
    let url = std::env::var("TEST_DATABASE_URL")
        .context("tests need TEST_DATABASE_URL, a Postgres whose user may create databases; `./dev test` sets it")?;
    Ok(PgConnectOptions::from_str(&url)?.disable_statement_logging())
}

/// The migrated template for this schema version; made by whoever comes first.
async fn template(server: &PgConnectOptions) -> Result<String> {
    let name = format!("test_template_{}", fingerprint());
    let mut admin = server.clone().connect().await?;
    // Session-level lock: concurrent test processes wait here for the first to finish migrating.
    execute(&mut admin, "select pg_advisory_lock(7206431)").await?;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut admin)
        .await?;
    if !exists {
        let building = format!("{name}_building");
        execute(&mut admin, &format!("drop database if exists \"{building}\" with (force)")).await?;
        execute(&mut admin, &format!("create database \"{building}\"")).await?;
        let mut connection = server.clone().database(&building).connect().await?;
        MIGRATOR.run(&mut connection).await?;
        connection.close().await?;
        execute(&mut admin, &format!("alter database \"{building}\" rename to \"{name}\"")).await?;
    }
    admin.close().await?;
    Ok(name)
}

/// Names a schema version by the checksums of its migrations.
fn fingerprint() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for migration in MIGRATOR.iter() {
        migration.checksum.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

async fn execute(connection: &mut PgConnection, sql: &str) -> Result<()> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(connection).await?;
    Ok(())
}
