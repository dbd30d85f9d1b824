//! A server of the test's own, and a browser-like way to speak with it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{RequestBuilder, Response, redirect::Policy};
use serde_json::{Value, json};
use service::Env;
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::Database;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

/// A password that satisfies the rules.
pub const PASSWORD: &str = "Correct-Horse-7";
/// What the browser of these tests calls itself.
pub const AGENT: &str = "Browser/1.0 (test)";
/// Where the site of these tests lives.
pub const WEB: &str = "http://localhost:3000";
/// The site's redirect URI.
pub const CALLBACK: &str = "http://localhost:3000/auth/callback";
/// The secrets of these tests.
pub const AUTH_SECRET: &str = "kq0Zr4mB8xT1vN7cY3pL9sD5gH2jW6fA-auth";
pub const WEB_SECRET: &str = "Vn5tQ2xB9rL4kP7wZ1mC8dF3hJ6gS0yT-web";

/// A running server.
pub struct Server {
    pub url: String,
    pub http: reqwest::Client,
    pub pool: PgPool,
    pub mail: TempDir,
    stop: CancellationToken,
    database: Database,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Server {
    /// In development mode.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With more variables.
    pub async fn start_with(more: &[(&str, &str)]) -> Self {
        let database = Database::create().await.unwrap();
        let mail = tempfile::tempdir().unwrap();
        let stop = CancellationToken::new();
        let url = launch(&database, &mail, more, &stop).await;
        let http = reqwest::Client::builder().redirect(Policy::none()).user_agent(AGENT).build().unwrap();
        let pool = database.pool().await.unwrap();
        Self { url, http, pool, mail, stop, database }
    }

    /// What a server in a process of its own, on `database`, looks like from here.
    pub async fn elsewhere(url: String, database: Database, mail: TempDir) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).user_agent(AGENT).build().unwrap();
        let pool = database.pool().await.unwrap();
        Self { url, http, pool, mail, stop: CancellationToken::new(), database }
    }

    /// Another replica on the same database.
    pub async fn replica(&self) -> String {
        self.replica_with(&[]).await
    }

    /// Another replica, with more variables.
    pub async fn replica_with(&self, more: &[(&str, &str)]) -> String {
        launch(&self.database, &self.mail, more, &self.stop).await
    }

    /// Another replica behind the same public address, so that its tokens have the same issuer.
    pub async fn twin(&self) -> String {
        self.replica_with(&[("AUTH_URL", &self.url)]).await
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }

    /// A POST of JSON to the account API, from our own origin.
    pub async fn api(&self, path: &str, cookie: Option<&str>, body: Value) -> Response {
        let request = self.post(&format!("/api/auth{path}")).header("origin", &self.url).json(&body);
        with_cookie(request, cookie).send().await.unwrap()
    }

    /// A GET of the account API.
    pub async fn api_get(&self, path: &str, cookie: Option<&str>) -> Response {
        with_cookie(self.get(&format!("/api/auth{path}")), cookie).send().await.unwrap()
    }

    /// Registers; gives the session cookie.
    pub async fn sign_up(&self, email: &str) -> String {
        let response =
            self.api("/sign-up/email", None, json!({"name": "Ada", "email": email, "password": PASSWORD})).await;
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
        session_cookie(&response).unwrap()
    }

    /// A form post from one of the server's own pages.
    pub async fn form(&self, path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Response {
        let request = self.post(path).header("origin", &self.url).form(fields);
        with_cookie(request, cookie).send().await.unwrap()
    }

    /// A GET of the authorization endpoint.
    pub async fn authorize(&self, cookie: Option<&str>, parameters: &[(&str, &str)]) -> Response {
        with_cookie(self.get("/oauth2/authorize").query(parameters), cookie).send().await.unwrap()
    }

    /// A code for the site, of a signed-in person.
    pub async fn code(&self, cookie: &str) -> String {
        let response = self.authorize(Some(cookie), &authorization(&challenge(VERIFIER))).await;
        assert_eq!(response.status(), 302);
        query(&location(&response), "code").unwrap()
    }

    /// A POST to the token endpoint as the site.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Response {
        let request = self.post("/oauth2/token").basic_auth("web", Some(WEB_SECRET)).form(fields);
        request.send().await.unwrap()
    }

    /// Exchanges a code as the site.
    pub async fn exchange(&self, code: &str, verifier: &str) -> Response {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ];
        self.token(&fields).await
    }

    /// Tokens of a new person.
    pub async fn tokens(&self, cookie: &str) -> Value {
        let code = self.code(cookie).await;
        let response = self.exchange(&code, VERIFIER).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// Uses a refresh token.
    pub async fn refresh(&self, token: &str) -> Response {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The number that a query gives.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// Runs SQL as the database's owner.
    pub async fn sql(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.pool).await.unwrap();
    }
}

async fn launch(database: &Database, mail: &TempDir, more: &[(&str, &str)], stop: &CancellationToken) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut pairs = vec![
        ("INTELLISTACK_ENV".to_owned(), "development".to_owned()),
        ("DATABASE_URL".to_owned(), database.url()),
        ("AUTH_URL".to_owned(), url.clone()),
        ("WEB_URL".to_owned(), WEB.to_owned()),
        ("AUTH_SECRET".to_owned(), AUTH_SECRET.to_owned()),
        ("WEB_CLIENT_SECRET".to_owned(), WEB_SECRET.to_owned()),
        ("MAIL_DIR".to_owned(), mail.path().display().to_string()),
    ];
    pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut env = Env::from_pairs(pairs);
    let config = auth_server::Config::read(&mut env);
    let router = auth_server::app(env.finish(config).unwrap(), stop.clone()).await.unwrap();
    tokio::spawn(service::serve::run(listener, router, stop.clone()));
    url
}

/// An address on loopback where nobody listens.
pub async fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}

pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// The site's usual request.
pub fn authorization(challenge: &str) -> [(&'static str, &str); 8] {
    [
        ("response_type", "code"),
        ("client_id", "web"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email profile offline_access api"),
        ("state", "st&te"),
        ("nonce", "n0nce"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

/// The request with one parameter replaced.
pub fn replaced<'a>(
    parameters: [(&'static str, &'a str); 8],
    name: &str,
    value: &'a str,
) -> Vec<(&'static str, &'a str)> {
    parameters.into_iter().map(|(known, old)| (known, if known == name { value } else { old })).collect()
}

fn with_cookie(request: RequestBuilder, cookie: Option<&str>) -> RequestBuilder {
    match cookie {
        Some(cookie) => request.header("cookie", cookie),
        None => request,
    }
}

/// `name=value` of the session cookie a response sets.
pub fn session_cookie(response: &Response) -> Option<String> {
    cookie_named(response, "better-auth.session_token")
}

/// `name=value` of this cookie, if a response sets it.
pub fn cookie_named(response: &Response, name: &str) -> Option<String> {
    let lines = response.headers().get_all("set-cookie").into_iter().filter_map(|line| line.to_str().ok());
    let line = lines.map(str::to_owned).find(|line| line.split('=').next() == Some(name))?;
    line.split(';').next().map(str::to_owned)
}

pub fn location(response: &Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

pub fn query(url: &str, name: &str) -> Option<String> {
    let base = Url::parse("http://relative.test").unwrap();
    let url = base.join(url).unwrap();
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The claims of a JWT, unverified.
pub fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
