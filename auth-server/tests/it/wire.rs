//! Details of the account API that its clients rely on.

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server, location, session_cookie};

/// The Set-Cookie lines about the session; the browser's own cookie is another matter.
fn set_cookies(response: &reqwest::Response) -> Vec<String> {
    let lines = response.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned());
    lines.filter(|line| line.starts_with("better-auth.")).collect()
}

#[tokio::test]
async fn who_does_not_want_to_be_remembered_gets_two_cookies_that_end_with_the_browser() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD, "rememberMe": false});
    let response = server.api("/sign-in/email", None, body).await;
    let lines = set_cookies(&response);
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("better-auth.session_token="), "{lines:?}");
    assert!(lines[1].starts_with("better-auth.dont_remember=true."), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains("Max-Age") && line.contains("HttpOnly")), "{lines:?}");
    let cookie = session_cookie(&response).unwrap();
    let again = server.api("/update-user", Some(&cookie), json!({"name": "A"})).await;
    assert!(set_cookies(&again).iter().all(|line| !line.contains("Max-Age")), "the cookie comes again as it was");
    let hours =
        "select extract(epoch from expires_at - created_at)::bigint / 3600 from auth.session where not remember";
    assert_eq!(server.count(hours).await, 24);
}

#[tokio::test]
async fn the_three_cookies_are_cleared_together() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let names = ["better-auth.session_token", "better-auth.session_data", "better-auth.dont_remember"];
    let cleared = |response: &reqwest::Response| {
        let lines = set_cookies(response);
        lines.len() == 3
            && names.iter().all(|name| lines.iter().any(|line| line.starts_with(&format!("{name}=; Max-Age=0"))))
    };
    assert!(cleared(&server.api("/revoke-sessions", Some(&cookie), json!({})).await));
    assert!(cleared(&server.api_get("/get-session", Some(&cookie)).await), "a session that is gone");
    assert!(set_cookies(&server.api_get("/get-session", Some("better-auth.session_token=x.y")).await).is_empty());
    assert!(set_cookies(&server.api_get("/get-session", None).await).is_empty());
}

#[tokio::test]
async fn sign_in_and_sign_up_take_forms_and_the_rest_does_not() {
    let server = Server::start().await;
    let fields = [("name", "Ada"), ("email", "ada@example.test"), ("password", PASSWORD), ("rememberMe", "false")];
    let response = server.form("/api/auth/sign-up/email", None, &fields).await;
    assert_eq!(response.status(), 200);
    assert_eq!(set_cookies(&response).len(), 2);
    let response = server.form("/api/auth/sign-in/email", None, &fields).await;
    assert_eq!(response.json::<Value>().await.unwrap()["user"]["email"], "ada@example.test");
    let foreign = server.post("/api/auth/sign-in/email").header("origin", "https://evil.test").form(&fields);
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    for (path, kind, allowed) in [
        ("/sign-in/email", "text/plain", "application/x-www-form-urlencoded, application/json"),
        ("/sign-out", "text/plain", "application/json"),
        ("/change-password", "application/x-www-form-urlencoded", "application/json"),
        ("/update-user", "application/merge-patch+json", "application/json"),
    ] {
        let request = server.post(&format!("/api/auth{path}")).header("content-type", kind).body("{}");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 415, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["code"], "UNSUPPORTED_MEDIA_TYPE");
        let message = format!("Content-Type \"{kind}\" is not allowed. Allowed types: {allowed}");
        assert_eq!(body["message"], message);
    }
}

#[tokio::test]
async fn a_body_is_optional_where_nothing_is_required() {
    let server = Server::start().await;
    for path in ["/revoke-other-sessions", "/revoke-sessions", "/sign-out"] {
        let cookie = server.sign_up(&format!("a{}@example.test", path.len())).await;
        let request = server.post(&format!("/api/auth{path}")).header("origin", &server.url).header("cookie", cookie);
        assert_eq!(request.send().await.unwrap().status(), 200, "{path}");
    }
}

#[tokio::test]
async fn lists_of_sessions_need_a_session_of_the_last_day() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    server.sql("update auth.session set created_at = now() - interval '23 hours'").await;
    assert_eq!(server.api_get("/list-sessions", Some(&cookie)).await.status(), 200);
    server.sql("update auth.session set created_at = now() - interval '24 hours', updated_at = now()").await;
    let response = server.api_get("/list-sessions", Some(&cookie)).await;
    assert_eq!(response.status(), 403);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "SESSION_NOT_FRESH");
    assert_eq!(server.api_get("/list-sessions", None).await.status(), 401);
}

#[tokio::test]
async fn what_is_wrong_with_the_body_is_told_before_who_asks() {
    let server = Server::start().await;
    for path in ["/revoke-session", "/change-password", "/unlink-account", "/verify-password", "/change-email"] {
        assert_eq!(server.api(path, None, json!({})).await.status(), 400, "{path}");
    }
    for (path, body) in [
        ("/revoke-session", json!({"token": "x"})),
        ("/unlink-account", json!({"accountId": "x"})),
        ("/delete-user", json!({})),
        ("/revoke-sessions", json!({})),
    ] {
        let response = server.api(path, None, body).await;
        assert_eq!(response.status(), 401, "{path}");
        assert_eq!(response.json::<Value>().await.unwrap(), json!({"message": "Unauthorized", "code": "UNAUTHORIZED"}));
    }
}

#[tokio::test]
async fn a_reset_link_leads_to_an_absolute_address_and_without_a_target_to_the_error_page() {
    let server = Server::start().await;
    let open = |query: &'static str| server.api_get(query, None);
    let relative = open("/reset-password/nonsense?callbackURL=%2Fnew%3Fa%3D1").await;
    assert_eq!(location(&relative), format!("{}/new?a=1&error=INVALID_TOKEN", server.url));
    let empty = open("/reset-password/nonsense?callbackURL=").await;
    assert_eq!(location(&empty), "/api/auth/error?error=INVALID_TOKEN");
    assert_eq!(open("/reset-password/nonsense").await.status(), 400);
    let error = open("/error?error=INVALID_TOKEN&error_description=call+0900").await;
    assert_eq!((error.status().as_u16(), location(&error)), (302, "/error?error=INVALID_TOKEN".to_owned()));
    let page =
        server.get("/error?error=%3Cscript%3E&error_description=call").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("UNKNOWN") && !page.contains("script&gt;") && !page.contains("call"), "{page}");
}

#[tokio::test]
async fn url_is_absent_where_nobody_is_sent_anywhere() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD, "oauth_query": "sig=x"});
    let response = server.api("/sign-in/email", None, body).await;
    assert_eq!(response.headers().get("location"), None);
    let body: Value = response.json().await.unwrap();
    assert_eq!((body["redirect"].clone(), body.get("url")), (json!(false), None));
}
