//! The account API on the wire.

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server, session_cookie};

fn is_wire_date(value: &Value) -> bool {
    let text = value.as_str().unwrap();
    text.len() == 24 && text.as_bytes()[19] == b'.' && text.ends_with('Z')
}

#[tokio::test]
async fn sign_up_gives_user_session_cookie_and_millisecond_dates() {
    let server = Server::start().await;
    let body = json!({"name": "Ada", "email": "Ada@Example.Test", "password": PASSWORD, "banned": true, "x": 1});
    let response = server.api("/sign-up/email", None, body).await;
    assert_eq!(response.status(), 200);
    let cookie = session_cookie(&response).unwrap();
    assert!(cookie.ends_with("%3D"), "{cookie}");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["token"].as_str().unwrap().len(), 32);
    let user = &body["user"];
    assert_eq!(user["email"], "ada@example.test");
    assert_eq!(
        (&user["emailVerified"], &user["banned"], &user["role"]),
        (&json!(false), &json!(false), &json!("student"))
    );
    assert_eq!((&user["image"], &user["banReason"], &user["banExpires"]), (&Value::Null, &Value::Null, &Value::Null));
    assert!(is_wire_date(&user["createdAt"]) && is_wire_date(&user["updatedAt"]), "{user}");
}

#[tokio::test]
async fn a_taken_address_is_422_whatever_its_case() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let body = json!({"name": "Eve", "email": "ADA@example.test", "password": PASSWORD});
    let response = server.api("/sign-up/email", None, body).await;
    assert_eq!(response.status(), 422);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["code"], "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
}

#[tokio::test]
async fn registration_refuses_what_it_must() {
    let server = Server::start().await;
    let cases = [
        (json!({"name": "A", "email": "a@x.test", "password": "Short-1"}), "PASSWORD_TOO_SHORT"),
        (json!({"name": "A", "email": "a@x.test", "password": "no-upper-case-1"}), "PASSWORD_TOO_WEAK"),
        (json!({"name": "A", "email": "a@localhost", "password": PASSWORD}), "INVALID_EMAIL"),
        (json!({"name": "A", "email": "a@x.test", "password": PASSWORD, "role": "admin"}), "FIELD_NOT_ALLOWED"),
        (json!({"email": "a@x.test", "password": 7}), "VALIDATION_ERROR"),
        (json!({"name": "A\u{0}", "email": "a@x.test", "password": PASSWORD}), "VALIDATION_ERROR"),
        (json!({"name": "A", "email": "a\u{0}@x.test", "password": PASSWORD}), "VALIDATION_ERROR"),
        (json!({"name": "A", "email": "a@x.test", "password": "Correct-Horse-7\u{0}"}), "VALIDATION_ERROR"),
        (json!([1, 2]), "VALIDATION_ERROR"),
    ];
    for (body, code) in cases {
        let response = server.api("/sign-up/email", None, body.clone()).await;
        assert_eq!(response.status(), 400, "{body}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], code, "{body}");
    }
    let people: i64 = sqlx::query_scalar(r#"select count(*) from auth."user""#).fetch_one(&server.pool).await.unwrap();
    assert_eq!(people, 0, "nothing was stored");
}

#[tokio::test]
async fn unknown_address_and_wrong_password_get_the_same_answer() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let mut answers = Vec::new();
    for (email, password) in [("ada@example.test", "Wrong-Horse-77"), ("nobody@example.test", PASSWORD)] {
        let response = server.api("/sign-in/email", None, json!({"email": email, "password": password})).await;
        answers.push((response.status().as_u16(), response.json::<Value>().await.unwrap()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!((answers[0].0, &answers[0].1["code"]), (401, &json!("INVALID_EMAIL_OR_PASSWORD")));
}

#[tokio::test]
async fn sign_in_get_session_sign_out() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD, "callbackURL": "/welcome"});
    let response = server.api("/sign-in/email", None, body).await;
    assert_eq!(response.headers()["location"], "/welcome");
    let cookie = session_cookie(&response).unwrap();
    let body: Value = response.json().await.unwrap();
    assert_eq!((&body["redirect"], &body["url"]), (&json!(true), &json!("/welcome")));

    let response = server.api_get("/get-session", Some(&cookie)).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let session: Value = response.json().await.unwrap();
    assert_eq!(session["session"]["token"], body["token"]);
    assert_eq!(session["user"]["email"], "ada@example.test");
    assert!(is_wire_date(&session["session"]["expiresAt"]));
    assert_eq!(session["session"]["impersonatedBy"], Value::Null);

    let response = server.api("/sign-out", Some(&cookie), json!({})).await;
    let cleared = response.headers().get_all("set-cookie").iter().count();
    assert_eq!((response.status().as_u16(), cleared), (200, 3));
    assert_eq!(server.api_get("/get-session", Some(&cookie)).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn without_a_session_get_session_is_the_literal_null() {
    let server = Server::start().await;
    let response = server.api_get("/get-session", None).await;
    assert_eq!(
        (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
        (200, "application/json")
    );
    assert_eq!(response.text().await.unwrap(), "null");
    assert_eq!(server.api("/get-session", None, json!({})).await.status(), 405);
}

#[tokio::test]
async fn a_tampered_cookie_is_nobodys() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let (name, value) = cookie.split_once('=').unwrap();
    let (token, signature) = value.split_once('.').unwrap();
    let flipped: String = token.chars().rev().collect();
    for bad in [format!("{name}={flipped}.{signature}"), format!("{name}={token}"), format!("{name}={token}.AAAA")] {
        assert_eq!(server.api_get("/get-session", Some(&bad)).await.text().await.unwrap(), "null", "{bad}");
    }
}

#[tokio::test]
async fn the_token_of_a_session_is_not_in_the_database() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let token = cookie.split_once('=').unwrap().1.split_once('.').unwrap().0.to_owned();
    let found: bool =
        sqlx::query_scalar("select exists (select from auth.session s where s::text like '%' || $1 || '%')")
            .bind(&token)
            .fetch_one(&server.pool)
            .await
            .unwrap();
    assert!(!found);
}

#[tokio::test]
async fn origins_are_checked_where_cookies_or_browsers_are() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let sign_out = |headers: &[(&str, &str)]| {
        let mut request = server.post("/api/auth/sign-out").header("cookie", &cookie).json(&json!({}));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        async { request.send().await.unwrap().json::<Value>().await.unwrap()["code"].clone() }
    };
    assert_eq!(sign_out(&[("origin", "https://evil.test")]).await, "INVALID_ORIGIN");
    assert_eq!(sign_out(&[]).await, "MISSING_OR_NULL_ORIGIN");
    assert_eq!(sign_out(&[("origin", "null")]).await, "MISSING_OR_NULL_ORIGIN");
    assert_eq!(sign_out(&[("origin", "http://localhost:3000")]).await, Value::Null);
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    let bare = server.post("/api/auth/sign-in/email").json(&body).send().await.unwrap();
    assert_eq!(bare.status(), 200, "a back end without cookies may sign in");
    let foreign = server.post("/api/auth/sign-in/email").header("origin", "https://evil.test").json(&body);
    assert_eq!(foreign.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn bad_bodies_are_told_apart() {
    let server = Server::start().await;
    let send = |kind: &'static str, body: &'static str| {
        let request = server.post("/api/auth/sign-in/email").header("content-type", kind).body(body);
        async { request.send().await.unwrap() }
    };
    let broken = send("application/json", "{\"email\":").await;
    assert_eq!(broken.status(), 400);
    assert_eq!(broken.json::<Value>().await.unwrap()["message"], "Invalid JSON in request body");
    assert_eq!(send("text/plain", "{}").await.status(), 415);
    let empty = send("application/json", "{}").await.json::<Value>().await.unwrap();
    assert!(empty["message"].as_str().unwrap().contains("[body.email]"), "{empty}");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_an_empty_404() {
    let server = Server::start().await;
    for response in [
        server.get("/api/auth/nothing").send().await.unwrap(),
        server.get("/api/auth/sign-out").send().await.unwrap(),
        server.post("/api/auth/jwks").send().await.unwrap(),
    ] {
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers().get("content-type"), None);
        assert_eq!(response.text().await.unwrap(), "");
    }
}

#[tokio::test]
async fn untrusted_targets_are_refused() {
    let server = Server::start().await;
    let body = json!({"email": "a@x.test", "password": PASSWORD, "callbackURL": "https://evil.test/"});
    let response = server.api("/sign-in/email", None, body).await;
    assert_eq!(response.status(), 403);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "INVALID_CALLBACK_URL");
}

#[tokio::test]
async fn a_handle_revokes_another_session_and_nothing_else() {
    let server = Server::start().await;
    let first = server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    let second = session_cookie(&server.api("/sign-in/email", None, body).await).unwrap();
    let list: Value = server.api_get("/list-sessions", Some(&second)).await.json().await.unwrap();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 2);
    let secret = first.split_once('=').unwrap().1.split_once('.').unwrap().0;
    assert!(list.iter().all(|session| session["token"] != secret), "the other session's token is not told");
    let handle = &list.iter().find(|session| session["token"] == session["id"]).unwrap()["token"];

    let eve = server.sign_up("eve@example.test").await;
    assert_eq!(server.api("/revoke-session", Some(&eve), json!({"token": handle})).await.status(), 200);
    assert_ne!(server.api_get("/get-session", Some(&first)).await.text().await.unwrap(), "null", "not hers to end");
    assert_eq!(server.api("/revoke-session", Some(&second), json!({"token": handle})).await.status(), 200);
    assert_eq!(server.api_get("/get-session", Some(&first)).await.text().await.unwrap(), "null");
    assert_ne!(server.api_get("/get-session", Some(&second)).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn changing_the_password_can_end_all_other_sessions() {
    let server = Server::start().await;
    let first = server.sign_up("ada@example.test").await;
    let wrong = json!({"currentPassword": "Wrong-Horse-77", "newPassword": "Better-Horse-8"});
    let response = server.api("/change-password", Some(&first), wrong).await;
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "INVALID_PASSWORD");
    let right = json!({"currentPassword": PASSWORD, "newPassword": "Better-Horse-8", "revokeOtherSessions": true});
    let response = server.api("/change-password", Some(&first), right).await;
    assert_eq!(response.status(), 200);
    let second = session_cookie(&response).unwrap();
    assert_eq!(server.api_get("/get-session", Some(&first)).await.text().await.unwrap(), "null");
    assert_ne!(server.api_get("/get-session", Some(&second)).await.text().await.unwrap(), "null");
    let body = json!({"email": "ada@example.test", "password": "Better-Horse-8"});
    assert_eq!(server.api("/sign-in/email", None, body).await.status(), 200);
}

#[tokio::test]
async fn every_attempt_is_in_the_event_log() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    for password in ["Wrong-Horse-77", PASSWORD] {
        server.api("/sign-in/email", None, json!({"email": "ada@example.test", "password": password})).await;
    }
    let log: Vec<(String, Option<String>, String)> = sqlx::query_as(
        "select type, reason, ip_address from auth.auth_event_log where user_agent <> 'start' order by id",
    )
    .fetch_all(&server.pool)
    .await
    .unwrap();
    let entry = |kind: &str, reason: Option<&str>| (kind.to_owned(), reason.map(str::to_owned), "127.0.0.1".to_owned());
    let expected = [entry("sign_up", None), entry("sign_in_failed", Some("wrong_password")), entry("sign_in", None)];
    assert_eq!(log, expected);
}

#[tokio::test]
async fn what_is_no_address_is_refused_everywhere_however_long() {
    let server = Server::start().await;
    let long = format!("{}@example.test", "a".repeat(5000));
    for path in ["/sign-in/email", "/send-verification-email", "/request-password-reset"] {
        for email in [long.as_str(), "nonsense", "a\u{0}@x.test"] {
            let response = server.api(path, None, json!({"email": email, "password": PASSWORD})).await;
            assert_eq!(response.status(), 400, "{path} {email:.20}");
        }
    }
    assert_eq!(server.form("/forgot-password", None, &[("email", &long)]).await.status(), 400);
    assert_eq!(server.form("/sign-in", None, &[("email", &long), ("password", "x")]).await.status(), 400);
}
