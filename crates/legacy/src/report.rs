//! `report`: what became of every row, whether the sums match, and what a person should look at.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, Row};

use crate::{LegacyError, quoted};

/// What a run came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How the source came to be.
    pub shape: String,
    /// Where it is.
    pub source: String,
    /// The moment that decided what had expired.
    pub t0: DateTime<Utc>,
    /// When it ended; unset while it has not.
    pub finished_at: Option<DateTime<Utc>>,
    /// The tables of the source.
    pub tables: BTreeMap<String, Table>,
    /// What is here now, of these people.
    pub figures: BTreeMap<String, i64>,
    /// What a person should look at, by kind.
    pub notes: BTreeMap<String, Vec<Note>>,
}

/// What became of a table's rows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    /// How many the source has.
    pub rows: i64,
    /// How many ended how.
    pub outcomes: BTreeMap<String, i64>,
    /// Why, where there was something to say.
    pub reasons: BTreeMap<String, i64>,
}

impl Table {
    /// How many the ledger knows.
    #[must_use]
    pub fn accounted(&self) -> i64 {
        self.outcomes.values().sum()
    }

    /// How many ended so.
    #[must_use]
    pub fn outcome(&self, outcome: &str) -> i64 {
        self.outcomes.get(outcome).copied().unwrap_or_default()
    }
}

/// A row to look at.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    /// The table.
    pub table: String,
    /// The row's id there.
    pub id: String,
    /// What about it.
    pub detail: String,
}

impl Report {
    /// Whether every row of the source is in the ledger.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.finished_at.is_some() && self.tables.values().all(|table| table.rows == table.accounted())
    }
}

/// Reads the report of the run that was made here.
///
/// # Errors
/// [`LegacyError::NoRun`], or when the database is away.
pub async fn read(connection: &mut PgConnection) -> Result<Report, LegacyError> {
    let run = sqlx::query!("select t0, shape, source, finished_at from move_in.run")
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(LegacyError::NoRun)?;
    Ok(Report {
        shape: run.shape,
        source: run.source,
        t0: run.t0,
        finished_at: run.finished_at,
        tables: tables(connection).await?,
        figures: figures(connection).await?,
        notes: notes(connection).await?,
    })
}

async fn tables(connection: &mut PgConnection) -> Result<BTreeMap<String, Table>, LegacyError> {
    let names: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.views where table_schema = 'move_in_source'",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut tables = BTreeMap::new();
    for name in names {
        let rows = count(connection, &format!("move_in_source.{}", quoted(&name))).await?;
        tables.insert(name, Table { rows, ..Table::default() });
    }
    let ledger = sqlx::query!(
        r#"select source_table, outcome, reason, count(*) as "rows!" from move_in.ledger group by 1, 2, 3"#
    );
    for row in ledger.fetch_all(connection).await? {
        let table = tables.entry(row.source_table).or_default();
        *table.outcomes.entry(row.outcome).or_default() += row.rows;
        if let Some(reason) = row.reason {
            *table.reasons.entry(reason).or_default() += row.rows;
        }
    }
    Ok(tables)
}

/// How many rows a relation has.
pub(crate) async fn count(connection: &mut PgConnection, relation: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {relation}"))).fetch_one(connection).await
}

async fn figures(connection: &mut PgConnection) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    let rows = sqlx::query(include_str!("sql/figures.sql")).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
}

async fn notes(connection: &mut PgConnection) -> Result<BTreeMap<String, Vec<Note>>, sqlx::Error> {
    let rows =
        sqlx::query!("select kind, source_table, source_key, detail from move_in.note order by kind, source_key");
    let mut notes = BTreeMap::<String, Vec<Note>>::new();
    for row in rows.fetch_all(connection).await? {
        let note = Note { table: row.source_table, id: row.source_key, detail: row.detail };
        notes.entry(row.kind).or_default().push(note);
    }
    Ok(notes)
}

/// How many rows of one kind are shown; the JSON has all.
const SHOWN: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.finished_at.map_or_else(|| "not finished".to_owned(), |at| format!("finished {at}"));
        writeln!(f, "legacy platform: {}, shape {}", self.source, self.shape)?;
        writeln!(f, "cutover moment {}, {state}\n", self.t0)?;
        let columns = ["migrated", "merged", "parked", "archived", "skipped"];
        write!(f, "{:<28}{:>10}", "table", "rows")?;
        columns.iter().try_for_each(|name| write!(f, "{name:>10}"))?;
        writeln!(f)?;
        for (name, table) in self.tables.iter().filter(|(_, table)| table.rows > 0 || table.accounted() > 0) {
            write!(f, "{name:<28}{:>10}", table.rows)?;
            columns.iter().try_for_each(|column| write!(f, "{:>10}", table.outcome(column)))?;
            let missing = table.rows - table.accounted();
            let reasons: Vec<_> = table.reasons.iter().map(|(reason, rows)| format!("{reason} {rows}")).collect();
            let missing = if missing == 0 { String::new() } else { format!("  NOT ACCOUNTED FOR: {missing}") };
            writeln!(f, "  {}{missing}", reasons.join(", "))?;
        }
        writeln!(f, "\nhere now, of these people:")?;
        self.figures.iter().try_for_each(|(name, figure)| writeln!(f, "  {name:<34}{figure:>10}"))?;
        self.write_notes(f)
    }
}

impl Report {
    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, notes) in &self.notes {
            writeln!(f, "\nto look at: {} ({})", words(kind), notes.len())?;
            for note in notes.iter().take(SHOWN) {
                writeln!(f, "  {} {}  {}", note.table, note.id, note.detail)?;
            }
            if notes.len() > SHOWN {
                writeln!(f, "  … and {} more (--json lists all)", notes.len() - SHOWN)?;
            }
        }
        Ok(())
    }
}

fn words(kind: &str) -> &str {
    match kind {
        "address_parked" => "accounts whose address another one keeps; they are shut out until somebody decides",
        "no_way_in" => "people without a password or a link; they come in by a password reset",
        "institution_admin" => "admins of an institution, now instructors at most",
        "unknown_role" => "roles that nobody here knows; they do not count",
        "role_column_differs" => "a role column that says something else than the grants",
        "banned_admin" => "admins who are shut out",
        "unknown_provider" => "links to providers that are not offered here",
        "identity_of_two" => "one identity at a provider on two people; the other one keeps it",
        "locked_by_hand" => "people whom an operator had locked out",
        "open_reset_token" => "reset links that had not expired; they never worked and do not now",
        "thread_past_retention" => "conversations whose enrolment ended more than 30 days before the cutover",
        "thread_status_unknown" => "conversations in a state that nobody defined",
        other => other,
    }
}
