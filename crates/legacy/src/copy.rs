//! A source in another database is brought here first, table by table as it stands, into the schema `move_in_copy`:
//! from there on everything is SQL in one database. All tables are read in one snapshot.

use futures_util::TryStreamExt;
use service::Secret;
use sqlx::{Connection, PgConnection, Row, postgres::PgConnectOptions};
use std::str::FromStr;

use crate::{LegacyError, execute, quoted};

/// The schema of the copy.
const SCHEMA: &str = "move_in_copy";

/// A column with the type that the copy gives it.
struct Column {
    name: String,
    kind: String,
}

/// Copies `schema` of the database at `url`, unless that is done; gives the schema of the copy.
pub(crate) async fn bring(here: &mut PgConnection, url: &Secret, schema: &str) -> Result<String, LegacyError> {
    let copied: bool =
        sqlx::query_scalar("select to_regnamespace($1) is not null").bind(SCHEMA).fetch_one(&mut *here).await?;
    if copied {
        return Ok(SCHEMA.to_owned());
    }
    let mut there = PgConnection::connect_with(&PgConnectOptions::from_str(url.expose())?).await?;
    execute(&mut there, "begin transaction isolation level repeatable read read only; set local timezone to 'UTC'")
        .await?;
    // All or nothing: a copy that is there is whole.
    let mut transaction = here.begin().await?;
    execute(&mut transaction, format!("create schema {SCHEMA}")).await?;
    for table in tables(&mut there, schema).await? {
        copy(&mut there, &mut transaction, schema, &table).await?;
    }
    transaction.commit().await?;
    there.close().await?;
    Ok(SCHEMA.to_owned())
}

async fn tables(there: &mut PgConnection, schema: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select table_name::text from information_schema.tables
         where table_schema = $1 and table_type = 'BASE TABLE' order by 1",
    )
    .bind(schema)
    .fetch_all(there)
    .await
}

async fn columns(there: &mut PgConnection, schema: &str, table: &str) -> Result<Vec<Column>, sqlx::Error> {
    // Types that the old database made for itself are text here.
    let rows = sqlx::query(
        "select a.attname::text, case when t.typtype = 'b' then format_type(a.atttypid, a.atttypmod) else 'text' end
         from pg_attribute a join pg_type t on t.oid = a.atttypid
         where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum",
    )
    .bind(format!("{}.{}", quoted(schema), quoted(table)))
    .fetch_all(there)
    .await?;
    Ok(rows.into_iter().map(|row| Column { name: row.get(0), kind: row.get(1) }).collect())
}

async fn copy(there: &mut PgConnection, here: &mut PgConnection, schema: &str, table: &str) -> Result<(), LegacyError> {
    let columns = columns(there, schema, table).await?;
    let key = columns.iter().any(|column| column.name == "id");
    let list = |write: &dyn Fn(&Column) -> String| columns.iter().map(write).collect::<Vec<_>>().join(", ");
    let made = list(&|column| format!("{} {}", quoted(&column.name), column.kind));
    let read = list(&|column| format!("{}::{}", quoted(&column.name), column.kind));
    let target = format!("{SCHEMA}.{}", quoted(table));
    execute(here, format!("create table {target} ({made})")).await?;
    let out = format!("copy (select {read} from {}.{}) to stdout", quoted(schema), quoted(table));
    let mut rows = there.copy_out_raw(&out).await?;
    let mut sink = here.copy_in_raw(&format!("copy {target} from stdin")).await?;
    while let Some(chunk) = rows.try_next().await? {
        sink.send(chunk).await?;
    }
    sink.finish().await?;
    if key {
        execute(here, format!("create index on {target} (id)")).await?;
    }
    Ok(())
}
