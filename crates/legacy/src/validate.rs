//! `validate`: source and target compared row by row, and real sign-ins with passwords that are known.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};
use url::Url;

use crate::{LegacyError, report};

/// What a comparison or a sign-in found.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The table, or `sign-in`.
    pub place: String,
    /// The row's id there, or the address.
    pub id: String,
    /// What differs.
    pub what: String,
}

/// How a validation ended.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Validation {
    /// How many rows were compared.
    pub compared: i64,
    /// How many passwords opened their accounts.
    pub signed_in: usize,
    /// What differs.
    pub differences: Vec<Difference>,
}

const CHECKS: &[&str] = &[
    include_str!("sql/check_ledger.sql"),
    include_str!("sql/check_people.sql"),
    include_str!("sql/check_access.sql"),
    include_str!("sql/check_events.sql"),
    include_str!("sql/check_learning.sql"),
    include_str!("sql/check_conversations.sql"),
];

/// Compares everything.
///
/// # Errors
/// [`LegacyError::NoRun`], or when the database is away.
pub async fn rows(connection: &mut PgConnection) -> Result<Validation, LegacyError> {
    crate::execute(connection, "set timezone to 'UTC'; set work_mem to '64MB'").await?;
    let report = report::read(connection).await?;
    let mut found =
        Validation { compared: report.tables.values().map(|table| table.rows).sum(), ..Validation::default() };
    for (name, table) in &report.tables {
        if table.rows != table.accounted() {
            let what = format!("{} rows there, {} accounted for", table.rows, table.accounted());
            found.differences.push(Difference { place: name.clone(), id: String::new(), what });
        }
    }
    for check in CHECKS {
        for row in sqlx::query(*check).fetch_all(&mut *connection).await? {
            found.differences.push(Difference { place: row.get(0), id: row.get(1), what: row.get(2) });
        }
    }
    Ok(found)
}

/// Signs in with each of `known` (address, password) at the auth-server at `url`, and out again.
///
/// # Errors
/// When the server cannot be reached.
pub async fn sign_ins(url: &Url, known: &[(String, String)], found: &mut Validation) -> Result<(), LegacyError> {
    let http = reqwest::Client::new();
    let fault = |error: reqwest::Error| LegacyError::Io(format!("cannot sign in at {url}: {error}"));
    for (email, password) in known {
        let origin = url.origin().ascii_serialization();
        let post = |path: &str, body: Value| {
            http.post(format!("{origin}/api/auth{path}")).header("origin", &origin).json(&body)
        };
        let mut tries = 0;
        let response = loop {
            let response =
                post("/sign-in/email", json!({"email": email, "password": password})).send().await.map_err(fault)?;
            let wait = response.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
            match wait.filter(|_| response.status() == 429 && tries < 3) {
                Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
                None => break response,
            }
            tries += 1;
        };
        if response.status() != 200 {
            let status = response.status();
            let answer: Value = response.json().await.unwrap_or_default();
            let what = format!("{status} {}", answer["code"].as_str().unwrap_or_default());
            found.differences.push(Difference { place: "sign-in".to_owned(), id: email.clone(), what });
            continue;
        }
        found.signed_in += 1;
        let cookies = response.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let cookies: Vec<_> = cookies.filter_map(|line| line.split(';').next()).collect();
        let done = post("/sign-out", json!({})).header("cookie", cookies.join("; ")).send().await;
        done.map_err(fault)?;
    }
    Ok(())
}

/// Reads known passwords: a line each, the address, a tab, the password as it is.
#[must_use]
pub fn known_passwords(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).map(|(email, word)| (email.to_owned(), word.to_owned())).collect()
}
