//! `rollback`: the database as it was before the move, from its backup, and the proof that it is.

use std::path::Path;

use service::Secret;
use sqlx::PgConnection;

use crate::{
    LegacyError,
    backup::{self, postgres_program},
    checksum::{self, Checksums},
    execute,
};

/// Restores what [`backup::backup`] wrote; gives the tables that are not as they were, which should be none.
///
/// # Errors
/// When the backup is damaged or the restoration fails; then nothing has changed.
pub async fn rollback(
    connection: &mut PgConnection,
    url: &Secret,
    schema: &str,
    directory: &Path,
) -> Result<Vec<String>, LegacyError> {
    let (manifest, dump) = backup::read(directory).await?;
    crate::run::lock(connection).await?;
    execute(connection, "drop schema if exists move_in_source cascade").await?;
    let words = ["--clean", "--if-exists", "--single-transaction", "--exit-on-error"];
    let database = backup::database_name(url)?;
    let mut words: Vec<String> = words.map(str::to_owned).to_vec();
    words.extend([format!("--dbname={database}"), dump.display().to_string()]);
    postgres_program("pg_restore", url, &words).await?;
    execute(connection, "drop schema if exists move_in_copy cascade").await?;
    let mut differ = differences(&manifest.tables, &checksum::of_target(connection).await?);
    differ.extend(differences(&manifest.source, &checksum::of_schema(connection, schema).await?));
    Ok(differ)
}

fn differences(before: &Checksums, now: &Checksums) -> Vec<String> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(now.keys()).collect();
    let differ = names.into_iter().filter(|name| before.get(*name) != now.get(*name));
    differ
        .map(|name| {
            let rows = |sums: &Checksums| {
                sums.get(name).map_or_else(|| "no table".to_owned(), |sum| format!("{} rows", sum.rows))
            };
            format!("{name}: {} before, {} now", rows(before), rows(now))
        })
        .collect()
}
