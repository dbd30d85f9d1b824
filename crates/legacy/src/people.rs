//! What only the program can say of people: how sign-in folds their address, and the ids that are no UUIDs.

use auth_server::account::email;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::{catalogue::Catalogue, literal, new_id};

const PAGE: i64 = 10_000;

/// Writes everybody's address and name into `move_in.address`, and the other ids and spellings into their tables.
pub(crate) async fn stage(connection: &mut PgConnection, catalogue: &Catalogue) -> Result<(), sqlx::Error> {
    crate::execute(connection, "truncate move_in.address, move_in.renamed, move_in.spelling").await?;
    addresses(connection).await?;
    for (table, columns) in &catalogue.tables {
        if columns.iter().any(|(name, kind)| name == "id" && kind != "uuid") && table != "users" {
            rename(connection, table).await?;
        }
    }
    spellings(connection).await?;
    crate::execute(connection, "analyze move_in.address, move_in.renamed, move_in.spelling").await
}

#[derive(Default)]
struct Page {
    ids: Vec<String>,
    users: Vec<Uuid>,
    credentials: Vec<Uuid>,
    folded: Vec<String>,
    names: Vec<String>,
}

impl Page {
    fn add(&mut self, id: String, address: Option<&str>, name: Option<&str>) {
        let folded = email::lookup(address.unwrap_or_default());
        let user = id.parse::<Uuid>().unwrap_or_else(|_| new_id("user", &id));
        let local = folded.rsplit_once('@').map_or(folded.as_str(), |(local, _)| local);
        let name = name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(local).to_owned();
        self.credentials.push(new_id("credential", &id));
        self.users.push(user);
        self.ids.push(id);
        self.folded.push(folded);
        self.names.push(name);
    }
}

async fn addresses(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut after = None;
    loop {
        let start = after.as_deref().map_or_else(|| "true".to_owned(), |key| format!("key > {}", literal(key)));
        let sql = format!("select id, email, name from move_in_source.users where {start} order by key limit {PAGE}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await?;
        let mut page = Page::default();
        for row in rows {
            page.add(row.get(0), row.get(1), row.get(2));
        }
        let Some(last) = page.ids.last().cloned() else { return Ok(()) };
        sqlx::query!(
            "insert into move_in.address (id, user_id, credential_id, folded, name)
             select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[])",
            &page.ids,
            &page.users,
            &page.credentials,
            &page.folded,
            &page.names
        )
        .execute(&mut *connection)
        .await?;
        after = Some(last);
    }
}

/// Gives the ids of `table` that are no UUIDs one.
async fn rename(connection: &mut PgConnection, table: &str) -> Result<(), sqlx::Error> {
    let mut after = String::new();
    loop {
        let sql = format!(
            "select id from move_in_source.{} where id collate \"C\" > $1
             and id !~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' order by id collate \"C\" limit {PAGE}",
            crate::quoted(table)
        );
        let ids: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(&after).fetch_all(&mut *connection).await?;
        let Some(last) = ids.last().cloned() else { return Ok(()) };
        let uuids: Vec<Uuid> = ids.iter().map(|id| new_id(table, id)).collect();
        sqlx::query!(
            "insert into move_in.renamed (source_table, id, uuid) select $1, * from unnest($2::text[], $3::uuid[])",
            table,
            &ids,
            &uuids
        )
        .execute(&mut *connection)
        .await?;
        after = last;
    }
}

/// Folds the addresses that were tried and are not plain ASCII; the statements fold the others.
async fn spellings(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut after = String::new();
    loop {
        let given: Vec<String> = sqlx::query_scalar(
            "select distinct email collate \"C\" from move_in_source.login_attempts where email ~ '[^\\x01-\\x7f]'
             and email collate \"C\" > $1 order by 1 limit $2",
        )
        .bind(&after)
        .bind(PAGE)
        .fetch_all(&mut *connection)
        .await?;
        let Some(last) = given.iter().max().cloned() else { return Ok(()) };
        let folded: Vec<String> = given.iter().map(|given| email::lookup(given)).collect();
        sqlx::query!(
            "insert into move_in.spelling (given, folded) select * from unnest($1::text[], $2::text[])
             on conflict do nothing",
            &given,
            &folded
        )
        .execute(&mut *connection)
        .await?;
        after = last;
    }
}
