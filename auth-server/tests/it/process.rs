//! The binary as a process of its own, which can be killed, on a database and an address that outlive it.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Response, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::{
    Database,
    identity::{CLIENT_ID, CLIENT_SECRET, FakeGoogle},
};

use crate::server::{AUTH_SECRET, WEB, WEB_SECRET, free_address, session_cookie};

/// What a process leaves behind, and what the next one finds.
pub struct Process {
    pub http: reqwest::Client,
    pub url: String,
    pub pool: PgPool,
    pub mail: TempDir,
    pub google: FakeGoogle,
    address: String,
    ops: String,
    database: Database,
}

impl Process {
    /// Ready to start.
    pub async fn prepare() -> Self {
        let database = Database::create().await.unwrap();
        let (address, ops) = (free_address().await, free_address().await);
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(30));
        let (pool, mail) = (database.pool().await.unwrap(), tempfile::tempdir().unwrap());
        let google = FakeGoogle::start().await.unwrap();
        Self {
            http: http.build().unwrap(),
            url: format!("http://{address}"),
            pool,
            mail,
            google,
            address,
            ops,
            database,
        }
    }

    /// Starts it and waits until it is ready.
    pub async fn start(&self) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_auth-server"))
            .env_clear()
            .env("INTELLISTACK_ENV", "development")
            .env("DATABASE_URL", self.database.url())
            .env("AUTH_ADDR", &self.address)
            .env("AUTH_OPS_ADDR", &self.ops)
            .env("AUTH_URL", &self.url)
            .env("WEB_URL", WEB)
            .env("AUTH_SECRET", AUTH_SECRET)
            .env("WEB_CLIENT_SECRET", WEB_SECRET)
            .env("MAIL_DIR", self.mail.path())
            .env("GOOGLE_CLIENT_ID", CLIENT_ID)
            .env("GOOGLE_CLIENT_SECRET", CLIENT_SECRET)
            .env("GOOGLE_ISSUER_URL", &self.google.url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..3000 {
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

    /// The answer to a POST of JSON to the account API, unless the process died first.
    pub async fn post_as(&self, cookie: Option<&str>, path: &str, body: Value) -> Option<Response> {
        let request = self.http.post(format!("{}/api/auth{path}", self.url)).header("origin", &self.url).json(&body);
        let request = match cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        request.send().await.ok()
    }

    /// Its status alone, of nobody.
    pub async fn post(&self, path: &str, body: Value) -> Option<StatusCode> {
        self.post_as(None, path, body).await.map(|response| response.status())
    }

    /// The session cookie of a sign-in that must succeed.
    pub async fn sign_in(&self, email: &str, password: &str) -> String {
        let body = json!({"email": email, "password": password});
        session_cookie(&self.post_as(None, "/sign-in/email", body).await.unwrap()).unwrap()
    }

    /// Whether this password opens the account.
    pub async fn signs_in(&self, email: &str, password: &str) -> bool {
        self.post("/sign-in/email", json!({"email": email, "password": password})).await.unwrap() == 200
    }

    /// What operators read.
    pub async fn metrics(&self) -> String {
        let request = self.http.get(format!("http://{}/metrics", self.ops));
        request.send().await.unwrap().text().await.unwrap()
    }

    /// The number that a query gives.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}
