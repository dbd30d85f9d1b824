//! The learning API with answers from memory, for `./dev bench tutor`: what is measured is the server, not a model.
//!
//! `scripted ADDRESS TOKENS_FILE STUDENTS` serves on ADDRESS over the database of DATABASE_URL (migrated, with the
//! sample course) and writes an access token a line for as many enrolled students. A message that begins with
//!
//! - `hold` is answered by one word a second for two minutes: a stream that stays open
//! - `real` goes to the tutor itself: retrieval, policy, the guide
//! - anything else gets 60 words, one each 5 ms

use std::{process::ExitCode, time::Duration};

use api_server::{
    Config,
    chat::{
        begin::Job,
        finish::Answered,
        runner::{Answerer, Tutor},
        sink::Sink,
    },
    state::AppState,
};
use futures_util::{FutureExt, future::BoxFuture};
use oauth::Role;
use service::Env;
use testkit::issuer::Issuer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const WORDS: [&str; 12] =
    ["a ", "loop ", "repeats ", "its ", "body ", "while ", "the ", "condition ", "holds ", "and ", "then ", "ends "];

#[derive(Debug)]
struct Scripted;

impl Answerer for Scripted {
    fn answer<'a>(
        &'a self,
        state: &'a AppState,
        job: &'a Job,
        sink: &'a mut Sink,
    ) -> BoxFuture<'a, Result<Answered, String>> {
        let text = job.message.text();
        if text.starts_with("real") {
            return Tutor.answer(state, job, sink);
        }
        let (count, gap) = if text.starts_with("hold") { (120, 1_000) } else { (60, 5) };
        async move {
            sink.open();
            // A model's pace is its own: when this process is late, the next word is not.
            let mut pace = tokio::time::interval(Duration::from_millis(gap));
            pace.tick().await;
            for word in WORDS.iter().cycle().take(count) {
                pace.tick().await;
                sink.say(word);
            }
            sink.close();
            Ok(Answered { title: "A loop".to_owned(), decision: "scripted", ..Answered::default() })
        }
        .boxed()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [address, tokens, students] => serve(address, tokens, students).await,
        _ => Err(anyhow::anyhow!("scripted ADDRESS TOKENS_FILE STUDENTS")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scripted: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, tokens: &str, students: &str) -> anyhow::Result<()> {
    let issuer = Issuer::start().await?;
    let inherited: Vec<_> = std::env::vars().collect();
    let own = [
        ("AUTH_URL", issuer.url().to_owned()),
        ("API_URL", format!("http://{address}")),
        ("WEB_URL", "http://localhost:3000".to_owned()),
        ("TUTOR_DAILY_LIMIT", "1000000000".to_owned()),
    ];
    let own = own.iter().map(|(name, value)| (*name, value.as_str()));
    let all = inherited.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(own);
    let mut env = Env::from_pairs(all);
    let config = Config::read(&mut env);
    let config = env.finish(config)?;
    let stop = CancellationToken::new();
    let state = AppState { answerer: std::sync::Arc::new(Scripted), ..api_server::start(config, stop.clone()).await? };
    std::fs::write(tokens, enroll(&state, &issuer, students.parse()?).await?)?;
    let listener = TcpListener::bind(address).await?;
    service::serve::run(listener, api_server::router(state), stop).await?;
    Ok(())
}

/// Students of every course with every stage open; their tokens, one a line.
async fn enroll(state: &AppState, issuer: &Issuer, count: usize) -> anyhow::Result<String> {
    let ids: Vec<_> = (0..count).map(|_| Uuid::now_v7()).collect();
    let mut connection = state.pool.acquire().await?;
    // The API's role may not make people.
    sqlx::query("reset role").execute(&mut *connection).await?;
    for sql in [
        "insert into auth.\"user\" (id, name, email, role, email_verified)
         select id, 'Student', id || '@example.test', 'student', true from unnest($1::uuid[]) id",
        "insert into learn.enrollment (user_id, course_id) select u, c.id from unnest($1::uuid[]) u, learn.course c",
        "insert into learn.stage_unlock (user_id, stage_id) select u, s.id from unnest($1::uuid[]) u, learn.stage s",
    ] {
        sqlx::query(sql).bind(&ids).execute(&mut *connection).await?;
    }
    connection.close().await?;
    let tokens = ids.iter().map(|id| issuer.sign(&issuer.claims(*id, Role::Student)));
    Ok(tokens.collect::<anyhow::Result<Vec<_>>>()?.join("\n"))
}
