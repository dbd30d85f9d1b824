//! Another address.

use serde_json::{Value, json};

use crate::{
    admin::{admin, person, post},
    letters::{all, link, mails_to},
    server::{PASSWORD, Server, location, query},
};

async fn ask(server: &Server, cookie: &str, email: &str) -> (u16, Value) {
    let response = server.api("/change-email", Some(cookie), json!({"newEmail": email})).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn open(server: &Server, cookie: Option<&str>, link: &str) -> (u16, Value) {
    let token = query(link, "token").unwrap();
    let response = server.api_get(&format!("/verify-email?token={token}"), cookie).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn verified(server: &Server, email: &str) -> String {
    let cookie = server.sign_up(email).await;
    server.sql("update auth.\"user\" set email_verified = true").await;
    cookie
}

#[tokio::test]
async fn the_link_to_the_new_address_changes_it_once_and_the_old_one_is_told() {
    let server = Server::start().await;
    let cookie = verified(&server, "ada@example.test").await;
    assert_eq!(ask(&server, &cookie, "Countess@example.test").await, (200, json!({"status": true})));
    let mail = mails_to(&server, "countess@example.test", 1).await.remove(0);
    let told = mails_to(&server, "ada@example.test", 2).await.remove(1);
    assert!(told.contains("countess@example.test") && !told.contains("token="), "{told}");
    let session: Value = server.api_get("/get-session", Some(&cookie)).await.json().await.unwrap();
    assert_eq!(session["user"]["email"], "ada@example.test", "nothing changes before the link is opened");

    let before = server.count("select token_epoch::bigint from auth.\"user\"").await;
    let (status, body) = open(&server, None, &link(&server, &mail)).await;
    assert_eq!((status, &body["status"]), (200, &json!(true)));
    assert_eq!(
        (&body["user"]["email"], &body["user"]["emailVerified"]),
        (&json!("countess@example.test"), &json!(true))
    );
    assert_eq!(server.count("select token_epoch::bigint from auth.\"user\"").await, before + 1);
    let (status, body) = open(&server, Some(&cookie), &link(&server, &mail)).await;
    assert_eq!((status, &body["code"]), (401, &json!("INVALID_TOKEN")));
    let told = mails_to(&server, "ada@example.test", 3).await.remove(2);
    assert!(told.contains("has changed"), "{told}");
    let sign_in = json!({"email": "countess@example.test", "password": PASSWORD});
    assert_eq!(server.api("/sign-in/email", None, sign_in).await.status(), 200);
}

#[tokio::test]
async fn what_is_no_new_address_is_refused() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    assert_eq!(ask(&server, &cookie, "ADA@example.test").await, (400, json!({"message": "Email is the same"})));
    assert_eq!(ask(&server, &cookie, "nonsense").await.1["code"], "VALIDATION_ERROR");
    let anonymous = server.api("/change-email", None, json!({"newEmail": "x@example.test"})).await;
    assert_eq!(anonymous.status(), 401);
    assert_eq!(server.api("/change-email", None, json!({"newEmail": 1})).await.status(), 400);
    let body = json!({"newEmail": "x@example.test", "callbackURL": "https://evil.test/"});
    assert_eq!(server.api("/change-email", Some(&cookie), body).await.status(), 403);
}

#[tokio::test]
async fn a_taken_address_looks_like_a_free_one_and_gets_no_mail() {
    let server = Server::start().await;
    server.sign_up("eve@example.test").await;
    let cookie = verified(&server, "ada@example.test").await;
    mails_to(&server, "eve@example.test", 1).await;
    let taken = ask(&server, &cookie, "eve@example.test").await;
    let rows = "select count(*) from auth.mail_outbox";
    let first = server.count(rows).await;
    let free = ask(&server, &cookie, "free@example.test").await;
    assert_eq!(taken, free);
    assert_eq!((first - 2, server.count(rows).await - first), (2, 2), "as many rows for either");
    // The old address hears the same of both; only the free one gets a link.
    mails_to(&server, "ada@example.test", 3).await;
    mails_to(&server, "free@example.test", 1).await;
    assert_eq!(all(&server).iter().filter(|mail| mail.contains("To: eve@example.test")).count(), 1);
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_stays_with_its_owner() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    ask(&server, &cookie, "new@example.test").await;
    let mail = mails_to(&server, "new@example.test", 1).await.remove(0);
    server.sign_up("new@example.test").await;
    let (status, body) = open(&server, None, &link(&server, &mail)).await;
    assert_eq!((status, &body["code"]), (422, &json!("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")));
    let page = server.get(&link(&server, &mail)).send().await.unwrap();
    assert_eq!(page.status(), 400);
    assert!(page.text().await.unwrap().contains("Another account has this address"));
    assert_eq!(server.count("select count(*) from auth.\"user\" where email = 'ada@example.test'").await, 1);
}

#[tokio::test]
async fn somebody_else_cannot_open_the_link() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let eve = server.sign_up("eve@example.test").await;
    ask(&server, &cookie, "new@example.test").await;
    let mail = mails_to(&server, "new@example.test", 1).await.remove(0);
    let (status, body) = open(&server, Some(&eve), &link(&server, &mail)).await;
    assert_eq!((status, &body["code"]), (401, &json!("INVALID_USER")));
    assert_eq!(open(&server, Some(&cookie), &link(&server, &mail)).await.0, 200);
}

#[tokio::test]
async fn a_reset_or_a_later_request_stops_an_earlier_one() {
    let server = Server::start().await;
    let cookie = verified(&server, "ada@example.test").await;
    ask(&server, &cookie, "first@example.test").await;
    ask(&server, &cookie, "second@example.test").await;
    let first = mails_to(&server, "first@example.test", 1).await.remove(0);
    assert_eq!(open(&server, None, &link(&server, &first)).await.0, 401);
    server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    let reset = mails_to(&server, "ada@example.test", 4).await.remove(3);
    let page = server.get(&link(&server, &reset)).send().await.unwrap();
    let token = query(&location(&page), "token").unwrap();
    let body = json!({"token": token, "newPassword": "Better-Horse-8"});
    assert_eq!(server.api("/reset-password", None, body).await.status(), 200);
    let second = mails_to(&server, "second@example.test", 1).await.remove(0);
    assert_eq!(open(&server, None, &link(&server, &second)).await.0, 401);
}

#[tokio::test]
async fn a_callback_is_kept_as_given_and_told_of_failures() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let body = json!({"newEmail": "new@example.test", "callbackURL": "/settings?tab=mail"});
    server.api("/change-email", Some(&cookie), body).await;
    let link = link(&server, &mails_to(&server, "new@example.test", 1).await[0]);
    assert_eq!(location(&server.get(&link).send().await.unwrap()), "/settings?tab=mail");
    assert_eq!(location(&server.get(&link).send().await.unwrap()), "/settings?tab=mail&error=INVALID_TOKEN");
}

#[tokio::test]
async fn an_admin_who_sets_password_or_address_stops_a_change_that_waits() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (cookie, target) = person(&server, "ada@example.test").await;
    ask(&server, &cookie, "thief@example.test").await;
    let mail = mails_to(&server, "thief@example.test", 1).await.remove(0);
    let body = json!({"userId": target["userId"], "newPassword": "Better-Horse-8"});
    assert_eq!(post(&server, &root, "set-user-password", body).await.0, 200);
    assert_eq!(open(&server, None, &link(&server, &mail)).await.0, 401);

    ask(&server, &cookie, "other@example.test").await;
    let mail = mails_to(&server, "other@example.test", 1).await.remove(0);
    for email in ["moved@example.test", "ada@example.test"] {
        let body = json!({"userId": target["userId"], "data": {"email": email}});
        assert_eq!(post(&server, &root, "update-user", body).await.0, 200);
    }
    assert_eq!(open(&server, None, &link(&server, &mail)).await.0, 401, "also once the address is the old one again");
}
