//! No secret in what the process writes, however much it is told to write, nor in the event log.

use std::{fs::File, process::Stdio, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use testkit::{
    Database,
    identity::{CLIENT_ID, CLIENT_SECRET, FakeGoogle},
};
use tokio::process::{Child, Command};

use super::{NEW_PASSWORD, credentials, mailed_token, newcomer};
use crate::{
    client_registration::{REDIRECT, admin, register},
    server::{AUTH_SECRET, PASSWORD, Server, VERIFIER, WEB, WEB_SECRET, free_address, location, query, session_cookie},
    social_browser::{state_cookie, wish},
};

const WRONG: &str = "Wrong-Horse-7x";

/// The binary, and everything that it writes.
struct Process {
    server: Server,
    output: std::path::PathBuf,
    google: FakeGoogle,
    _child: Child,
}

impl Process {
    async fn start() -> Self {
        let (database, mail) = (Database::create().await.unwrap(), tempfile::tempdir().unwrap());
        let google = FakeGoogle::start().await.unwrap();
        let address = free_address().await;
        let url = format!("http://{address}");
        let output = mail.path().join("output.txt");
        let file = File::create(&output).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_auth-server"))
            .env_clear()
            .env("RUST_LOG", "debug")
            .env("NO_COLOR", "1")
            .env("INTELLISTACK_ENV", "development")
            .env("DATABASE_URL", database.url())
            .env("AUTH_ADDR", &address)
            .env("AUTH_URL", &url)
            .env("WEB_URL", WEB)
            .env("AUTH_SECRET", AUTH_SECRET)
            .env("WEB_CLIENT_SECRET", WEB_SECRET)
            .env("MAIL_DIR", mail.path())
            .env("GOOGLE_CLIENT_ID", CLIENT_ID)
            .env("GOOGLE_CLIENT_SECRET", CLIENT_SECRET)
            .env("GOOGLE_ISSUER_URL", &google.url)
            .stdout(Stdio::from(file.try_clone().unwrap()))
            .stderr(Stdio::from(file))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let server = Server::elsewhere(url, database, mail).await;
        for _ in 0..500 {
            if server.get("/readyz").send().await.is_ok_and(|response| response.status() == 200) {
                return Self { server, output, google, _child: child };
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not start: {}", std::fs::read_to_string(&output).unwrap());
    }
}

/// Value and, apart, token of a session cookie.
fn cookie_secrets(cookie: &str) -> Vec<String> {
    let value = cookie.split_once('=').unwrap().1;
    let (token, signature) = value.split_once('.').unwrap();
    [value, token, signature].map(str::to_owned).to_vec()
}

/// A token response's tokens; of a JWT the signature, without which the rest is worth nothing.
fn token_secrets(tokens: &Value) -> Vec<String> {
    let names = ["access_token", "refresh_token", "id_token"];
    let tokens = names.iter().filter_map(|name| tokens[name].as_str());
    tokens.map(|token| token.rsplit('.').next().unwrap().to_owned()).collect()
}

/// Registration, proof of the address, sign-in, reset.
async fn live_an_account(server: &Server) -> (String, Vec<String>) {
    let first = session_cookie(&server.api("/sign-up/email", None, newcomer("ada@example.test")).await).unwrap();
    let verification = mailed_token(server, "ada@example.test", 1).await;
    server.api_get(&format!("/verify-email?token={verification}"), None).await;
    server.get(&format!("/verify-email?token={verification}")).send().await.unwrap();
    server.api("/sign-in/email", None, credentials(WRONG)).await;
    server.form("/sign-in", None, &[("email", "ada@example.test"), ("password", WRONG)]).await;
    server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    let reset = mailed_token(server, "ada@example.test", 2).await;
    server.get(&format!("/api/auth/reset-password/{reset}?callbackURL=/reset-password")).send().await.unwrap();
    server.get(&format!("/reset-password?token={reset}")).send().await.unwrap();
    for _ in 0..2 {
        server.api("/reset-password", None, json!({"token": reset, "newPassword": NEW_PASSWORD})).await;
    }
    server.api(&format!("/reset-password?token={reset}"), None, json!({"newPassword": NEW_PASSWORD})).await;
    let cookie = session_cookie(&server.api("/sign-in/email", None, credentials(NEW_PASSWORD)).await).unwrap();
    let mut secrets = vec![verification, reset];
    secrets.extend([&first, &cookie].iter().flat_map(|cookie| cookie_secrets(cookie)));
    (cookie, secrets)
}

/// Code, refresh, introspection, userinfo, revocation, reuse, sign-out.
async fn use_clients(server: &Server, cookie: &str) -> Vec<String> {
    let code = server.code(cookie).await;
    let tokens: Value = server.exchange(&code, VERIFIER).await.json().await.unwrap();
    let refreshed: Value = server.refresh(tokens["refresh_token"].as_str().unwrap()).await.json().await.unwrap();
    let access = refreshed["access_token"].as_str().unwrap();
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        for token in [access, refreshed["refresh_token"].as_str().unwrap()] {
            let request = server.post(path).basic_auth("web", Some(WEB_SECRET)).form(&[("token", token)]);
            assert_eq!(request.send().await.unwrap().status(), 200);
        }
    }
    server.get("/oauth2/userinfo").bearer_auth(access).send().await.unwrap();
    server.get(&format!("/oauth2/userinfo?access_token={access}")).send().await.unwrap();
    server.exchange(&code, VERIFIER).await;
    let post = [
        ("client_id", "web"),
        ("client_secret", WEB_SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", access),
    ];
    server.post("/oauth2/token").form(&post).send().await.unwrap();
    let own: Value = server.api_get("/token", Some(cookie)).await.json().await.unwrap();
    let hint = tokens["id_token"].as_str().unwrap();
    server.get(&format!("/oauth2/logout?id_token_hint={hint}")).header("cookie", cookie).send().await.unwrap();
    let mut secrets =
        vec![code, VERIFIER.to_owned(), own["token"].as_str().unwrap().rsplit('.').next().unwrap().to_owned()];
    secrets.extend([&tokens, &refreshed].iter().flat_map(|tokens| token_secrets(tokens)));
    secrets
}

/// A client's secret, and a sign-in with Google.
async fn register_and_link(process: &Process) -> Vec<String> {
    let server = &process.server;
    let root = admin(server, "root@example.test").await;
    let client = register(server, &root, json!({"redirect_uris": [REDIRECT]})).await;
    let id = json!({"client_id": client["client_id"]});
    let rotated: Value = server.api("/oauth2/client/rotate-secret", Some(&root), id).await.json().await.unwrap();
    let begun = server.api("/sign-in/social", None, wish("google")).await;
    let state = state_cookie(&begun).unwrap();
    let back = location(&server.http.get(location(&begun)).send().await.unwrap());
    assert!(back.starts_with(&server.url), "{} sends elsewhere", process.google.url);
    let arrived = server.http.get(&back).header("cookie", &state).send().await.unwrap();
    let social = session_cookie(&arrived).unwrap();
    // What goes wrong must not tell either.
    server.http.get(&back).header("cookie", &state).send().await.unwrap();
    server.post("/oauth2/token").body(format!("client_secret={WEB_SECRET}")).send().await.unwrap();
    server.post("/api/auth/sign-in/email").body(format!("{{\"password\": \"{PASSWORD}\"")).send().await.unwrap();
    let mut secrets = vec![query(&back, "code").unwrap(), query(&back, "state").unwrap()];
    secrets.extend([&client, &rotated].iter().map(|client| client["client_secret"].as_str().unwrap().to_owned()));
    secrets.extend([&root, &social].iter().flat_map(|cookie| cookie_secrets(cookie)));
    secrets
}

#[tokio::test]
async fn neither_the_output_nor_the_event_log_holds_a_secret() {
    let process = Process::start().await;
    let server = &process.server;
    let (cookie, mut secrets) = live_an_account(server).await;
    secrets.extend(register_and_link(&process).await);
    secrets.extend(use_clients(server, &cookie).await);
    secrets.extend([PASSWORD, NEW_PASSWORD, WRONG, AUTH_SECRET, WEB_SECRET, CLIENT_SECRET].map(str::to_owned));
    secrets.push(STANDARD.encode(format!("web:{WEB_SECRET}")));
    let output = std::fs::read_to_string(&process.output).unwrap();
    let events: String = sqlx::query_scalar("select string_agg(e::text, chr(10)) from auth.auth_event_log e")
        .fetch_one(&server.pool)
        .await
        .unwrap();
    for path in ["/api/auth/verify-email", "/api/auth/reset-password/{token}", "/oauth2/token", "/oauth2/logout"] {
        assert!(
            output.contains(&format!("path=\"{path}\"")) || output.contains(&format!("path={path}")),
            "{path} is not logged: {output}"
        );
    }
    assert!(secrets.len() > 30, "{}", secrets.len());
    for secret in secrets {
        assert!(secret.len() > 8, "{secret} is too short to look for");
        for (name, log) in [("the output", &output), ("the event log", &events)] {
            let line = log.lines().find(|line| line.contains(&secret));
            assert!(line.is_none(), "{name} holds {secret}: {line:?}");
        }
    }
}
