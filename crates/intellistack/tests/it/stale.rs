//! What an admin does at auth-server bites at api-server at once: at the very next request, on every replica, also on
//! one that just lost its connections.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use service::Env;
use sqlx::PgPool;
use testkit::Database;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

const PASSWORD: &str = "Correct-Horse-7";

/// One auth-server, two replicas of api-server.
struct Pair {
    auth: String,
    apis: [String; 2],
    http: reqwest::Client,
    pool: PgPool,
    _database: Database,
    _stop: DropGuard,
}

fn env(database: &Database, auth: &str, api: &str) -> Env {
    let url = database.url();
    Env::from_pairs([
        ("INTELLISTACK_ENV", "development"),
        ("DATABASE_URL", url.as_str()),
        ("AUTH_URL", auth),
        ("API_URL", api),
        ("WEB_URL", "http://localhost:3000"),
        ("EMBEDDINGS", "off"),
    ])
}

async fn socket() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

async fn api(database: &Database, auth: &str, stop: &CancellationToken) -> String {
    let (listener, url) = socket().await;
    let mut env = env(database, auth, &url);
    let config = api_server::Config::read(&mut env);
    let router = api_server::app(env.finish(config).unwrap(), stop.clone()).await.unwrap();
    tokio::spawn(service::serve::run(listener, router, stop.clone()));
    url
}

impl Pair {
    async fn start() -> Self {
        let database = Database::create().await.unwrap();
        let stop = CancellationToken::new();
        let (listener, auth) = socket().await;
        let mut variables = env(&database, &auth, "http://localhost:8000");
        let config = auth_server::Config::read(&mut variables);
        let router = auth_server::app(variables.finish(config).unwrap(), stop.clone()).await.unwrap();
        tokio::spawn(service::serve::run(listener, router, stop.clone()));
        let apis = [api(&database, &auth, &stop).await, api(&database, &auth, &stop).await];
        let pool = database.pool().await.unwrap();
        Self { auth, apis, http: reqwest::Client::new(), pool, _database: database, _stop: stop.drop_guard() }
    }

    async fn post(&self, path: &str, cookie: &str, body: Value) -> reqwest::Response {
        let request = self.http.post(format!("{}/api/auth{path}", self.auth)).header("origin", &self.auth);
        request.header("cookie", cookie).json(&body).send().await.unwrap()
    }

    /// The session cookie of a new person.
    async fn sign_up(&self, email: &str) -> String {
        let body = json!({"name": "Ada", "email": email, "password": PASSWORD});
        cookie_of(&self.post("/sign-up/email", "", body).await)
    }

    async fn sign_in(&self, email: &str) -> String {
        cookie_of(&self.post("/sign-in/email", "", json!({"email": email, "password": PASSWORD})).await)
    }

    /// An access token of the session.
    async fn token(&self, cookie: &str) -> String {
        let request = self.http.get(format!("{}/api/auth/token", self.auth)).header("cookie", cookie);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Status and code of a request to each replica.
    async fn ask(&self, token: &str) -> [(u16, String); 2] {
        let mut answers = [(0, String::new()), (0, String::new())];
        for (answer, api) in answers.iter_mut().zip(&self.apis) {
            let response = self.http.get(format!("{api}/api/v1/me")).bearer_auth(token).send().await.unwrap();
            let status = response.status().as_u16();
            let body: Value = response.json().await.unwrap();
            *answer = (status, body["code"].as_str().unwrap_or_default().to_owned());
        }
        answers
    }
}

fn cookie_of(response: &reqwest::Response) -> String {
    assert_eq!(response.status(), 200);
    let mut lines = response.headers().get_all("set-cookie").into_iter().map(|line| line.to_str().unwrap());
    let line = lines.rfind(|line| line.starts_with("better-auth.session_token=")).unwrap();
    line.split(';').next().unwrap().to_owned()
}

const WELCOME: (u16, &str) = (200, "");
const STALE: (u16, &str) = (401, "token_stale");

fn both(expected: (u16, &str)) -> [(u16, String); 2] {
    [(expected.0, expected.1.to_owned()), (expected.0, expected.1.to_owned())]
}

#[tokio::test]
async fn ban_role_sign_out_and_removal_end_access_tokens_on_every_replica_within_a_second() {
    let pair = Pair::start().await;
    let root = pair.sign_up("root@example.test").await;
    pair.sign_up("ada@example.test").await;
    sqlx::query("update auth.\"user\" set role = 'admin' where email like 'root%'").execute(&pair.pool).await.unwrap();
    let sql = "select id::text from auth.\"user\" where email like 'ada%'";
    let user: String = sqlx::query_scalar(sql).fetch_one(&pair.pool).await.unwrap();
    let actions = [
        ("set-role", json!({"userId": user, "role": "instructor"})),
        ("revoke-user-sessions", json!({"userId": user})),
        ("update-user", json!({"userId": user, "data": {"name": "Augusta"}})),
        ("ban-user", json!({"userId": user})),
        ("remove-user", json!({"userId": user})),
    ];
    for (verb, body) in actions {
        let token = pair.token(&pair.sign_in("ada@example.test").await).await;
        assert_eq!(pair.ask(&token).await, both(WELCOME), "before {verb}");
        let begun = Instant::now();
        let done = pair.post(&format!("/admin/{verb}"), &root, body).await;
        assert_eq!(done.status(), 200, "{verb}: {}", done.text().await.unwrap());
        assert_eq!(pair.ask(&token).await, both(STALE), "the first request after {verb}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{verb} took {:?}", begun.elapsed());
        if verb == "ban-user" {
            assert_eq!(pair.post("/admin/unban-user", &root, json!({"userId": user})).await.status(), 200);
            assert_eq!(pair.ask(&token).await, both(STALE), "a lifted ban gives no old token back");
        }
    }
}

#[tokio::test]
async fn a_replica_that_lost_its_connections_meanwhile_refuses_too() {
    let pair = Pair::start().await;
    let root = pair.sign_up("root@example.test").await;
    let token = pair.token(&pair.sign_up("ada@example.test").await).await;
    sqlx::query("update auth.\"user\" set role = 'admin' where email like 'root%'").execute(&pair.pool).await.unwrap();
    let sql = "select id::text from auth.\"user\" where email like 'ada%'";
    let user: String = sqlx::query_scalar(sql).fetch_one(&pair.pool).await.unwrap();
    assert_eq!(pair.ask(&token).await, both(WELCOME));
    // Whatever would have told the replicas is gone before it can.
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and application_name = 'intellistack_api'";
    let killed: i64 = sqlx::query_scalar(kill).fetch_one(&pair.pool).await.unwrap();
    assert!(killed > 0, "the replicas had connections");
    assert_eq!(pair.post("/admin/ban-user", &root, json!({"userId": user})).await.status(), 200);
    let killed_again: i64 = sqlx::query_scalar(kill).fetch_one(&pair.pool).await.unwrap();
    println!("{killed} connections closed before the ban, {killed_again} after it");
    // A connection that was used a moment ago is not asked whether it still works.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(pair.ask(&token).await, both(STALE));
}
