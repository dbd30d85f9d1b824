//! `inspect`: what the old database looks like, before anything is done. Reads only.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use sqlx::{PgConnection, Row};

use crate::{LegacyError, Shape, catalogue::Catalogue, quoted};

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// How the database came to be.
    pub shape: Shape,
    /// Its tables, with how many rows.
    pub tables: BTreeMap<String, i64>,
    /// Password hashes by kind.
    pub hashes: BTreeMap<String, i64>,
    /// What there will be to decide or to tell people.
    pub findings: BTreeMap<&'static str, i64>,
}

/// A question about `users` and what hangs on it; `{s}` is the schema.
const QUESTIONS: &[(&str, &str, &str)] = &[
    (
        "users",
        "live users whose address is not verified: mail goes out at their first sign-in",
        "select count(*) from {s}.users where is_active and deleted_at is null and not is_verified",
    ),
    (
        "users",
        "users with a provider only (their hash is of nothing)",
        "select count(distinct u.id) from {s}.users u join {s}.oauth_accounts o
      on o.user_id::text = u.id::text and o.created_at = u.created_at",
    ),
    // A first look: the database folds case by its own rules, sign-in by ours.
    (
        "users",
        "addresses that several accounts share, about",
        "select count(*) from (select 1 from {s}.users group by lower(btrim(normalize(email, NFC))) having count(*) > 1) g",
    ),
    (
        "users",
        "users who are deleted or switched off",
        "select count(*) from {s}.users where deleted_at is not null or not is_active",
    ),
    ("users", "locks without an end", "select count(*) from {s}.users where not isfinite(locked_until)"),
    (
        "users",
        "settings that jsonb refuses as they are",
        "select count(*) from {s}.users where notification_settings::text like '%\\u0000%'",
    ),
    (
        "oauth_accounts",
        "identities at a provider that are on two users",
        "select count(*) from (select 1 from {s}.oauth_accounts group by lower(provider), provider_account_id
      having count(*) > 1) g",
    ),
    ("sessions", "live sessions", "select count(*) from {s}.sessions where revoked_at is null and expires_at > now()"),
    (
        "account",
        "passwords of the interim identity server (scrypt), which come along",
        "select count(*) from {s}.account where password ~ '^[0-9a-f]{32}:[0-9a-f]{128}$'",
    ),
];

const CENSUS: &str = "select case when password_hash is null then 'none'
        when password_hash = '' then 'empty'
        when password_hash ~ '^\\$2[abxy]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}$' then left(password_hash, 7)
        else 'unusable' end, count(*) from {s}.users group by 1 order by 1";

/// Looks at `schema`.
///
/// # Errors
/// [`LegacyError::NoSource`], or when the database is away.
pub async fn inspect(connection: &mut PgConnection, schema: &str) -> Result<Inspection, LegacyError> {
    let catalogue = Catalogue::read(connection, schema).await?;
    let schema = quoted(schema);
    let mut tables = BTreeMap::new();
    for table in catalogue.tables.keys() {
        let rows = crate::report::count(connection, &format!("{schema}.{}", quoted(table))).await?;
        tables.insert(table.clone(), rows);
    }
    let census = sqlx::query(sqlx::AssertSqlSafe(CENSUS.replace("{s}", &schema))).fetch_all(&mut *connection).await?;
    let hashes = census.into_iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut findings = BTreeMap::new();
    for (table, words, sql) in QUESTIONS {
        if tables.contains_key(*table) {
            let sql = sqlx::AssertSqlSafe(sql.replace("{s}", &schema));
            findings.insert(*words, sqlx::query_scalar(sql).fetch_one(&mut *connection).await?);
        }
    }
    Ok(Inspection { shape: catalogue.shape, tables, hashes, findings })
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "shape {}\n\ntables:", self.shape.describe())?;
        self.tables.iter().try_for_each(|(table, rows)| writeln!(f, "  {table:<34}{rows:>12}"))?;
        writeln!(f, "\npassword hashes:")?;
        self.hashes.iter().try_for_each(|(kind, users)| writeln!(f, "  {kind:<34}{users:>12}"))?;
        writeln!(f, "\nto know:")?;
        self.findings.iter().try_for_each(|(words, figure)| writeln!(f, "  {figure:>8}  {words}"))
    }
}
