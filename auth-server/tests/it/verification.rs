//! Mails, and what their links do.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    letters::link,
    server::{PASSWORD, Server, location, query, session_cookie},
};

/// The text of the newest mail, once there are `count`.
pub async fn newest_mail(server: &Server, count: usize) -> String {
    for _ in 0..100 {
        let mut names: Vec<_> = std::fs::read_dir(server.mail.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        names.sort();
        if names.len() >= count {
            let raw = std::fs::read_to_string(names.last().unwrap()).unwrap();
            // Quoted-printable: soft line breaks and encoded equals signs.
            return raw.replace("=\r\n", "").replace("=3D", "=");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mail came");
}

async fn user_state(server: &Server) -> (bool, i32) {
    sqlx::query_as(r#"select email_verified, token_epoch from auth."user""#).fetch_one(&server.pool).await.unwrap()
}

#[tokio::test]
async fn the_mail_has_text_and_html_and_its_link_verifies_twice() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let mail = newest_mail(&server, 1).await;
    assert!(
        mail.contains("To: ada@example.test") && mail.contains("text/plain") && mail.contains("text/html"),
        "{mail}"
    );
    let link = link(&server, &mail);
    for _ in 0..2 {
        let page = server.get(&link).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("http://localhost:3000/dashboard"));
        assert_eq!(user_state(&server).await, (true, 1), "verified, and older tokens are stale; once");
    }
}

#[tokio::test]
async fn verify_email_on_the_wire() {
    let server = Server::start().await;
    let body = json!({"name": "Ada", "email": "ada@example.test", "password": PASSWORD, "callbackURL": "/welcome?x=1"});
    server.api("/sign-up/email", None, body).await;
    let link = link(&server, &newest_mail(&server, 1).await);
    let response = server.get(&link).send().await.unwrap();
    assert_eq!((response.status().as_u16(), location(&response)), (302, "/welcome?x=1".to_owned()));
    let token = query(&link, "token").unwrap();
    let response = server.api_get(&format!("/verify-email?token={token}"), None).await;
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"status": true, "user": null}));
    let response = server.api_get("/verify-email?token=nonsense", None).await;
    assert_eq!(
        (response.status().as_u16(), response.json::<Value>().await.unwrap()["code"].clone()),
        (401, json!("INVALID_TOKEN"))
    );
    let response = server.api_get("/verify-email?token=nonsense&callbackURL=/x%3Fa%3D1", None).await;
    assert_eq!(location(&response), "/x?a=1&error=INVALID_TOKEN");
    server.sql("update auth.verification set expires_at = now()").await;
    let response = server.api_get(&format!("/verify-email?token={token}"), None).await;
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "TOKEN_EXPIRED");
    assert_eq!(server.api_get("/verify-email?token=x%00y", None).await.status(), 400);
}

#[tokio::test]
async fn asking_for_the_mail_again_tells_nobody_who_exists() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    newest_mail(&server, 1).await;
    for email in ["ada@example.test", "nobody@example.test"] {
        let response = server.api("/send-verification-email", None, json!({"email": email})).await;
        assert_eq!(response.json::<Value>().await.unwrap(), json!({"status": true}));
    }
    newest_mail(&server, 2).await;
    let rows: i64 = sqlx::query_scalar("select count(*) from auth.mail_outbox").fetch_one(&server.pool).await.unwrap();
    assert_eq!(rows, 3, "the unknown address wrote a row like any other");
    let other = server.api("/send-verification-email", Some(&cookie), json!({"email": "nobody@example.test"})).await;
    assert_eq!(other.json::<Value>().await.unwrap()["code"], "EMAIL_MISMATCH");
    server.sql(r#"update auth."user" set email_verified = true"#).await;
    let done = server.api("/send-verification-email", Some(&cookie), json!({"email": "ada@example.test"})).await;
    assert_eq!(done.json::<Value>().await.unwrap()["code"], "EMAIL_ALREADY_VERIFIED");
}

#[tokio::test]
async fn a_reset_link_works_once_and_ends_every_session() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    newest_mail(&server, 1).await;
    let answer = server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    let unknown = server.api("/forget-password", None, json!({"email": "nobody@example.test"})).await;
    assert_eq!(answer.json::<Value>().await.unwrap(), unknown.json::<Value>().await.unwrap());
    let link = link(&server, &newest_mail(&server, 2).await);
    let response = server.get(&link).send().await.unwrap();
    let token = query(&location(&response), "token").unwrap();
    assert!(location(&response).starts_with(&format!("{}/reset-password?", server.url)));

    let weak = server.api("/reset-password", None, json!({"token": token, "newPassword": "weak"})).await;
    assert_eq!(weak.json::<Value>().await.unwrap()["code"], "PASSWORD_TOO_SHORT");
    let body = json!({"token": token, "newPassword": "Better-Horse-8"});
    assert_eq!(server.api("/reset-password", None, body.clone()).await.status(), 200);
    let again = server.api("/reset-password", None, body).await;
    assert_eq!(
        (again.status().as_u16(), again.json::<Value>().await.unwrap()["code"].clone()),
        (400, json!("INVALID_TOKEN"))
    );
    assert_eq!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
    assert!(user_state(&server).await.0, "the link also proved the address");
    let body = json!({"email": "ada@example.test", "password": "Better-Horse-8"});
    assert!(session_cookie(&server.api("/sign-in/email", None, body).await).is_some());
}

#[tokio::test]
async fn the_pages_reset_a_password_and_an_old_link_offers_a_new_one() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    newest_mail(&server, 1).await;
    let known = server.form("/forgot-password", None, &[("email", "ada@example.test")]).await;
    let unknown = server.form("/forgot-password", None, &[("email", "bob@example.test")]).await;
    let unknown = unknown.text().await.unwrap().replace("bob@", "ada@");
    assert_eq!(known.text().await.unwrap(), unknown, "the pages do not differ");
    let link = link(&server, &newest_mail(&server, 2).await);
    let page = location(&server.get(&link).send().await.unwrap());
    let page = page.strip_prefix(&server.url).unwrap().to_owned();
    assert_eq!(server.get(&page).send().await.unwrap().status(), 200);
    let token = query(&page, "token").unwrap();
    let weak = server.form("/reset-password", None, &[("token", &token), ("password", "weak")]).await;
    assert_eq!(weak.status(), 400);
    let done = server.form("/reset-password", None, &[("token", &token), ("password", "Better-Horse-8")]).await;
    assert_eq!(done.status(), 200);
    let again = server.get(&page).send().await.unwrap();
    assert_eq!(location(&again), "/forgot-password?error=expired");
    let body = json!({"email": "ada@example.test", "password": "Better-Horse-8"});
    assert_eq!(server.api("/sign-in/email", None, body).await.status(), 200);
}

#[tokio::test]
async fn nobody_can_use_up_the_reset_mails_of_another() {
    let server = Server::start_with(&[("LIMIT_ACCOUNT_MAILS", "3")]).await;
    server.sign_up("ada@example.test").await;
    server.sql("update auth.\"user\" set email_verified = true").await;
    for _ in 0..4 {
        // Nothing is sent for these, so the owner would not even notice.
        server.api("/send-verification-email", None, json!({"email": "ada@example.test"})).await;
    }
    let response = server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_reset_link_counts_for_one_hour_and_then_a_new_one_is_offered() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    newest_mail(&server, 1).await;
    server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    let link = link(&server, &newest_mail(&server, 2).await);
    let page = location(&server.get(&link).send().await.unwrap());
    let (page, token) = (page.strip_prefix(&server.url).unwrap().to_owned(), query(&page, "token").unwrap());
    let left =
        "select extract(epoch from expires_at - now())::bigint from auth.verification where purpose = 'reset-password'";
    let left = server.count(left).await;
    assert!((3300..=3600).contains(&left), "{left} s");
    assert_eq!(server.get(&page).send().await.unwrap().status(), 200);
    server.sql("update auth.verification set expires_at = now() where purpose = 'reset-password'").await;
    assert_eq!(location(&server.get(&page).send().await.unwrap()), "/forgot-password?error=expired");
    let late = server.api("/reset-password", None, json!({"token": token, "newPassword": "Better-Horse-8"})).await;
    assert_eq!(
        (late.status().as_u16(), late.json::<Value>().await.unwrap()["code"].clone()),
        (400, json!("INVALID_TOKEN"))
    );
}
