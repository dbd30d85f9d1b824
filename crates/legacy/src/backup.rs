//! `backup`: the database as it is before the move, in pg_dump's custom format, with a manifest that says what is in
//! it. Both are of one snapshot.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use service::Secret;
use sqlx::PgConnection;
use tokio::io::AsyncReadExt;

use crate::{
    Checksums, LegacyError,
    checksum::{self, SCHEMAS},
    execute,
};

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The dump's name, beside the manifest.
    pub dump: String,
    /// The dump's SHA-256, in hex.
    pub sha256: String,
    /// Every table's rows and digest.
    pub tables: Checksums,
    /// The same of the source, where it is in this database: it must never change.
    pub source: Checksums,
}

const DUMP: &str = "intellistack.dump";
const MANIFEST: &str = "manifest.json";

fn io(what: &str, path: &Path) -> impl Fn(std::io::Error) -> LegacyError {
    let what = format!("{what} {}", path.display());
    move |error| LegacyError::Io(format!("{what}: {error}"))
}

/// Writes a backup of the database at `url` into `directory`, which must not hold one.
///
/// # Errors
/// When pg_dump fails or is not installed, or the directory cannot be written.
pub async fn backup(
    connection: &mut PgConnection,
    url: &Secret,
    schema: &str,
    directory: &Path,
) -> Result<Manifest, LegacyError> {
    let manifest_path = directory.join(MANIFEST);
    if manifest_path.exists() {
        return Err(LegacyError::Io(format!("{} holds a backup already", directory.display())));
    }
    std::fs::create_dir_all(directory).map_err(io("cannot make", directory))?;
    execute(connection, "begin transaction isolation level repeatable read read only").await?;
    let snapshot: String = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut *connection).await?;
    let dump = directory.join(DUMP);
    let mut words = vec!["--format=custom".to_owned(), format!("--snapshot={snapshot}")];
    words.extend(SCHEMAS.map(|schema| format!("--schema={schema}")));
    words.push(format!("--file={}", dump.display()));
    postgres_program("pg_dump", url, &words).await?;
    let manifest = Manifest {
        made_at: Utc::now(),
        dump: DUMP.to_owned(),
        sha256: sha256(&dump).await?,
        tables: checksum::of_target(connection).await?,
        source: checksum::of_schema(connection, schema).await?,
    };
    execute(connection, "commit").await?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| LegacyError::Io(error.to_string()))?;
    std::fs::write(&manifest_path, text).map_err(io("cannot write", &manifest_path))?;
    Ok(manifest)
}

/// Reads a backup's manifest, and checks that the dump is the one it speaks of.
///
/// # Errors
/// When there is none, or the dump is another.
pub async fn read(directory: &Path) -> Result<(Manifest, PathBuf), LegacyError> {
    let path = directory.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(io("cannot read", &path))?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| LegacyError::Io(format!("{}: {error}", path.display())))?;
    let dump = directory.join(&manifest.dump);
    if sha256(&dump).await? == manifest.sha256 {
        Ok((manifest, dump))
    } else {
        Err(LegacyError::Io(format!("{} is not the file that the manifest speaks of", dump.display())))
    }
}

async fn sha256(path: &Path) -> Result<String, LegacyError> {
    let fault = io("cannot read", path);
    let mut file = tokio::fs::File::open(path).await.map_err(&fault)?;
    let mut context = Context::new(&SHA256);
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut chunk).await.map_err(&fault)?;
        if read == 0 {
            return Ok(context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        context.update(&chunk[..read]);
    }
}

/// Runs one of Postgres' programs on the database at `url`. The address goes by the environment: words of a command line
/// can be read by everybody on the machine.
pub(crate) async fn postgres_program(program: &str, url: &Secret, words: &[String]) -> Result<(), LegacyError> {
    let mut command = tokio::process::Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    for (name, value) in environment(url)? {
        command.env(name, value);
    }
    let output = command.output().await.map_err(|error| {
        LegacyError::Io(format!("cannot run {program} (it comes with Postgres' client programs): {error}"))
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(LegacyError::Io(format!("{program} failed: {}", said.trim())))
}

/// The name of the database at `url`.
pub(crate) fn database_name(url: &Secret) -> Result<String, LegacyError> {
    let variables = environment(url)?;
    Ok(variables.into_iter().find(|(name, _)| *name == "PGDATABASE").map(|(_, value)| value).unwrap_or_default())
}

fn environment(url: &Secret) -> Result<Vec<(&'static str, String)>, LegacyError> {
    let url = url::Url::parse(url.expose()).map_err(|_| LegacyError::Io("DATABASE_URL is no address".to_owned()))?;
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut variables = vec![("PGDATABASE", plain(url.path().trim_start_matches('/')))];
    variables.extend(url.host_str().filter(|host| !host.is_empty()).map(|host| ("PGHOST", plain(host))));
    variables.extend(url.port().map(|port| ("PGPORT", port.to_string())));
    variables.extend(Some(url.username()).filter(|user| !user.is_empty()).map(|user| ("PGUSER", plain(user))));
    variables.extend(url.password().map(|password| ("PGPASSWORD", plain(password))));
    for (name, value) in url.query_pairs() {
        match &*name {
            "host" => variables.push(("PGHOST", value.into_owned())),
            "sslmode" => variables.push(("PGSSLMODE", value.into_owned())),
            "sslrootcert" => variables.push(("PGSSLROOTCERT", value.into_owned())),
            _ => {}
        }
    }
    Ok(variables)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_address_goes_by_the_environment() {
        let url = Secret::new("postgres://ada:p%40ss@db.example:5433/school?sslmode=require");
        let expected = [
            ("PGDATABASE", "school"),
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "ada"),
            ("PGPASSWORD", "p@ss"),
            ("PGSSLMODE", "require"),
        ];
        let found = environment(&url).unwrap();
        assert_eq!(found, expected.map(|(name, value)| (name, value.to_owned())));
    }
}
