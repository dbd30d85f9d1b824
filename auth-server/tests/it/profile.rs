//! What a person changes about themselves, and ways to sign in.

use reqwest::Response;
use serde_json::{Value, json};

use crate::server::{PASSWORD, Server, claims, session_cookie};

async fn code_of(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    (status, body.get("code").cloned().unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_new_name_is_everywhere_at_once_and_the_cookie_comes_again() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let old: Value = server.api_get("/token", Some(&cookie)).await.json().await.unwrap();
    let body = json!({"name": "Ada Lovelace", "image": "https://x.test/ada.png", "banned": true});
    let response = server.api("/update-user", Some(&cookie), body).await;
    assert_eq!(session_cookie(&response), Some(cookie.clone()));
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"status": true}), "the person is not in the answer");
    let session: Value = server.api_get("/get-session", Some(&cookie)).await.json().await.unwrap();
    assert_eq!(session["user"]["name"], "Ada Lovelace");
    assert_eq!(
        (&session["user"]["image"], &session["user"]["banned"]),
        (&json!("https://x.test/ada.png"), &json!(false))
    );
    let new: Value = server.api_get("/token", Some(&cookie)).await.json().await.unwrap();
    let epoch = |token: &Value| claims(token["token"].as_str().unwrap())["epoch"].as_i64().unwrap();
    assert!(epoch(&new) > epoch(&old), "tokens with the old name are stale");
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'profile_updated'").await, 1);
}

#[tokio::test]
async fn null_takes_the_picture_away_and_leaves_the_name() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.api("/update-user", Some(&cookie), json!({"image": "https://x.test/ada.png"})).await;
    assert_eq!(server.api("/update-user", Some(&cookie), json!({"image": null})).await.status(), 200);
    let session: Value = server.api_get("/get-session", Some(&cookie)).await.json().await.unwrap();
    assert_eq!((&session["user"]["image"], &session["user"]["name"]), (&Value::Null, &json!("Ada")));
}

#[tokio::test]
async fn what_may_not_be_updated_is_refused_in_the_order_clients_rely_on() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let cases = [
        (json!({"name": 7}), "VALIDATION_ERROR"),
        (json!({"name": "a\nb"}), "VALIDATION_ERROR"),
        (json!({"image": "javascript:alert(1)"}), "VALIDATION_ERROR"),
        (json!({"email": "x@x.test", "name": "A"}), "EMAIL_CAN_NOT_BE_UPDATED"),
        (json!({"role": "admin"}), "FIELD_NOT_ALLOWED"),
    ];
    for (body, code) in cases {
        let response = server.api("/update-user", Some(&cookie), body.clone()).await;
        assert_eq!(code_of(response).await, (400, json!(code)), "{body}");
    }
    for body in [json!({}), json!({"emailVerified": true, "id": 1})] {
        let response = server.api("/update-user", Some(&cookie), body).await;
        assert_eq!(response.status(), 400);
        assert_eq!(response.json::<Value>().await.unwrap(), json!({"message": "No fields to update"}));
    }
    let response = server.api("/update-session", Some(&cookie), json!({"x": 1})).await;
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"message": "No fields to update"}));
    // 400 before 401 before the endpoint's own checks.
    assert_eq!(server.api("/update-user", None, json!({"name": 7})).await.status(), 400);
    assert_eq!(server.api("/update-user", None, json!({"role": "admin"})).await.status(), 401);
    assert_eq!(server.api("/update-session", None, json!({})).await.status(), 401);
}

#[tokio::test]
async fn a_password_can_be_verified_but_not_guessed() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let ok = server.api("/verify-password", Some(&cookie), json!({"password": PASSWORD})).await;
    assert_eq!(ok.json::<Value>().await.unwrap(), json!({"status": true}));
    for _ in 0..5 {
        let response = server.api("/verify-password", Some(&cookie), json!({"password": "Wrong-Horse-77"})).await;
        assert_eq!(code_of(response).await, (400, json!("INVALID_PASSWORD")));
    }
    let locked = server.api("/verify-password", Some(&cookie), json!({"password": PASSWORD})).await;
    assert!(locked.headers().contains_key("retry-after"));
    assert_eq!(code_of(locked).await, (403, json!("ACCOUNT_LOCKED")));
    assert_eq!(server.api("/verify-password", None, json!({})).await.status(), 400);
    assert_eq!(server.api("/verify-password", None, json!({"password": "x"})).await.status(), 401);
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'account_locked'").await, 1);
}

#[tokio::test]
async fn accounts_are_listed_without_secrets_and_unlinked_by_row_id() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server
        .sql(
            "insert into auth.account (id, user_id, provider_id, account_id, access_token, scope)
             select gen_random_uuid(), id, 'github', '77', '\\x01', 'read:user,user:email' from auth.\"user\"",
        )
        .await;
    let list: Value = server.api_get("/list-accounts", Some(&cookie)).await.json().await.unwrap();
    let (own, github) = (&list[0], &list[1]);
    assert_eq!((&own["providerId"], &own["accountId"]), (&json!("credential"), &own["userId"]));
    assert_eq!((&github["accountId"], &github["scopes"]), (&json!("77"), &json!(["read:user", "user:email"])));
    let mut members: Vec<_> = github.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["accountId", "createdAt", "id", "providerId", "scopes", "updatedAt", "userId"]);

    let unlink = |cookie: String, id: Value| {
        let server = &server;
        async move { code_of(server.api("/unlink-account", Some(&cookie), json!({"accountId": id})).await).await }
    };
    assert_eq!(unlink(cookie.clone(), json!("github")).await, (400, json!("ACCOUNT_NOT_FOUND")));
    let eve = server.sign_up("eve@example.test").await;
    assert_eq!(unlink(eve, github["id"].clone()).await, (400, json!("FAILED_TO_UNLINK_LAST_ACCOUNT")));
    assert_eq!(unlink(cookie.clone(), github["id"].clone()).await.0, 200);
    assert_eq!(unlink(cookie.clone(), own["id"].clone()).await, (400, json!("FAILED_TO_UNLINK_LAST_ACCOUNT")));
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'account_unlinked'").await, 1);
    server.sql("update auth.session set created_at = now() - interval '25 hours'").await;
    assert_eq!(unlink(cookie, own["id"].clone()).await, (403, json!("SESSION_NOT_FRESH")));
}

#[tokio::test]
async fn two_unlinks_at_once_leave_one_way_in() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server
        .sql(
            "insert into auth.account (id, user_id, provider_id, account_id)
             select gen_random_uuid(), id, 'github', '77' from auth.\"user\"",
        )
        .await;
    let list: Value = server.api_get("/list-accounts", Some(&cookie)).await.json().await.unwrap();
    let unlink = |row: usize| server.api("/unlink-account", Some(&cookie), json!({"accountId": list[row]["id"]}));
    let (first, second) = tokio::join!(unlink(0), unlink(1));
    let mut statuses = [first.status().as_u16(), second.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(server.count("select count(*) from auth.account").await, 1);
}
