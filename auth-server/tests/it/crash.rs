//! The process killed in the middle of everything (SIGKILL), twenty times: whoever was at it can go on, nothing that
//! was promised is lost, and nothing is half done.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use auth_server::{SeedAccount, ensure_account};
use aws_lc_rs::digest::{SHA256, digest};
use oauth::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};
use service::jwks::Verifier;
use sqlx::PgPool;
use testkit::Database;

use crate::server::{AUTH_SECRET, PASSWORD, WEB, WEB_SECRET, free_address, session_cookie};

const ROUNDS: usize = 20;
const NEW_PASSWORD: &str = "Better-Horse-8";

/// The binary, on a database and an address that outlive it.
struct Crashing {
    http: reqwest::Client,
    url: String,
    address: String,
    database: Database,
    pool: PgPool,
    mail: tempfile::TempDir,
}

impl Crashing {
    async fn prepare() -> Self {
        let database = Database::create().await.unwrap();
        let address = free_address().await;
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let (pool, mail) = (database.pool().await.unwrap(), tempfile::tempdir().unwrap());
        Self { http, url: format!("http://{address}"), address, database, pool, mail }
    }

    async fn start(&self) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_auth-server"))
            .env_clear()
            .env("INTELLISTACK_ENV", "development")
            .env("DATABASE_URL", self.database.url())
            .env("AUTH_ADDR", &self.address)
            .env("AUTH_URL", &self.url)
            .env("WEB_URL", WEB)
            .env("AUTH_SECRET", AUTH_SECRET)
            .env("WEB_CLIENT_SECRET", WEB_SECRET)
            .env("MAIL_DIR", self.mail.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..500 {
            let ready = self.http.get(format!("{}/readyz", self.url)).send().await;
            if ready.is_ok_and(|response| response.status() == 200) {
                return child;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("it does not start again");
    }

    /// The status, unless the server died first.
    async fn post(&self, path: &str, body: Value) -> Option<StatusCode> {
        let request = self.http.post(format!("{}/api/auth{path}", self.url)).json(&body);
        request.send().await.ok().map(|response| response.status())
    }

    async fn verify(&self, token: &str) -> Option<StatusCode> {
        let request = self.http.get(format!("{}/api/auth/verify-email?token={token}", self.url));
        request.send().await.ok().map(|response| response.status())
    }

    async fn signs_in(&self, email: &str, password: &str) -> bool {
        self.post("/sign-in/email", json!({"email": email, "password": password})).await.unwrap() == 200
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// Somebody with a link of theirs.
    async fn person(&self, email: &str, purpose: &str) {
        let account = SeedAccount {
            name: "Ada".into(),
            email: email.into(),
            password: PASSWORD.into(),
            role: Role::Student,
            verified: false,
        };
        ensure_account(&self.pool, &account).await.unwrap();
        let sql = r#"insert into auth.verification (token_hash, purpose, user_id, email, expires_at)
                     select $1, $2, id, email, now() + interval '1 hour' from auth."user" where email = $3"#;
        let hash = digest(&SHA256, email.as_bytes());
        sqlx::query(sql).bind(hash.as_ref()).bind(purpose).bind(email).execute(&self.pool).await.unwrap();
    }
}

/// A repeatable sequence (Knuth's multiplicative generator): when to strike, in milliseconds after the requests.
fn strike(round: usize) -> Duration {
    let random = (round as u64 + 1).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    Duration::from_millis((random >> 33) % 220)
}

#[tokio::test]
async fn whoever_was_interrupted_by_a_kill_can_go_on() {
    let server = Crashing::prepare().await;
    let mut child = server.start().await;
    let mut interrupted = 0;
    for round in 0..ROUNDS {
        let name = |what: &str| format!("{what}{round}@example.test");
        let (new, unproved, forgetful) = (name("new"), name("unproved"), name("forgetful"));
        server.person(&unproved, "verify-email").await;
        server.person(&forgetful, "reset-password").await;
        // Due for rotation at every start.
        let old = "update auth.jwks set created_at = created_at - interval '400 days',
                          activates_at = activates_at - interval '400 days' where expires_at is null";
        sqlx::query(old).execute(&server.pool).await.unwrap();
        let (registered, verified, reset, _, ()) = tokio::join!(
            server.post("/sign-up/email", json!({"name": "Ada", "email": new, "password": PASSWORD})),
            server.verify(&unproved),
            server.post("/reset-password", json!({"token": forgetful, "newPassword": NEW_PASSWORD})),
            server.post("/request-password-reset", json!({"email": unproved})),
            async {
                tokio::time::sleep(strike(round)).await;
                child.kill().unwrap();
                child.wait().unwrap();
            }
        );
        interrupted += [registered, verified, reset].iter().filter(|answer| answer.is_none()).count();
        child = server.start().await;
        check_registration(&server, &new, registered).await;
        check_verification(&server, &unproved, verified).await;
        check_reset(&server, &forgetful, reset).await;
    }
    println!("{interrupted} of {} requests were interrupted", 3 * ROUNDS);
    check_what_is_left(&server).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Either they are registered, or they can register.
async fn check_registration(server: &Crashing, email: &str, answer: Option<StatusCode>) {
    if server.signs_in(email, PASSWORD).await {
        return;
    }
    assert_ne!(answer, Some(StatusCode::OK), "{email} was told that they are registered");
    let body = json!({"name": "Ada", "email": email, "password": PASSWORD});
    assert_eq!(server.post("/sign-up/email", body).await, Some(StatusCode::OK), "{email} cannot register");
}

/// The link still works, and after it the address is proved.
async fn check_verification(server: &Crashing, email: &str, answer: Option<StatusCode>) {
    let proved = r#"select email_verified from auth."user" where email = $1"#;
    let proved = || async { sqlx::query_scalar::<_, bool>(proved).bind(email).fetch_one(&server.pool).await.unwrap() };
    let used = "select used_at is not null from auth.verification where email = $1 and purpose = 'verify-email'
                and token_hash = $2";
    let hash = digest(&SHA256, email.as_bytes());
    let used: bool = sqlx::query_scalar(used).bind(email).bind(hash.as_ref()).fetch_one(&server.pool).await.unwrap();
    assert_eq!(used, proved().await, "a used link without effect, or an effect without a link: {email}");
    assert!(used || answer != Some(StatusCode::OK));
    assert_eq!(server.verify(email).await, Some(StatusCode::OK));
    assert!(proved().await);
}

/// Either the new password counts, or the old one does and the link still works; never none, never both.
async fn check_reset(server: &Crashing, email: &str, answer: Option<StatusCode>) {
    let (old, new) = (server.signs_in(email, PASSWORD).await, server.signs_in(email, NEW_PASSWORD).await);
    assert_ne!(old, new, "{email}");
    if old {
        assert_ne!(answer, Some(StatusCode::OK), "{email} was told that the new password counts");
        let body = json!({"token": email, "newPassword": NEW_PASSWORD});
        assert_eq!(server.post("/reset-password", body).await, Some(StatusCode::OK), "{email}");
        assert!(server.signs_in(email, NEW_PASSWORD).await);
    }
}

async fn check_what_is_left(server: &Crashing) {
    let halves = r#"select count(*) from auth."user" u
                    where not exists (select from auth.account a where a.user_id = u.id and a.password is not null)"#;
    assert_eq!(server.count(halves).await, 0, "people without a credential");
    let silent = r#"select count(*) from auth."user" u where email like 'new%' and not exists
                    (select from auth.verification v where v.user_id = u.id and v.purpose = 'verify-email')"#;
    assert_eq!(server.count(silent).await, 0, "registered, and no link was made");
    assert!(server.count("select count(*) from auth.jwks").await > 1, "rotation never came to its end");
    check_signing(server).await;
    // Two minutes later the leases of the dead are over.
    sqlx::query("update auth.mail_outbox set next_attempt = now() where sent_at is null")
        .execute(&server.pool)
        .await
        .unwrap();
    for _ in 0..200 {
        if server.count("select count(*) from auth.mail_outbox where sent_at is null").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let letters: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from auth.mail_outbox where not discard").fetch_all(&server.pool).await.unwrap();
    assert!(letters.len() >= ROUNDS, "a mail for each who registered");
    for id in letters {
        let file = server.mail.path().join(format!("{id}.eml"));
        assert!(Path::new(&file).exists(), "a mail was lost: {id}");
    }
}

/// A token is signed, and the published keys verify it.
async fn check_signing(server: &Crashing) {
    let body = json!({"email": "forgetful0@example.test", "password": NEW_PASSWORD});
    let response = server.http.post(format!("{}/api/auth/sign-in/email", server.url)).json(&body).send().await.unwrap();
    let cookie = session_cookie(&response).unwrap();
    let request = server.http.get(format!("{}/api/auth/token", server.url)).header("cookie", cookie);
    let token: Value = request.send().await.unwrap().json().await.unwrap();
    let verifier = Verifier::new(&server.url, "intellistack", server.http.clone());
    verifier.verify(token["token"].as_str().unwrap()).await.unwrap();
}
