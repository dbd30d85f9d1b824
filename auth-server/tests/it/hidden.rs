//! Registration that does not tell which addresses have an account (SIGNUP_HIDE_EXISTING).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    letters::{link, mails_to},
    server::{PASSWORD, Server, session_cookie},
};

const HIDE: (&str, &str) = ("SIGNUP_HIDE_EXISTING", "true");

async fn register(server: &Server, email: &str) -> (u16, Vec<String>, Value, Duration) {
    let start = Instant::now();
    let body = json!({"name": "Ada", "email": email, "password": PASSWORD, "image": "https://x.test/a.png"});
    let response = server.api("/sign-up/email", None, body).await;
    let headers = response.headers().keys().map(ToString::to_string).collect();
    (response.status().as_u16(), headers, response.json().await.unwrap(), start.elapsed())
}

/// The shape of an answer: every member with its value, but for what differs between any two people.
fn shape(mut body: Value) -> Value {
    for member in ["id", "createdAt", "updatedAt", "email"] {
        let text = body["user"][member].as_str().unwrap();
        body["user"][member] = json!(text.len());
    }
    body
}

#[tokio::test]
async fn a_taken_address_gets_the_same_answer_and_its_owner_a_mail() {
    let server = Server::start_with(&[HIDE]).await;
    let (status, headers, body, took) = register(&server, "ada@example.test").await;
    assert_eq!((status, &body["token"], &body["user"]["role"]), (200, &Value::Null, &json!("student")));
    let (again, headers_again, body_again, took_again) = register(&server, "ada@example.test").await;
    assert_eq!((status, headers, shape(body)), (again, headers_again, shape(body_again)));
    assert!(took >= Duration::from_millis(500) && took_again >= Duration::from_millis(500));
    let mails = mails_to(&server, "ada@example.test", 2).await;
    assert!(mails[1].contains("You have an account already") && mails[1].contains("/sign-in"), "{}", mails[1]);
    assert_eq!(server.count("select count(*) from auth.session").await, 0);
    assert_eq!(server.count("select count(*) from auth.\"user\"").await, 1);
}

#[tokio::test]
async fn the_limit_of_mails_counts_free_and_taken_addresses_alike() {
    let server = Server::start_with(&[HIDE, ("LIMIT_ACCOUNT_MAILS", "1")]).await;
    assert_eq!(register(&server, "ada@example.test").await.0, 200);
    assert_eq!(register(&server, "ada@example.test").await.0, 429);
    assert_eq!(register(&server, "bob@example.test").await.0, 200);
}

#[tokio::test]
async fn the_page_says_the_same_for_both_and_the_link_leads_on() {
    let server = Server::start_with(&[HIDE]).await;
    let fields = [("name", "Ada"), ("email", "ada@example.test"), ("password", PASSWORD)];
    let first = server.form("/sign-up", None, &fields).await;
    assert_eq!((first.status().as_u16(), session_cookie(&first)), (200, None));
    let second = server.form("/sign-up", None, &fields).await.text().await.unwrap();
    assert_eq!(first.text().await.unwrap(), second);
    let verification = mails_to(&server, "ada@example.test", 1).await.remove(0);
    assert_eq!(server.get(&link(&server, &verification)).send().await.unwrap().status(), 200);
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    assert_eq!(server.api("/sign-in/email", None, body).await.status(), 200);
}
