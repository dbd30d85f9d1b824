//! Which of the three shapes the old database has, read from its catalogue and not from what it says of itself.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::{PgConnection, Row};

use crate::{LegacyError, quoted};

/// How the old database came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Shape {
    /// By its migrations.
    A,
    /// From its models, without migrations.
    B,
    /// Patched by hand on its way to another identity server.
    C,
}

impl Shape {
    /// In words.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::A => "A: built by its migrations",
            Self::B => "B: built from its models",
            Self::C => "C: half cut over to another identity server",
        }
    }
}

/// The tables of the source schema with their columns and types, in the order of their columns.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    pub(crate) schema: String,
    pub(crate) tables: BTreeMap<String, Vec<(String, String)>>,
    pub(crate) shape: Shape,
}

/// What only a database has that was patched by hand.
const PATCHED: [&str; 5] = ["role", "email_verified", "preferences", "onboarding_completed", "current_stage"];

impl Catalogue {
    pub(crate) async fn read(connection: &mut PgConnection, schema: &str) -> Result<Self, LegacyError> {
        let rows = sqlx::query(
            "select c.table_name::text, c.column_name::text, c.data_type::text from information_schema.columns c
             join information_schema.tables t using (table_schema, table_name)
             where table_schema = $1 and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position",
        )
        .bind(schema)
        .fetch_all(&mut *connection)
        .await?;
        let mut tables = BTreeMap::<String, Vec<(String, String)>>::new();
        for row in rows {
            tables.entry(row.get(0)).or_default().push((row.get(1), row.get(2)));
        }
        let by_migrations = sqlx::query_scalar(
            "select exists (select from pg_constraint where conname = 'uq_oauth_accounts_provider_account'
                            and connamespace = $1::regnamespace)",
        )
        .bind(quoted(schema));
        let Some(users) = tables.get("users").filter(|columns| has(columns, "email")) else {
            return Err(LegacyError::NoSource(format!("schema `{schema}`")));
        };
        let by_uuid = users.iter().any(|(name, kind)| name == "id" && kind == "uuid");
        let shape = if !by_uuid || PATCHED.iter().any(|column| has(users, column)) {
            Shape::C
        } else if by_migrations.fetch_one(connection).await? {
            Shape::A
        } else {
            Shape::B
        };
        Ok(Self { schema: schema.to_owned(), tables, shape })
    }

    /// The type of a column, where there is one.
    pub(crate) fn kind(&self, table: &str, column: &str) -> Option<&str> {
        let (_, kind) = self.tables.get(table)?.iter().find(|(name, _)| name == column)?;
        Some(kind)
    }
}

fn has(columns: &[(String, String)], name: &str) -> bool {
    columns.iter().any(|(column, _)| column == name)
}
