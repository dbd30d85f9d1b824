//! The event log: everything that happens to accounts is in it, once, with who and from where, and nothing secret.

mod account;
mod admin;
mod clients;
mod failures;
mod forgetting;
mod operator;
mod output;
mod pages;
mod social;
mod tokens;

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::{
    letters::{link, mails_to},
    server::{AGENT, PASSWORD, Server, query},
};

const NEW_PASSWORD: &str = "Better-Horse-8";

/// What has been seen of the log so far.
struct Log<'a> {
    server: &'a Server,
    seen: HashSet<String>,
}

impl<'a> Log<'a> {
    /// From now on.
    async fn of(server: &'a Server) -> Self {
        let mut log = Self { server, seen: HashSet::new() };
        log.news().await;
        log
    }

    /// The entries since the last look, oldest first.
    async fn news(&mut self) -> Vec<Value> {
        let sql = "select to_jsonb(e) from auth.auth_event_log e order by at, id";
        let all: Vec<Value> = sqlx::query_scalar(sql).fetch_all(&self.server.pool).await.unwrap();
        all.into_iter().filter(|entry| self.seen.insert(entry["id"].as_str().unwrap().to_owned())).collect()
    }

    /// What happened since the last look left these entries (`type` or `type reason`, in any order) and no other, each
    /// with a person, client or key, from a browser.
    async fn expect(&mut self, what: &str, kinds: &[&str]) -> Vec<Value> {
        let news = self.expect_inside(what, kinds).await;
        for entry in &news {
            assert_eq!(entry["ip_address"], "127.0.0.1", "{what}: {entry}");
            assert_eq!(entry["user_agent"], AGENT, "{what}: {entry}");
        }
        news
    }

    /// The same, for what no browser asked for.
    async fn expect_inside(&mut self, what: &str, kinds: &[&str]) -> Vec<Value> {
        let news = self.news().await;
        let mut found: Vec<String> = news.iter().map(kind).collect();
        let mut wanted = kinds.to_vec();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{what}: {news:#?}");
        for entry in &news {
            let about = ["user_id", "email", "client_id", "details"];
            // Unless it is a token that never was.
            let unknown = entry["reason"] == "INVALID_TOKEN" && what.contains("guess");
            assert!(unknown || about.iter().any(|name| !entry[name].is_null()), "{what}: {entry} is about nobody");
        }
        news
    }

    /// A call of the account API, the status it must give, and what it must leave.
    async fn post(&mut self, cookie: &str, path: &str, body: Value, status: u16, kinds: &[&str]) -> Value {
        let cookie = Some(cookie).filter(|cookie| !cookie.is_empty());
        let response = self.server.api(path, cookie, body).await;
        let (found, text) = (response.status().as_u16(), response.text().await.unwrap());
        assert_eq!(found, status, "{path}: {text}");
        self.expect(path, kinds).await;
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The same for a GET of any path.
    async fn get(&mut self, cookie: &str, path: &str, status: u16, kinds: &[&str]) {
        let request = self.server.get(path).header("cookie", cookie);
        assert_eq!(request.send().await.unwrap().status(), status, "{path}");
        self.expect(path, kinds).await;
    }

    /// The same for a form of one of our pages.
    async fn form(&mut self, cookie: &str, path: &str, fields: &[(&str, &str)], status: u16, kinds: &[&str]) {
        let response = self.server.form(path, Some(cookie), fields).await;
        assert_eq!(response.status(), status, "{path}: {}", response.text().await.unwrap());
        self.expect(path, kinds).await;
    }
}

fn kind(entry: &Value) -> String {
    let words = [entry["type"].as_str(), entry["reason"].as_str()];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn credentials(password: &str) -> Value {
    json!({"email": "ada@example.test", "password": password})
}

fn newcomer(email: &str) -> Value {
    json!({"name": "Ada", "email": email, "password": PASSWORD})
}

/// The token in the link of the newest of `count` mails to `address`.
async fn mailed_token(server: &Server, address: &str, count: usize) -> String {
    let mails = mails_to(server, address, count).await;
    let link = link(server, mails.last().unwrap());
    query(&link, "token").unwrap_or_else(|| {
        let (_, rest) = link.split_once("/reset-password/").unwrap();
        rest.split('?').next().unwrap().to_owned()
    })
}
