//! Whose token counts.

use oauth::{AccessClaims, Role};
use reqwest::Method;
use testkit::issuer::Issuer;
use uuid::Uuid;

use crate::app::{App, problem};

async fn refusal(app: &App, token: &str) -> (u16, String) {
    let response = app.send(token, Method::GET, "/me", None).await;
    assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    problem(response).await
}

#[tokio::test]
async fn without_a_token_nothing_is_answered() {
    let app = App::start().await;
    for path in ["/me", "/me/data", "/courses", "/lessons/closed-loops", "/search?q=a", "/threads"] {
        let response = app.http.get(format!("{}/api/v1{path}", app.url)).send().await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        assert_eq!(problem(response).await, (401, "token_missing".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_good_token_says_who_asks() {
    let app = App::start().await;
    let student = app.person(Role::Student).await;
    let (status, me) = app.get(&student, "/me").await;
    assert_eq!(status, 200);
    assert_eq!((me["id"].as_str().unwrap(), me["role"].as_str().unwrap()), (&*student.id.to_string(), "student"));
    assert_eq!(me["tutor"]["remaining"], 20);
}

#[tokio::test]
async fn tokens_that_are_not_for_us_are_refused() {
    let app = App::start().await;
    let good = app.person(Role::Student).await.claims;
    let sign = |claims: &AccessClaims| app.issuer.sign(claims).unwrap();
    let expired = sign(&AccessClaims { exp: good.iat - 60, ..good.clone() });
    assert_eq!(refusal(&app, &expired).await, (401, "token_expired".to_owned()));
    let other_key = Issuer::start().await.unwrap();
    for (why, token) in [
        ("another audience", sign(&AccessClaims { aud: vec![app.issuer.url().to_owned()], ..good.clone() })),
        ("another issuer", sign(&AccessClaims { iss: "https://elsewhere.example".into(), ..good.clone() })),
        ("no scope api", sign(&AccessClaims { scope: "openid email".into(), ..good.clone() })),
        ("an ID token", app.issuer.sign_as("JWT", &good).unwrap()),
        ("another key", other_key.sign(&good).unwrap()),
        ("no JWT", "abc.def.ghi".to_owned()),
    ] {
        assert_eq!(refusal(&app, &token).await, (401, "token_invalid".to_owned()), "{why}");
    }
}

#[tokio::test]
async fn a_token_from_before_a_change_of_the_account_is_stale_at_once() {
    let app = App::start().await;
    let student = app.person(Role::Student).await;
    assert_eq!(app.get(&student, "/me").await.0, 200);
    sqlx::query("update auth.\"user\" set token_epoch = 1 where id = $1")
        .bind(student.id)
        .execute(&app.pool)
        .await
        .unwrap();
    assert_eq!(refusal(&app, &student.token).await, (401, "token_stale".to_owned()));
    let renewed = app.with_claims(AccessClaims { epoch: 1, ..student.claims });
    assert_eq!(app.get(&renewed, "/me").await.0, 200);
}

#[tokio::test]
async fn a_person_who_is_gone_is_refused() {
    let app = App::start().await;
    let ghost = app.with_claims(app.issuer.claims(Uuid::now_v7(), Role::Admin));
    assert_eq!(refusal(&app, &ghost.token).await, (401, "token_stale".to_owned()));
}

#[tokio::test]
async fn keys_are_fetched_once_and_outlive_their_issuer() {
    let app = App::start().await;
    let student = app.person(Role::Student).await;
    for _ in 0..3 {
        assert_eq!(app.get(&student, "/me").await.0, 200);
    }
    assert_eq!(app.issuer.fetches(), 1);
    app.issuer.set_away(true);
    assert_eq!(app.get(&student, "/me").await.0, 200);
}

#[tokio::test]
async fn without_any_key_the_answer_is_503_until_the_issuer_is_back() {
    let app = App::start().await;
    app.issuer.set_away(true);
    let student = app.person(Role::Student).await;
    let response = app.send(&student.token, Method::GET, "/me", None).await;
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(problem(response).await, (503, "keys_unavailable".to_owned()));
    app.issuer.set_away(false);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(app.get(&student, "/me").await.0, 200);
}
