//! An answer on its way through all three services: what the model has said is on the student's screen while the model
//! is still thinking.

use std::{path::Path, time::Duration};

use reqwest::{Response, header, redirect::Policy};
use retrieval::Embedder;
use serde_json::json;
use service::Env;
use sqlx::PgPool;
use testkit::{
    Database,
    llm::{Behaviour, LlmServer},
};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The services side by side, and a browser without a screen.
struct Trio {
    web: String,
    auth: String,
    http: reqwest::Client,
    pool: PgPool,
    _database: Database,
    _stop: DropGuard,
}

async fn socket() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

async fn seeded() -> (Database, PgPool) {
    let database = Database::create().await.unwrap();
    let pool = database.pool().await.unwrap();
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../api-server/tests/it/fixtures/course");
    api_server::seed(&pool, &course).await.unwrap();
    api_server::ingest(&pool, &Embedder::off()).await.unwrap();
    (database, pool)
}

impl Trio {
    async fn start(model: &LlmServer) -> Self {
        let (database, pool) = seeded().await;
        let ((web_socket, web), (auth_socket, auth), (api_socket, api)) =
            (socket().await, socket().await, socket().await);
        let (database_url, stop) = (database.url(), CancellationToken::new());
        let mut env = Env::from_pairs([
            ("INTELLISTACK_ENV", "development"),
            ("DATABASE_URL", database_url.as_str()),
            ("AUTH_URL", &auth),
            ("API_URL", &api),
            ("WEB_URL", &web),
            ("EMBEDDINGS", "off"),
            ("OPENAI_BASE_URL", &model.url),
            ("OPENAI_MODEL", "fake"),
        ]);
        let configs =
            (auth_server::Config::read(&mut env), api_server::Config::read(&mut env), web::Config::read(&mut env));
        let (auth_config, api_config, web_config) = env.finish(configs).unwrap();
        let router = auth_server::app(auth_config, stop.clone()).await.unwrap();
        tokio::spawn(service::serve::run(auth_socket, router, stop.clone()));
        let router = api_server::app(api_config, stop.clone()).await.unwrap();
        tokio::spawn(service::serve::run(api_socket, router, stop.clone()));
        let router = web::app(web_config, stop.clone()).await.unwrap();
        tokio::spawn(service::serve::run(web_socket, router, stop.clone()));
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { web, auth, http, pool, _database: database, _stop: stop.drop_guard() }
    }

    async fn get(&self, url: &str, cookies: &str) -> Response {
        self.http.get(url).header(header::COOKIE, cookies).send().await.unwrap()
    }

    /// The cookies of a student's session on the site: an account, its address proved, signed in through the code flow.
    async fn student(&self) -> String {
        let person = json!({"name": "Ada", "email": "ada@example.test", "password": "Correct-Horse-7"});
        let request = self.http.post(format!("{}/api/auth/sign-up/email", self.auth)).header("origin", &self.auth);
        let at_auth = cookies(&request.json(&person).send().await.unwrap());
        let proved = "update auth.\"user\" set email_verified = true, token_epoch = token_epoch + 1";
        sqlx::query(proved).execute(&self.pool).await.unwrap();
        let begun = self.get(&format!("{}/auth/login", self.web), "").await;
        let granted = self.get(&location(&begun), &at_auth).await;
        let back = self.get(&location(&granted), &cookies(&begun)).await;
        assert_eq!(location(&back), "/dashboard");
        cookies(&back)
    }
}

/// What a browser would send back.
fn cookies(response: &Response) -> String {
    let set = response.headers().get_all(header::SET_COOKIE).into_iter();
    let pairs = set.map(|line| line.to_str().unwrap().split(';').next().unwrap());
    pairs.filter(|pair| !pair.ends_with('=')).collect::<Vec<_>>().join("; ")
}

fn location(response: &Response) -> String {
    response.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_the_model_has_said_is_shown_while_it_is_still_thinking() {
    let model = LlmServer::start([Behaviour::Stalls("A loop measures its result. Then it ".to_owned())]).await.unwrap();
    let trio = Trio::start(&model).await;
    let cookies = trio.student().await;
    let enrol = trio.http.put(format!("{}/api/v1/courses/walking/enrollment", trio.web));
    let enrolled = enrol.header("origin", &trio.web).header(header::COOKIE, &cookies).send().await.unwrap();
    assert_eq!(enrolled.status(), 200);

    let input = json!({"content": [{"type": "input_text", "text": "What is a closed loop?"}], "quoted_text": "",
                       "attachments": [], "inference_options": {}});
    let question = json!({"type": "threads.create", "params": {"input": input}, "metadata": {"pageContext":
        {"lesson": "closed-loops", "url": "/lessons/closed-loops", "headings": []}}});
    let request = trio.http.post(format!("{}/panel/chatkit", trio.web)).header("origin", &trio.web);
    let mut answer = request.header(header::COOKIE, &cookies).json(&question).send().await.unwrap();
    assert_eq!(answer.status(), 200);

    let mut shown = String::new();
    let reading = async {
        while !shown.contains("A loop measures its result.") {
            let piece = answer.chunk().await.unwrap().expect("the stream ended before the first sentence");
            shown.push_str(std::str::from_utf8(&piece).unwrap());
        }
    };
    // The model is given 15 s between two words; whoever waited for the answer's end would wait longer than this.
    tokio::time::timeout(Duration::from_secs(10), reading).await.expect("the first sentence did not arrive");
    assert!(shown.contains("panel.blocks"), "{shown}");
    let running: i64 = sqlx::query_scalar("select count(*) from tutor.turn where status = 'running'")
        .fetch_one(&trio.pool)
        .await
        .unwrap();
    assert_eq!((running, model.left().len()), (1, 0), "the answer has not ended, and the model is still listened to");
}
