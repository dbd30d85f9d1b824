//! Clients hear of the end of sessions (OpenID Connect Back-Channel Logout 1.0).

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{ConnectInfo, State},
    routing::post,
};
use http::StatusCode;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::server::{
    PASSWORD, Server, VERIFIER, WEB_SECRET, authorization, challenge, claims, location, query, session_cookie,
};

/// A client that listens; it answers the first requests with `refusals`.
#[derive(Clone, Default)]
struct Client {
    heard: Arc<Mutex<Vec<String>>>,
    /// From where each request came.
    from: Arc<Mutex<BTreeSet<SocketAddr>>>,
    refusals: Arc<Mutex<Vec<StatusCode>>>,
}

impl Client {
    /// Listens, and is registered as where `web` hears of logouts.
    async fn listen(server: &Server, refusals: &[StatusCode]) -> Self {
        let client = Self { refusals: Arc::new(Mutex::new(refusals.to_vec())), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/logout", listener.local_addr().unwrap());
        let router = Router::new().route("/logout", post(hear)).with_state(client.clone());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let register = "update auth.oauth_application set backchannel_logout_uri = $1 where client_id = 'web'";
        sqlx::query(register).bind(uri).execute(&server.pool).await.unwrap();
        client
    }

    /// What it was told, once that is `count` tokens.
    async fn told(&self, count: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let heard = self.heard.lock().unwrap().clone();
            if heard.len() >= count {
                return heard;
            }
            assert!(start.elapsed() < Duration::from_secs(8), "heard {} of {count}", heard.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn hear(State(client): State<Client>, ConnectInfo(from): ConnectInfo<SocketAddr>, body: String) -> StatusCode {
    client.from.lock().unwrap().insert(from);
    let refusal = client.refusals.lock().unwrap().pop();
    if let Some(status) = refusal {
        return status;
    }
    let token = query(&format!("/?{body}"), "logout_token").unwrap();
    client.heard.lock().unwrap().push(token);
    StatusCode::OK
}

/// The claims of a logout token, checked as section 2.6 says.
async fn verified(server: &Server, token: &str) -> Value {
    let header = decode_header(token).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some("logout+jwt"), Algorithm::RS256));
    let keys: Value = server.get("/.well-known/jwks.json").send().await.unwrap().json().await.unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == json!(header.kid)).unwrap();
    let key = DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[&server.url]);
    validation.set_audience(&["web"]);
    let claims = decode::<Value>(token, &key, &validation).unwrap().claims;
    assert_eq!(claims["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
    assert!(claims.get("nonce").is_none() && claims["jti"].is_string());
    assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 120);
    claims
}

#[tokio::test]
async fn signing_out_is_told_within_two_seconds() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let id = claims(tokens["id_token"].as_str().unwrap());
    let start = Instant::now();
    server.api("/sign-out", Some(&cookie), json!({})).await;
    let told = client.told(1).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    let said = verified(&server, &told[0]).await;
    assert_eq!((&said["sub"], &said["sid"]), (&id["sub"], &id["sid"]));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.count("select count(*) from auth.backchannel_logout").await, 0, "told and forgotten");
}

#[tokio::test]
async fn many_sessions_that_end_together_are_told_within_two_seconds() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    server.sign_up("ada@example.test").await;
    let start = Instant::now();
    let ended = "insert into auth.backchannel_logout (id, client_id, user_id, session_id)
                 select gen_random_uuid(), 'web', id, gen_random_uuid() from auth.user, generate_series(1, 20)";
    sqlx::query(ended).execute(&server.pool).await.unwrap();
    client.told(20).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn no_connection_is_used_again_that_the_client_may_be_closing() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    let mut cookie = server.sign_up("ada@example.test").await;
    for count in 1..=2 {
        server.tokens(&cookie).await;
        server.api("/sign-out", Some(&cookie), json!({})).await;
        client.told(count).await;
        let body = json!({"email": "ada@example.test", "password": PASSWORD});
        cookie = session_cookie(&server.api("/sign-in/email", None, body).await).unwrap();
    }
    assert_eq!(client.from.lock().unwrap().len(), 2, "connections for two logouts");
}

#[tokio::test]
async fn every_way_a_session_ends_is_told_once() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    let mut cookie = server.sign_up("ada@example.test").await;
    let mut expected = Vec::new();
    for (path, body) in [
        ("/sign-out", json!({})),
        ("/revoke-sessions", json!({})),
        ("/revoke-session", json!({"token": "OWN"})),
        (
            "/change-password",
            json!({"currentPassword": PASSWORD, "newPassword": PASSWORD, "revokeOtherSessions": true}),
        ),
    ] {
        let tokens = server.tokens(&cookie).await;
        let sid = claims(tokens["id_token"].as_str().unwrap())["sid"].as_str().unwrap().to_owned();
        let body = if body["token"] == "OWN" { json!({"token": sid}) } else { body };
        expected.push(sid);
        assert_eq!(server.api(path, Some(&cookie), body).await.status(), 200, "{path}");
        let body = json!({"email": "ada@example.test", "password": PASSWORD});
        cookie = session_cookie(&server.api("/sign-in/email", None, body).await).unwrap();
    }
    let tokens = server.tokens(&cookie).await;
    let hint = tokens["id_token"].as_str().unwrap();
    expected.push(claims(hint)["sid"].as_str().unwrap().to_owned());
    let logout = server.get("/oauth2/logout").query(&[("id_token_hint", hint)]).header("cookie", &cookie);
    assert_eq!(logout.send().await.unwrap().status(), 200);

    let mut told: Vec<_> = client.told(expected.len()).await.iter().map(|token| claims(token)["sid"].clone()).collect();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(client.told(0).await.len(), expected.len(), "each once");
    told.sort_by_key(Value::to_string);
    expected.sort();
    assert_eq!(json!(told), json!(expected));
}

#[tokio::test]
async fn the_site_is_registered_for_it_from_the_start() {
    let server = Server::start().await;
    let (uri, by_session): (Option<String>, bool) = sqlx::query_as(
        "select backchannel_logout_uri, backchannel_logout_session_required
         from auth.oauth_application where client_id = 'web'",
    )
    .fetch_one(&server.pool)
    .await
    .unwrap();
    assert!(by_session && uri.unwrap().ends_with("/auth/backchannel-logout"));
}

#[tokio::test]
async fn the_site_signs_a_person_out_on_all_devices_by_giving_its_token_back() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    let here = server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    let phone = session_cookie(&server.api("/sign-in/email", None, body).await).unwrap();
    let eve = server.sign_up("eve@example.test").await;
    let tokens = server.tokens(&here).await;
    server.tokens(&phone).await;
    server.tokens(&eve).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let give_back = || {
        let form = [("token", token), ("everywhere", "true")];
        server.post("/oauth2/revoke").basic_auth("web", Some(WEB_SECRET)).form(&form).send()
    };
    assert_eq!(give_back().await.unwrap().status(), 200);
    client.told(2).await;
    let sessions = "select count(*) from auth.session";
    assert_eq!(server.count(sessions).await, 1, "Eve's");
    // Given back a second time it is nobody's any more.
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    assert!(session_cookie(&server.api("/sign-in/email", None, body).await).is_some());
    assert_eq!(give_back().await.unwrap().status(), 200);
    assert_eq!(server.count(sessions).await, 2);
}

#[tokio::test]
async fn who_was_granted_nothing_or_did_not_register_hears_nothing() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    let (ada, eve) = (server.sign_up("ada@example.test").await, server.sign_up("eve@example.test").await);
    server.tokens(&ada).await;
    server.api("/sign-out", Some(&eve), json!({})).await;
    let rows = "select count(*) from auth.backchannel_logout";
    assert_eq!(server.count(rows).await, 0, "a session without a grant");
    server.sql("update auth.oauth_application set backchannel_logout_uri = null").await;
    server.api("/sign-out", Some(&ada), json!({})).await;
    assert_eq!((server.count(rows).await, client.told(0).await.len()), (0, 0));
}

#[tokio::test]
async fn a_client_that_is_away_is_told_later_and_in_the_end_given_up() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[StatusCode::BAD_GATEWAY, StatusCode::FOUND]).await;
    let cookie = server.sign_up("ada@example.test").await;
    server.tokens(&cookie).await;
    server.api("/sign-out", Some(&cookie), json!({})).await;
    verified(&server, &client.told(1).await[0]).await;

    server
        .sql("update auth.oauth_application set backchannel_logout_uri = 'http://127.0.0.1:9/' where client_id = 'web'")
        .await;
    let cookie = server.sign_up("eve@example.test").await;
    server.tokens(&cookie).await;
    server.api("/sign-out", Some(&cookie), json!({})).await;
    let failed = "select count(*) from auth.backchannel_logout where attempts > 0 and last_error is not null";
    until(&server, failed, 1).await;
    let error: String =
        sqlx::query_scalar("select last_error from auth.backchannel_logout").fetch_one(&server.pool).await.unwrap();
    assert!(error.starts_with("the client cannot be reached") && !error.contains("logout_token"), "{error}");
    server.sql("update auth.backchannel_logout set attempts = 9, next_attempt = now()").await;
    until(&server, "select count(*) from auth.backchannel_logout", 0).await;
}

async fn until(server: &Server, sql: &'static str, count: i64) {
    let start = Instant::now();
    while server.count(sql).await != count {
        assert!(start.elapsed() < Duration::from_secs(8), "{sql}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_logout_token_passes_for_nothing_else() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    let cookie = server.sign_up("ada@example.test").await;
    server.tokens(&cookie).await;
    server.api("/sign-out", Some(&cookie), json!({})).await;
    let token = client.told(1).await.remove(0);
    assert_eq!(server.get("/oauth2/userinfo").bearer_auth(&token).send().await.unwrap().status(), 401);
    let challenge = challenge(VERIFIER);
    let request = [authorization(&challenge).as_slice(), &[("id_token_hint", token.as_str())]].concat();
    assert_eq!(query(&location(&server.authorize(None, &request).await), "error").as_deref(), Some("invalid_request"));
}

/// A client that takes connections and never answers; gives its address and how many it holds.
async fn silent_client() -> (String, Arc<Mutex<Vec<tokio::net::TcpStream>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/logout", listener.local_addr().unwrap());
    let held = Arc::new(Mutex::new(Vec::new()));
    let holding = held.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            holding.lock().unwrap().push(stream);
        }
    });
    (uri, held)
}

#[tokio::test]
async fn a_client_that_never_answers_keeps_no_other_waiting() {
    let server = Server::start().await;
    let client = Client::listen(&server, &[]).await;
    let (uri, held) = silent_client().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.tokens(&cookie).await;
    let register = "insert into auth.oauth_application (client_id, name, redirect_uris, scopes, backchannel_logout_uri)
                    values ('dead', 'Dead', '{https://dead.test/}', '{openid}', $1)";
    sqlx::query(register).bind(uri).execute(&server.pool).await.unwrap();
    server
        .sql(
            "insert into auth.backchannel_logout (id, client_id, user_id, session_id)
             select gen_random_uuid(), 'dead', gen_random_uuid(), gen_random_uuid() from generate_series(1, 100)",
        )
        .await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let start = Instant::now();
    server.api("/sign-out", Some(&cookie), json!({})).await;
    verified(&server, &client.told(1).await[0]).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(held.lock().unwrap().len(), 4, "at once, of a hundred");
}
