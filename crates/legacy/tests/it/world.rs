//! A fresh database with the sample in it, in the shapes that the old database comes in.

use auth_server::keys::seal::Sealer;
use legacy::{OnCollision, Options, Source, report::Report};
use service::Secret;
use sqlx::{PgConnection, PgPool, postgres::PgPoolOptions};
use testkit::Database;

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
    pub database: Database,
    pub pool: PgPool,
}

impl World {
    pub async fn new(form: Form) -> Self {
        let database = Database::create().await.unwrap();
        let pool = PgPoolOptions::new().max_connections(3).connect(&database.url()).await.unwrap();
        let world = Self { database, pool };
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

    pub async fn execute(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&self.pool).await.unwrap();
    }

    pub async fn connect(&self) -> PgConnection {
        self.database.connect().await.unwrap()
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

    /// A column of texts.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&self.pool).await.unwrap()
    }
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
