//! The API under test, and the people who use it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use api_server::{Config, IngestReport, SeedReport, chat::runner::Answerer};
use oauth::{AccessClaims, Role};
use reqwest::{Method, Response};
use retrieval::Embedder;
use serde_json::{Value, json};
use service::Env;
use sqlx::PgPool;
use testkit::{Database, issuer::Issuer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) struct App {
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
    pub(crate) issuer: Issuer,
    pub(crate) pool: PgPool,
    stop: CancellationToken,
    database: Database,
}

pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) claims: AccessClaims,
    pub(crate) token: String,
}

pub(crate) fn fixture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/course")
}

impl App {
    /// With the fixture course, seeded and searchable.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(variables: &[(&str, &str)]) -> Self {
        let database = Database::create().await.unwrap();
        let pool = database.pool().await.unwrap();
        seed(&pool, &fixture()).await;
        ingest(&pool).await;
        let issuer = Issuer::start().await.unwrap();
        let stop = CancellationToken::new();
        let url = serve(&database.url(), &issuer, variables, stop.clone(), None).await;
        Self { url, http: reqwest::Client::new(), issuer, pool, stop, database }
    }

    /// Without a course, and with somebody else in the tutor's place.
    pub(crate) async fn answered_by(answerer: &Arc<impl Answerer + 'static>, variables: &[(&str, &str)]) -> Self {
        let database = Database::create().await.unwrap();
        let (pool, issuer) = (database.pool().await.unwrap(), Issuer::start().await.unwrap());
        let mut app = Self {
            url: String::new(),
            http: reqwest::Client::new(),
            issuer,
            pool,
            stop: CancellationToken::new(),
            database,
        };
        app.url = app.replica_answered_by(answerer, variables).await;
        app
    }

    /// Another process on the same database, with somebody else in the tutor's place.
    pub(crate) async fn replica_answered_by(
        &self,
        answerer: &Arc<impl Answerer + 'static>,
        variables: &[(&str, &str)],
    ) -> String {
        let answerer: Arc<dyn Answerer> = answerer.clone();
        serve(&self.database.url(), &self.issuer, variables, self.stop.clone(), Some(answerer)).await
    }

    pub(crate) fn database_url(&self) -> String {
        self.database.url()
    }

    /// Another process on the same database.
    pub(crate) async fn replica(&self) -> String {
        serve(&self.database.url(), &self.issuer, &[], self.stop.clone(), None).await
    }

    pub(crate) async fn person(&self, role: Role) -> Person {
        let id = Uuid::now_v7();
        sqlx::query("insert into auth.\"user\" (id, name, email, role, email_verified) values ($1, 'P', $2, $3, true)")
            .bind(id)
            .bind(format!("{id}@example.test"))
            .bind(role.as_str())
            .execute(&self.pool)
            .await
            .unwrap();
        self.with_claims(self.issuer.claims(id, role))
    }

    /// An instructor of the fixture course.
    pub(crate) async fn instructor(&self) -> Person {
        let person = self.person(Role::Instructor).await;
        sqlx::query("insert into learn.course_staff select id, $1 from learn.course where slug = 'walking'")
            .bind(person.id)
            .execute(&self.pool)
            .await
            .unwrap();
        person
    }

    pub(crate) fn with_claims(&self, claims: AccessClaims) -> Person {
        let token = self.issuer.sign(&claims).unwrap();
        Person { id: claims.sub, claims, token }
    }

    /// A student who takes part in the fixture course.
    pub(crate) async fn student(&self) -> Person {
        let student = self.person(Role::Student).await;
        let (status, _) = self.call(&student, Method::PUT, "/courses/walking/enrollment", None).await;
        assert_eq!(status, 200);
        student
    }

    /// A signed-in person whose address is not proved.
    pub(crate) async fn unverified(&self) -> Person {
        let person = self.person(Role::Student).await;
        self.with_claims(AccessClaims { email_verified: false, ..person.claims })
    }

    pub(crate) async fn send(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Response {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub(crate) async fn call(&self, by: &Person, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        answer(self.send(&by.token, method, path, body).await).await
    }

    pub(crate) async fn get(&self, by: &Person, path: &str) -> (u16, Value) {
        self.call(by, Method::GET, path, None).await
    }

    pub(crate) async fn put(&self, by: &Person, path: &str) -> (u16, Value) {
        self.call(by, Method::PUT, path, None).await
    }

    pub(crate) async fn chatkit(&self, by: &Person, body: Value) -> Response {
        self.send(&by.token, Method::POST, "/chatkit", Some(body)).await
    }

    /// A JSON answer of the ChatKit endpoint.
    pub(crate) async fn ask_json(&self, by: &Person, kind: &str, params: Value) -> (u16, Value) {
        answer(self.chatkit(by, json!({"type": kind, "params": params})).await).await
    }

    /// The whole stream that creating a thread gives.
    pub(crate) async fn create(&self, by: &Person, text: &str) -> Vec<Value> {
        events(self.chatkit(by, create(text)).await).await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) async fn seed(pool: &PgPool, dir: &std::path::Path) -> SeedReport {
    api_server::seed(pool, dir).await.unwrap()
}

pub(crate) async fn ingest(pool: &PgPool) -> IngestReport {
    api_server::ingest(pool, &Embedder::off()).await.unwrap()
}

async fn serve(
    database_url: &str,
    issuer: &Issuer,
    variables: &[(&str, &str)],
    stop: CancellationToken,
    answerer: Option<Arc<dyn Answerer>>,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = [
        ("DATABASE_URL", database_url),
        ("AUTH_URL", issuer.url()),
        ("API_URL", &url),
        ("WEB_URL", "http://localhost:3000"),
        ("EMBEDDINGS", "off"),
    ];
    let mut env = Env::from_pairs(own.iter().chain(variables).copied());
    let config = Config::read(&mut env);
    let config = env.finish(config).unwrap();
    let mut state = api_server::start(config, stop.clone()).await.unwrap();
    if let Some(answerer) = answerer {
        state.answerer = answerer;
    }
    tokio::spawn(service::serve::run(listener, api_server::router(state), stop));
    for _ in 0..400 {
        if reqwest::get(format!("{url}/readyz")).await.is_ok_and(|answer| answer.status() == 200) {
            return url;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the service did not become ready");
}

pub(crate) async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) })
}

/// Checks that a response is problem+json, and answers status and code.
pub(crate) async fn problem(response: Response) -> (u16, String) {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let (status, body) = answer(response).await;
    assert_eq!(body["status"], status);
    (status, body["code"].as_str().unwrap().to_owned())
}

/// The events of a stream, with the framing checked byte by byte.
pub(crate) async fn events(response: Response) -> Vec<Value> {
    assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    parse(&response.text().await.unwrap())
}

pub(crate) fn parse(stream: &str) -> Vec<Value> {
    let frames = stream.split_terminator("\n\n");
    frames.map(|frame| serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap()).collect()
}

pub(crate) fn input(text: &str) -> Value {
    json!({"content": [{"type": "input_text", "text": text}], "quoted_text": "", "attachments": [],
           "inference_options": {}})
}

pub(crate) fn create(text: &str) -> Value {
    json!({"type": "threads.create", "params": {"input": input(text)},
           "metadata": {"pageContext": {"lesson": "closed-loops", "url": "/lessons/closed-loops", "headings": []}}})
}

pub(crate) fn add(thread: &str, text: &str) -> Value {
    json!({"type": "threads.add_user_message", "params": {"input": input(text), "thread_id": thread}})
}

pub(crate) fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// The answer as its `done` has it.
pub(crate) fn done(events: &[Value]) -> &Value {
    let done = events.iter().rfind(|event| event["type"] == "thread.item.done");
    let item = &done.unwrap()["item"];
    assert_eq!(item["type"], "assistant_message");
    item
}

/// The answer's text as its deltas have it.
pub(crate) fn text(events: &[Value]) -> String {
    events.iter().filter_map(|event| event["update"]["delta"].as_str()).collect()
}

pub(crate) fn thread_of(events: &[Value]) -> String {
    events[0]["thread"]["id"].as_str().unwrap().to_owned()
}
