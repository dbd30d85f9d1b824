//! The one-time move from the legacy platform into this one, without losing a row. To be deleted after the cutover.
//!
//! What differs between the shapes of the old database is flattened by views ([`views`]); from there on everything is
//! set-based SQL (`sql/`), a page of rows and a transaction at a time, with a ledger that says of every row what became
//! of it. `docs/legacy-migration.md` is the operator's side of it.

pub mod backup;
mod catalogue;
mod checksum;
mod copy;
mod error;
pub mod inspect;
mod links;
mod people;
mod progress;
pub mod report;
pub mod rollback;
mod run;
mod steps;
pub mod validate;
mod views;

pub use catalogue::Shape;
pub use checksum::{Checksums, TableSum, of_target};
pub use error::LegacyError;
pub use run::{OnCollision, Options, Source, migrate};

/// The id of a row whose old id is no UUID.
#[must_use]
pub fn new_id(table: &str, id: &str) -> uuid::Uuid {
    uuid::Uuid::new_v5(&NAMESPACE, format!("{table}:{id}").as_bytes())
}

/// What the UUIDs of the move are made in: fixed, so that a second run makes the same ones.
const NAMESPACE: uuid::Uuid = uuid::uuid!("b0f0a0b6-6f63-5a0b-8f0e-3f6f0b0a7c55");

/// Runs text that is made here, from names out of the catalogue, which are quoted.
async fn execute(connection: &mut sqlx::PgConnection, sql: impl Into<String>) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.into())).execute(connection).await?;
    Ok(())
}

/// A name, quoted for SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, quoted for SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
