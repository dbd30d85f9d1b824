//! A running site, an OpenID provider and a learning API that do as a test says.

use std::sync::{Arc, Mutex};

use axum::{
    Form, Json, Router,
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use http::{HeaderMap, StatusCode, header};
use oauth::Role;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use service::Env;
use testkit::{Database, issuer::Issuer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Everything that a test may look at or bend.
pub(crate) struct Site {
    pub(crate) url: String,
    pub(crate) world: Arc<World>,
    pub(crate) database: Database,
    stop: CancellationToken,
}

/// The neighbours' state.
pub(crate) struct World {
    pub(crate) issuer: Issuer,
    pub(crate) issuer_url: String,
    pub(crate) user: Uuid,
    pub(crate) knobs: Mutex<Knobs>,
}

/// What a test sets, and what was seen.
#[derive(Default)]
pub(crate) struct Knobs {
    pub(crate) auth_away: bool,
    /// Milliseconds that discovery takes.
    pub(crate) slow_discovery: u64,
    /// The nonce that the next ID token says, instead of the one asked for.
    pub(crate) wrong_nonce: bool,
    pub(crate) nonce: String,
    /// Seconds that access tokens live.
    pub(crate) expires_in: i64,
    /// The refresh endpoint says `invalid_grant`.
    pub(crate) refuse_refresh: bool,
    /// The API finds tokens with a lower epoch stale.
    pub(crate) epoch: i32,
    pub(crate) refreshes: usize,
    pub(crate) revoked: Vec<String>,
    pub(crate) verified: bool,
    /// What the person is, and what their tokens are for.
    pub(crate) role: Role,
    pub(crate) scope: Option<&'static str>,
    /// What the API answers by path: status, type, body.
    pub(crate) answers: Vec<(String, u16, String, String)>,
    /// What the API was sent: path, headers, body.
    pub(crate) seen: Vec<(String, HeaderMap, Bytes)>,
}

impl World {
    pub(crate) fn set(&self, change: impl FnOnce(&mut Knobs)) {
        change(&mut self.knobs.lock().unwrap());
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Knobs) -> T) -> T {
        look(&self.knobs.lock().unwrap())
    }

    /// The API answers `path` with JSON.
    pub(crate) fn answer(&self, path: &str, status: u16, body: &Value) {
        let kind = if status < 400 { "application/json" } else { "application/problem+json" };
        self.set(|knobs| knobs.answers.insert(0, (path.to_owned(), status, kind.to_owned(), body.to_string())));
    }

    fn tokens(&self) -> Value {
        let (expires_in, epoch, verified, nonce) =
            self.read(|knobs| (knobs.expires_in, knobs.epoch, knobs.verified, knobs.nonce.clone()));
        let mut claims = self.issuer.claims(self.user, self.read(|knobs| knobs.role));
        if let Some(scope) = self.read(|knobs| knobs.scope) {
            claims.scope = scope.to_owned();
        }
        claims.epoch = epoch;
        claims.email_verified = verified;
        let now = claims.iat;
        let id = json!({"iss": self.issuer_url, "sub": self.user, "aud": "web", "exp": now + 300, "iat": now,
                        "nonce": nonce, "sid": Uuid::new_v4()});
        json!({
            "access_token": self.issuer.sign(&claims).unwrap(), "token_type": "Bearer", "expires_in": expires_in,
            "refresh_token": Uuid::new_v4().to_string(), "id_token": self.issuer.sign_as("JWT", &id).unwrap(),
        })
    }
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(more: &[(&str, &str)]) -> Self {
        let database = Database::create().await.unwrap();
        let user = Uuid::now_v7();
        let pool = database.pool().await.unwrap();
        sqlx::query("insert into auth.\"user\" (id, name, email) values ($1, 'Test Person', 'test@example.test')")
            .bind(user)
            .execute(&pool)
            .await
            .unwrap();
        let issuer = Issuer::start().await.unwrap();
        let (auth_listener, issuer_url) = listen().await;
        let (api_listener, api_url) = listen().await;
        let (web_listener, url) = listen().await;
        let knobs = Knobs { expires_in: 3600, verified: true, ..Knobs::default() };
        let world = Arc::new(World { issuer, issuer_url: issuer_url.clone(), user, knobs: Mutex::new(knobs) });
        serve(auth_listener, provider(Arc::clone(&world)));
        serve(api_listener, api(Arc::clone(&world)));
        let database_url = database.url();
        let pairs = [
            ("INTELLISTACK_ENV", "development"),
            ("DATABASE_URL", &database_url),
            ("WEB_URL", &url),
            ("AUTH_URL", &issuer_url),
            ("API_URL", &api_url),
            ("SITE_DIR", "/nonexistent"),
        ];
        let mut env = Env::from_pairs(pairs.into_iter().chain(more.iter().copied()));
        let config = web::Config::read(&mut env);
        let config = env.finish(config).unwrap();
        let stop = CancellationToken::new();
        let router = web::app(config, stop.clone()).await.unwrap();
        tokio::spawn(service::serve::run(web_listener, router, stop.clone()));
        Self { url, world, database, stop }
    }

    /// A browser without cookies.
    pub(crate) fn browser(&self) -> Browser {
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Browser { http, url: self.url.clone(), cookies: Mutex::default() }
    }

    /// A browser that went through the sign-in.
    pub(crate) async fn signed_in(&self) -> Browser {
        let browser = self.browser();
        let callback = self.begin(&browser, "/auth/login").await;
        let answer = browser.get(&callback).await;
        assert_eq!(answer.status(), 303, "{callback}");
        browser
    }

    /// Goes to `path`, and gives the callback that the provider would lead to.
    pub(crate) async fn begin(&self, browser: &Browser, path: &str) -> String {
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), 303);
        let location = url::Url::parse(answer.headers()[header::LOCATION].to_str().unwrap()).unwrap();
        let query = |name: &str| location.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(query("code_challenge_method"), "S256");
        self.world.set(|knobs| knobs.nonce = if knobs.wrong_nonce { "other".into() } else { query("nonce") });
        let mut callback = url::Url::parse(&query("redirect_uri")).unwrap();
        callback.query_pairs_mut().append_pair("code", "good").append_pair("state", &query("state"));
        callback.query_pairs_mut().append_pair("iss", &self.world.issuer_url);
        format!("{}?{}", callback.path(), callback.query().unwrap())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Keeps cookies, follows no redirects.
pub(crate) struct Browser {
    http: reqwest::Client,
    url: String,
    cookies: Mutex<Vec<(String, String)>>,
}

impl Browser {
    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.send(self.http.get(self.address(path))).await
    }

    /// As a form of the site's own pages.
    pub(crate) async fn post(&self, path: &str, body: &str) -> reqwest::Response {
        let request = self.http.post(self.address(path)).header("origin", &self.url);
        let form = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.header(form.0, form.1).body(body.to_owned())).await
    }

    /// A request as the test makes it, with the cookies.
    pub(crate) fn request(&self, method: http::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.address(path))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let cookies = self.cookie_header();
        let answer = request.header(header::COOKIE, cookies).send().await.unwrap();
        let mut jar = self.cookies.lock().unwrap();
        for set in answer.headers().get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            jar.retain(|(known, _)| known != name);
            if !value.is_empty() {
                jar.push((name.to_owned(), value.to_owned()));
            }
        }
        drop(jar);
        answer
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn cookie_header(&self) -> String {
        let jar = self.cookies.lock().unwrap();
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}

fn provider(world: Arc<World>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/oauth2/token", post(token))
        .route("/oauth2/revoke", post(revoke))
        // The account API answers as a test says, like the learning API.
        .fallback(any(learning))
        .with_state(world)
}

async fn discovery(State(world): State<Arc<World>>) -> Response {
    let pause = world.read(|knobs| knobs.slow_discovery);
    tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
    if world.read(|knobs| knobs.auth_away) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let (issuer, keys) = (&world.issuer_url, world.issuer.url());
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
        "token_endpoint": format!("{issuer}/oauth2/token"), "jwks_uri": format!("{keys}/.well-known/jwks.json"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
    .into_response()
}

async fn token(State(world): State<Arc<World>>, Form(form): Form<Vec<(String, String)>>) -> Response {
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value).to_owned();
    let refused = (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    if world.read(|knobs| knobs.auth_away) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match value("grant_type").as_str() {
        "authorization_code" if value("code") == "good" && !value("code_verifier").is_empty() => {}
        "refresh_token" if !world.read(|knobs| knobs.refuse_refresh) => {
            // Long enough that requests at the same moment overlap.
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            world.set(|knobs| knobs.refreshes += 1);
        }
        _ => return refused,
    }
    Json(world.tokens()).into_response()
}

async fn revoke(State(world): State<Arc<World>>, Form(form): Form<Vec<(String, String)>>) -> StatusCode {
    if world.read(|knobs| knobs.auth_away) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    world.set(|knobs| knobs.revoked.extend(form.into_iter().map(|(_, value)| value)));
    StatusCode::OK
}

fn api(world: Arc<World>) -> Router {
    Router::new().fallback(any(learning)).with_state(world)
}

async fn learning(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fresh = epoch(bearer) >= world.read(|knobs| knobs.epoch);
    world.set(|knobs| knobs.seen.push((path.clone(), parts.headers.clone(), body)));
    if !fresh {
        return problem(401, "token_stale");
    }
    let answer = world.read(|knobs| knobs.answers.iter().find(|answer| answer.0 == path).cloned());
    let Some((_, status, kind, body)) = answer else { return problem(404, "not_found") };
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind), (header::SET_COOKIE, "api=1".into())], body)
        .into_response()
}

fn problem(status: u16, code: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::from_u16(status).unwrap(), kind, json!({"code": code}).to_string()).into_response()
}

/// The claim `epoch` of a Bearer; no token at all is the stalest.
fn epoch(bearer: &str) -> i32 {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = bearer.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&payload).unwrap_or_default();
    claims["epoch"].as_i64().map_or(-1, |epoch| i32::try_from(epoch).unwrap())
}
