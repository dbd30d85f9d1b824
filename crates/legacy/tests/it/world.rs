//! A fresh database with the sample in it, in the shapes that the old database comes in.

use auth_server::keys::seal::Sealer;
use legacy::{OnCollision, Options, Source, report::Report};
use service::Secret;
use sqlx::{Connection, PgConnection, PgPool, postgres::PgPoolOptions};
use testkit::Database;
use tokio::sync::OnceCell;

/// The secret that tokens are sealed under in these tests.
pub const SECRET: &str = "kq0Zr4mB8xT1vN7cY3pL9sD5gH2jW6fA-auth";
const SAMPLE: &str = include_str!("../sample.sql");
const CUT: &str = "\n-- @@ PART 3";

/// How the source came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Parts 1 and 2.
    Migrations,
    /// As the models make it: other types, no migrations' table, no constraint on identities.
    Models,
    /// The whole sample.
    Patched,
    /// The whole sample with ids of text, some of them no UUIDs.
    TextIds,
}

pub struct World {
    pub url: String,
    pub pool: PgPool,
    /// Nobody's, where several tests look at the same one.
    pub database: Option<Database>,
}

/// The whole sample, migrated once with live sessions: for tests that only look.
static MIGRATED: OnceCell<String> = OnceCell::const_new();

impl World {
    pub async fn new(form: Form) -> Self {
        let database = Database::create().await.unwrap();
        let url = database.url();
        let world = Self { pool: pool(&url).await, url, database: Some(database) };
        let (strict, _) = SAMPLE.split_once(CUT).unwrap();
        let whole = matches!(form, Form::Patched | Form::TextIds);
        world.execute(if whole { SAMPLE } else { strict }).await;
        match form {
            Form::Models => world.execute(include_str!("../models.sql")).await,
            Form::TextIds => world.execute(include_str!("../text_ids.sql")).await,
            Form::Migrations | Form::Patched => {}
        }
        world
    }

    /// The whole sample, migrated; not to be written to.
    pub async fn migrated() -> Self {
        let make = || async {
            let world = Self::new(Form::Patched).await;
            world.migrate_with(&Options { carry_sessions: true, ..options() }).await;
            // It stays as long as this process.
            std::mem::forget(world.database);
            world.url
        };
        let url = MIGRATED.get_or_init(make).await.clone();
        Self { pool: pool(&url).await, url, database: None }
    }

    pub async fn execute(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&self.pool).await.unwrap();
    }

    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    pub async fn migrate(&self) -> Report {
        self.migrate_with(&options()).await
    }

    pub async fn migrate_with(&self, options: &Options) -> Report {
        let mut connection = self.connect().await;
        // Whatever the session's zone is: nothing may depend on it.
        sqlx::raw_sql("set timezone to 'Asia/Kathmandu'").execute(&mut connection).await.unwrap();
        legacy::migrate(&mut connection, options).await.unwrap()
    }

    /// One value.
    pub async fn one<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
        (T,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let row: (T,) = sqlx::query_as(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&self.pool).await.unwrap();
        row.0
    }

    /// How many rows.
    pub async fn count(&self, from: &str) -> i64 {
        self.one(&format!("select count(*) from {from}")).await
    }

    /// The outcome of a row, with the reason if there is one.
    pub async fn outcome(&self, table: &str, id: &str) -> String {
        self.one(&format!(
            "select concat_ws(' ', outcome, reason) from move_in.ledger
             where source_table = '{table}' and source_key = '{id}'"
        ))
        .await
    }

    /// `expression` over the person made of `U<number>`.
    pub async fn of_user(&self, number: u32, expression: &str) -> String {
        let id = user(number);
        self.one(&format!(r#"select coalesce(({expression})::text, 'null') from auth."user" u where id = '{id}'"#))
            .await
    }

    /// The ways in of `U<number>`.
    pub async fn ways_in(&self, number: u32) -> Vec<String> {
        let id = user(number);
        self.texts(&format!("select provider_id from auth.account where user_id = '{id}' order by 1, account_id")).await
    }

    /// The notes of one kind: ids of rows.
    pub async fn notes(&self, kind: &str) -> Vec<String> {
        self.texts(&format!("select source_key from move_in.note where kind = '{kind}' order by 1")).await
    }

    /// A column of texts.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&self.pool).await.unwrap()
    }
}

async fn pool(url: &str) -> PgPool {
    PgPoolOptions::new().max_connections(3).connect(url).await.unwrap()
}

pub fn options() -> Options {
    Options {
        source: Source { url: None, schema: "legacy".to_owned() },
        carry_sessions: false,
        on_collision: OnCollision::Park,
        dry_run: false,
        batch: 7,
        t0: None,
        quiet: true,
        sealer: Sealer::new(&Secret::new(SECRET)),
    }
}

/// The id of the sample's `U<number>`.
pub fn user(number: u32) -> String {
    format!("10000000-0000-4000-8000-{number:012}")
}
