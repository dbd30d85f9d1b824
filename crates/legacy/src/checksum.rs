//! Checksums of tables: the same for the same rows, in whatever order they lie.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Row};

use crate::{execute, quoted};

/// A table's rows and their digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// How many rows.
    pub rows: i64,
    /// The sum of a digest of each, as a decimal number.
    pub sum: String,
}

/// By `schema.table`.
pub type Checksums = BTreeMap<String, TableSum>;

/// The schemas of this platform that a move writes to, or could.
pub(crate) const SCHEMAS: [&str; 5] = ["auth", "learn", "tutor", "web", "move_in"];

/// The checksums of everything that a move writes to.
///
/// # Errors
/// When the database is away.
pub async fn of_target(connection: &mut PgConnection) -> Result<Checksums, sqlx::Error> {
    let mut sums = Checksums::new();
    for schema in SCHEMAS {
        sums.extend(of_schema(connection, schema).await?);
    }
    Ok(sums)
}

/// The checksums of a schema's tables that survive a crash.
pub(crate) async fn of_schema(connection: &mut PgConnection, schema: &str) -> Result<Checksums, sqlx::Error> {
    // How a row reads as text depends on these.
    execute(connection, "set timezone to 'UTC'; set datestyle to 'ISO'; set extra_float_digits to 1").await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = $1 and c.relkind = 'r' and c.relpersistence = 'p' order by 1",
    )
    .bind(schema)
    .fetch_all(&mut *connection)
    .await?;
    let mut sums = Checksums::new();
    for table in tables {
        let sql = format!(
            "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from {}.{} t",
            quoted(schema),
            quoted(&table)
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        sums.insert(format!("{schema}.{table}"), TableSum { rows: row.get(0), sum: row.get(1) });
    }
    Ok(sums)
}
