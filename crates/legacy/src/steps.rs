//! The steps of the move in their order, and how one of them goes: a page of rows, a transaction, the next page.

use auth_server::keys::seal::Sealer;
use sqlx::{Connection, PgConnection};

use crate::{LegacyError, catalogue::Catalogue, links, literal, progress::Progress, quoted};

/// What a page's statement is.
pub(crate) enum Work {
    /// SQL with `{page}`.
    Sql(String),
    /// Links to providers, whose tokens the program seals.
    Links,
    /// A statement of its own, without pages.
    Once(&'static str),
}

/// One table, or one statement between two tables.
pub(crate) struct Step {
    pub(crate) name: String,
    /// What pages are cut from, and by which column.
    from: String,
    key: &'static str,
    work: Work,
}

fn paged(name: &str, sql: &str) -> Step {
    ordered(name, name, "key", sql)
}

fn ordered(name: &str, from: &str, key: &'static str, sql: &str) -> Step {
    Step { name: name.to_owned(), from: quoted(from), key, work: Work::Sql(sql.to_owned()) }
}

fn once(name: &str, sql: &'static str) -> Step {
    Step { name: name.to_owned(), from: String::new(), key: "", work: Work::Once(sql) }
}

/// Everything that has a counterpart here, in the order in which rows need each other.
fn mapped() -> Vec<Step> {
    let links = Step { work: Work::Links, ..paged("oauth_accounts", "") };
    vec![
        paged("users", include_str!("sql/users.sql")),
        links,
        paged("sessions", include_str!("sql/sessions.sql")),
        paged("login_attempts", include_str!("sql/login_attempts.sql")),
        paged("auth_event_log", include_str!("sql/auth_event_log.sql")),
        once("course", include_str!("sql/course.sql")),
        paged("stages", include_str!("sql/stages.sql")),
        paged("content_items", include_str!("sql/content_items.sql")),
        paged("content", include_str!("sql/content.sql")),
        paged("content_versions", include_str!("sql/content_versions.sql")),
        once("publish", include_str!("sql/publish.sql")),
        paged("progress", include_str!("sql/progress.sql")),
        paged("content_completions", include_str!("sql/content_completions.sql")),
        ordered("chatkit_thread", "thread_place", "place", include_str!("sql/chatkit_thread.sql")),
        ordered("chatkit_thread_item", "message_place", "place", include_str!("sql/chatkit_thread_item.sql")),
        paged("chatkit_rate_limit", include_str!("sql/chatkit_rate_limit.sql")),
        paged("ai_usage_metric", include_str!("sql/ai_usage_metric.sql")),
    ]
}

/// A row without the owner or the row that it belongs to is an orphan. `t` is the row, `p` its person.
const ORPHAN: &str = "case when t.user_id is not null and p.id is null then 'owner_missing' end";

/// Columns whose values nobody is to find in an archive.
const SECRETS: [&str; 17] = [
    "password",
    "password_hash",
    "token",
    "token_hash",
    "access_token",
    "refresh_token",
    "id_token",
    "accessToken",
    "refreshToken",
    "idToken",
    "privateKey",
    "private_key",
    "client_secret",
    "clientSecret",
    "webhook_secret",
    "secret",
    "value",
];

/// Why a row of an archived table is an orphan, and what is kept of it: never a secret.
fn archived(table: &str, columns: &[(String, String)]) -> Step {
    let orphan = match table {
        "user_roles" => {
            "case when p.id is null then 'owner_missing'
                  when not exists (select from move_in_source.roles r where r.id = t.role_id) then 'role_missing' end"
        }
        "rag_messages" => {
            "case when p.id is null then 'owner_missing' when not exists (
                 select from move_in_source.rag_conversations c where c.id = t.conversation_id)
             then 'conversation_missing' end"
        }
        "users" | "roles" | "badges" => "null",
        _ => ORPHAN,
    };
    let content = match table {
        // With their names, so that they can be shown without the table of badges.
        "user_badges" => {
            "t.raw || coalesce((
                 select jsonb_strip_nulls(jsonb_build_object('badge', b.name, 'icon', b.icon_url, 'stage', s.name))
                 from move_in_source.badges b left join move_in_source.stages s on s.id = b.stage_id
                 where b.id = t.badge_id), '{}')"
        }
        _ => "t.raw",
    };
    // Tables of the identity server in between: whatever is a secret there stays out.
    let has = |name: &str| columns.iter().any(|(column, _)| column == name);
    let secrets: String = SECRETS.iter().filter(|name| has(name)).map(|name| format!(" - {}", literal(name))).collect();
    let content = format!("({content}){secrets}");
    let sql = include_str!("sql/archived.sql");
    let sql = sql.replace("{orphan}", orphan).replace("{content}", &content).replace("'{table}'", &literal(table));
    let sql = sql.replace("{table}", &quoted(table));
    paged(table, &sql)
}

/// All steps for what the source has.
pub(crate) fn all(catalogue: &Catalogue) -> Vec<Step> {
    let mut steps = mapped();
    let rest = catalogue.tables.iter().filter(|(table, _)| steps.iter().all(|step| &step.name != *table));
    let rest: Vec<_> = rest.map(|(table, columns)| archived(table, columns)).collect();
    steps.extend(rest);
    steps.push(once("notes", include_str!("sql/notes.sql")));
    steps
}

/// What a step needs besides the database.
pub(crate) struct Context<'a> {
    pub(crate) sealer: &'a Sealer,
    pub(crate) batch: u32,
}

impl Step {
    /// Goes on from where it was left, to its end.
    pub(crate) async fn run(
        &self,
        connection: &mut PgConnection,
        context: &Context<'_>,
        progress: &mut Progress,
    ) -> Result<(), LegacyError> {
        let known = sqlx::query!("select last_key, done from move_in.step where name = $1", self.name)
            .fetch_optional(&mut *connection)
            .await?;
        if known.as_ref().is_some_and(|step| step.done) {
            return Ok(());
        }
        let mut last = known.and_then(|step| step.last_key);
        let mut again = false;
        loop {
            let mut transaction = connection.begin().await?;
            let page = self.page(&mut transaction, last.as_deref(), context, &mut again).await?;
            let (key, rows) = page.map_or((None, 0), |(key, rows)| (Some(key), rows));
            sqlx::query!(
                "insert into move_in.step (name, last_key, rows, done) values ($1, $2, $3, $4)
                 on conflict (name) do update set last_key = coalesce(excluded.last_key, step.last_key),
                     rows = step.rows + excluded.rows, done = excluded.done",
                self.name,
                key,
                rows,
                key.is_none()
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            if key.is_none() {
                progress.end(&self.name);
                return Ok(());
            }
            progress.advance(&self.name, u64::try_from(rows).unwrap_or_default());
            last = key;
        }
    }

    /// Moves the next page; gives its last key and how many rows it had, or nothing at the end.
    async fn page(
        &self,
        connection: &mut PgConnection,
        after: Option<&str>,
        context: &Context<'_>,
        again: &mut bool,
    ) -> Result<Option<(String, i64)>, LegacyError> {
        if let Work::Once(sql) = self.work {
            crate::execute(connection, sql).await?;
            return Ok(None);
        }
        let (key, batch) = (self.key, context.batch);
        let start = after.map_or_else(|| "true".to_owned(), |after| format!("{key} > {}", literal(after)));
        let Some((end, rows)) = self.cut(connection, &start, batch).await? else { return Ok(None) };
        let page = format!("{start} and {key} <= {}", literal(&end));
        self.write(connection, context, &page, again).await?;
        Ok(Some((end, rows)))
    }

    /// The last key of the page that begins at `start`, and how many rows it has. A full one is found by its end alone.
    async fn cut(
        &self,
        connection: &mut PgConnection,
        start: &str,
        batch: u32,
    ) -> Result<Option<(String, i64)>, sqlx::Error> {
        let (from, key) = (&self.from, self.key);
        let rest = format!("select {key} from move_in_source.{from} where {start} order by {key}");
        let full = format!(
            "select {key}::text as key, {batch}::bigint as count from ({rest} offset {} limit 1) page",
            batch - 1
        );
        let last = format!(
            "select key, count from (select {key} as place, {key}::text as key, count(*) over () as count
                                     from ({rest} limit {batch}) page) last
             order by place desc limit 1"
        );
        let full = sqlx::query_as(sqlx::AssertSqlSafe(full)).fetch_optional(&mut *connection).await?;
        if full.is_some() {
            return Ok(full);
        }
        sqlx::query_as(sqlx::AssertSqlSafe(last)).fetch_optional(connection).await
    }

    /// Writes a page. To look first whether a row is here costs as much as to write it: so not until one was.
    async fn write(
        &self,
        connection: &mut PgConnection,
        context: &Context<'_>,
        page: &str,
        again: &mut bool,
    ) -> Result<(), LegacyError> {
        if !*again {
            let mut attempt = connection.begin().await?;
            match self.statement(&mut attempt, context, page, false).await {
                Err(LegacyError::Database(sqlx::Error::Database(error))) if error.is_unique_violation() => {
                    attempt.rollback().await?;
                    *again = true;
                }
                written => {
                    written?;
                    return Ok(attempt.commit().await?);
                }
            }
        }
        self.statement(connection, context, page, true).await
    }

    /// One page's statement; `again`: rows that are here already stay as they are.
    async fn statement(
        &self,
        connection: &mut PgConnection,
        context: &Context<'_>,
        page: &str,
        again: bool,
    ) -> Result<(), LegacyError> {
        let filled = |sql: &str| {
            let sql = sql.replace("{page}", page);
            if again { sql } else { sql.replace("on conflict do nothing", "") }
        };
        match &self.work {
            Work::Links => links::page(connection, context.sealer, page, filled(links::INSERT)).await,
            Work::Sql(sql) => Ok(crate::execute(connection, filled(sql)).await?),
            Work::Once(_) => Ok(()),
        }
    }
}
