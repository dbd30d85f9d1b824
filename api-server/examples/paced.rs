//! The learning API with a model inside that says 60 words, one each 5 ms: what is left to measure is the server.
//!
//! `paced ADDRESS PEOPLE FILE` migrates the database of DATABASE_URL, makes so many people, writes an access token of
//! each to a line of FILE and serves until it is told to stop.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use api_server::{
    AppState, Config,
    chat::{begin::Job, finish::Answered, runner::Answerer, sink::Sink},
};
use futures_util::{FutureExt, future::BoxFuture};
use oauth::Role;
use service::{Env, Secret, database, serve};
use sqlx::PgPool;
use testkit::issuer::Issuer;
use uuid::Uuid;

/// How many pieces an answer has.
const PIECES: usize = 60;
/// The time from one to the next.
const PAUSE: Duration = Duration::from_millis(5);
const WORDS: [&str; 8] = ["a ", "loop ", "repeats ", "its ", "body ", "while ", "it ", "holds "];

/// The model inside.
#[derive(Clone, Copy, Debug)]
struct Paced;

impl Answerer for Paced {
    fn answer<'a>(
        &'a self,
        _: &'a AppState,
        job: &'a Job,
        sink: &'a mut Sink,
    ) -> BoxFuture<'a, Result<Answered, String>> {
        async move {
            sink.open();
            for piece in WORDS.iter().cycle().take(PIECES) {
                tokio::time::sleep(PAUSE).await;
                sink.say(piece);
            }
            sink.close();
            Ok(Answered { title: job.message.text(), ..Answered::default() })
        }
        .boxed()
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(people), Some(file)) = (arguments.next(), arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: paced ADDRESS PEOPLE FILE");
    };
    let database_url = std::env::var("DATABASE_URL").context("DATABASE_URL names the database")?;
    database::migrate(&Secret::new(&database_url)).await?;
    let issuer = Issuer::start().await?;
    std::fs::write(&file, tokens(&issuer, &database_url, people.parse()?).await?.join("\n"))?;
    let url = format!("http://{address}");
    let mut env = Env::from_pairs([
        ("INTELLISTACK_ENV", "development"),
        ("DATABASE_URL", &database_url),
        ("AUTH_URL", issuer.url()),
        ("API_URL", &url),
        ("EMBEDDINGS", "off"),
    ]);
    let config = Config::read(&mut env);
    let config = env.finish(config)?;
    let stop = serve::stop_signal();
    let state = AppState { answerer: Arc::new(Paced), ..api_server::start(config, stop.clone()).await? };
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(serve::run(listener, api_server::router(state), stop).await?)
}

/// Makes people without a daily limit; answers their tokens.
async fn tokens(issuer: &Issuer, database_url: &str, people: usize) -> anyhow::Result<Vec<String>> {
    let pool = PgPool::connect(database_url).await?;
    let mut tokens = Vec::new();
    for _ in 0..people {
        let id = Uuid::now_v7();
        sqlx::query("insert into auth.\"user\" (id, name, email, role, email_verified) values ($1, 'P', $2, $3, true)")
            .bind(id)
            .bind(format!("{id}@example.test"))
            .bind(Role::Instructor.as_str())
            .execute(&pool)
            .await?;
        tokens.push(issuer.sign(&issuer.claims(id, Role::Instructor))?);
    }
    Ok(tokens)
}
