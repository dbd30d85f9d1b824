//! Who may call the admin endpoints, and in which order that is checked.

use reqwest::Response;
use serde_json::{Value, json};

use super::{admin, id, post, run};
use crate::server::{Server, VERIFIER, authorization, challenge, claims, location, query, replaced};

/// Every endpoint with a body that would do, and the code for who may not.
fn endpoints(target: &str) -> Vec<(&'static str, Option<Value>, &'static str)> {
    let user = json!({"userId": target});
    vec![
        ("list-users", None, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS"),
        ("get-user?id=nobody", None, "YOU_ARE_NOT_ALLOWED_TO_GET_USER"),
        ("events", None, "YOU_ARE_NOT_ALLOWED_TO_LIST_EVENTS"),
        ("events/summary", None, "YOU_ARE_NOT_ALLOWED_TO_LIST_EVENTS"),
        ("create-user", Some(json!({"email": "n@example.test", "name": "N"})), "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"),
        ("update-user", Some(json!({"userId": target, "data": {"name": "N"}})), "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS"),
        ("set-role", Some(json!({"userId": target, "role": "admin"})), "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"),
        ("ban-user", Some(user.clone()), "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"),
        ("unban-user", Some(user.clone()), "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"),
        ("impersonate-user", Some(user.clone()), "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS"),
        ("list-user-sessions", Some(user.clone()), "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS"),
        ("revoke-user-session", Some(json!({"sessionToken": "x"})), "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"),
        ("revoke-user-sessions", Some(user.clone()), "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"),
        (
            "set-user-password",
            Some(json!({"userId": target, "newPassword": "x"})),
            "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD",
        ),
        ("remove-user", Some(user), "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS"),
    ]
}

async fn call(
    server: &Server,
    path: &str,
    body: Option<Value>,
    cookie: Option<&str>,
    bearer: Option<&str>,
) -> Response {
    let request = match body {
        Some(body) => server.post(&format!("/api/auth/admin/{path}")).json(&body),
        None => server.get(&format!("/api/auth/admin/{path}")),
    };
    let request = match (cookie, bearer) {
        (Some(cookie), _) => request.header("cookie", cookie).header("origin", &server.url),
        (_, Some(token)) => request.bearer_auth(token),
        _ => request,
    };
    request.send().await.unwrap()
}

#[tokio::test]
async fn anonymous_callers_get_an_empty_401() {
    let server = Server::start().await;
    for (path, body, _) in endpoints("x") {
        let response = call(&server, path, body, None, None).await;
        assert_eq!(response.status(), 401, "{path}");
        assert!(!response.headers().contains_key("content-type"), "{path}");
        assert_eq!(response.headers()["www-authenticate"], "Bearer", "{path}");
        assert_eq!(response.text().await.unwrap(), "", "{path}");
    }
    for path in ["has-permission", "stop-impersonating"] {
        let response = call(&server, path, Some(json!({"permissions": {}})), None, None).await;
        assert_eq!((response.status().as_u16(), response.text().await.unwrap().as_str()), (401, ""), "{path}");
    }
}

#[tokio::test]
async fn students_and_instructors_get_the_code_of_each_endpoint() {
    let server = Server::start().await;
    let (student, instructor) = (server.sign_up("s@example.test").await, server.sign_up("i@example.test").await);
    server.sql(r#"update auth."user" set role = 'instructor' where email like 'i@%'"#).await;
    // 403 comes before 404: nobody has this id.
    for (path, body, code) in endpoints("nobody") {
        for cookie in [&student, &instructor] {
            let response = call(&server, path, body.clone(), Some(cookie), None).await;
            assert_eq!(response.status(), 403, "{path}");
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["code"], code, "{path}");
            assert!(answer["message"].as_str().unwrap().starts_with("You are not allowed to "), "{answer}");
        }
    }
}

#[tokio::test]
async fn fields_are_checked_before_who_calls() {
    let server = Server::start().await;
    for (path, body, _) in endpoints("x") {
        let (path, body) = match body {
            Some(_) => (path, Some(json!({"userId": 5, "email": 5, "sessionToken": 5}))),
            None if path.starts_with("get-user") => ("get-user", None),
            None if path == "list-users" => ("list-users?searchField=password", None),
            None if path == "events" => ("events?from=yesterday", None),
            None => ("events/summary?by=hour", None),
        };
        let response = call(&server, path, body, None, None).await;
        assert_eq!(response.status(), 400, "{path}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], "VALIDATION_ERROR", "{path}");
    }
}

#[tokio::test]
async fn a_post_with_cookies_from_a_foreign_origin_changes_nothing() {
    let server = Server::start().await;
    let cookie = admin(&server, "root@example.test").await;
    server.sign_up("ada@example.test").await;
    let target = id(&server, "ada@example.test").await;
    for (path, body, _) in endpoints(&target).into_iter().filter(|(_, body, _)| body.is_some()) {
        for origin in ["https://evil.test", "null"] {
            let request = server.post(&format!("/api/auth/admin/{path}")).header("cookie", &cookie);
            let response = request.header("origin", origin).json(&body).send().await.unwrap();
            assert_eq!(response.status(), 403, "{path}");
            let code = response.json::<Value>().await.unwrap()["code"].as_str().unwrap().to_owned();
            assert!(["INVALID_ORIGIN", "MISSING_OR_NULL_ORIGIN"].contains(&code.as_str()), "{path} {code}");
        }
    }
    let untouched = r#"select count(*) from auth."user" where email = 'ada@example.test' and role = 'student'
                       and not banned and token_epoch = 0"#;
    assert_eq!(server.count(untouched).await, 1);
}

/// An access token of the site with these scopes.
async fn token(server: &Server, cookie: &str, scope: &str) -> String {
    let challenge = challenge(VERIFIER);
    let request = replaced(authorization(&challenge), "scope", scope);
    let code = query(&location(&server.authorize(Some(cookie), &request).await), "code").unwrap();
    let tokens: Value = server.exchange(&code, VERIFIER).await.json().await.unwrap();
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_admins_access_token_with_the_scope_admin_is_enough() {
    let server = Server::start().await;
    let cookie = admin(&server, "root@example.test").await;
    let token = token(&server, &cookie, "openid admin").await;
    assert_eq!(claims(&token)["scope"], "openid admin");
    let response = call(&server, "list-users", None, None, Some(&token)).await;
    assert_eq!(response.status(), 200);
    let body = json!({"email": "new@example.test", "name": "New"});
    let response = call(&server, "create-user", Some(body), None, Some(&token)).await;
    assert_eq!(response.status(), 200, "no Origin is needed without cookies");
    let impersonation = call(
        &server,
        "impersonate-user",
        Some(json!({"userId": id(&server, "new@example.test").await})),
        None,
        Some(&token),
    );
    assert_eq!(impersonation.await.status(), 400, "there is no session to come back to");
}

#[tokio::test]
async fn other_access_tokens_are_not_enough() {
    let server = Server::start().await;
    let cookie = admin(&server, "root@example.test").await;
    admin(&server, "other@example.test").await;
    let without = token(&server, &cookie, "openid profile").await;
    let response = call(&server, "list-users", None, None, Some(&without)).await;
    assert_eq!(response.status(), 403);
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert_eq!(challenge, "Bearer error=\"insufficient_scope\", scope=\"admin\"");

    let student = server.sign_up("s@example.test").await;
    let students = token(&server, &student, "openid admin").await;
    assert_eq!(call(&server, "list-users", None, None, Some(&students)).await.status(), 403);

    let demoted = token(&server, &cookie, "openid admin").await;
    // Even without a new epoch: what counts is the role in the database now.
    run(&server, r#"update auth."user" set role = 'student' where email = 'root@example.test'"#).await;
    assert_eq!(call(&server, "list-users", None, None, Some(&demoted)).await.status(), 403);
    run(&server, r#"update auth."user" set role = 'admin', token_epoch = token_epoch + 1 where email like 'root@%'"#)
        .await;
    let stale = call(&server, "list-users", None, None, Some(&demoted)).await;
    assert_eq!(stale.status(), 401);
    assert_eq!(stale.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
    for bad in ["", "x.y.z", &format!("{demoted}x")] {
        assert_eq!(call(&server, "list-users", None, None, Some(bad)).await.status(), 401);
    }
}

#[tokio::test]
async fn a_token_dies_with_its_session_and_with_a_ban() {
    let server = Server::start().await;
    let cookie = admin(&server, "root@example.test").await;
    let other = admin(&server, "other@example.test").await;
    let first = token(&server, &cookie, "openid admin").await;
    server.api("/sign-out", Some(&cookie), json!({})).await;
    assert_eq!(call(&server, "list-users", None, None, Some(&first)).await.status(), 401);
    let second = token(&server, &other, "openid admin").await;
    run(&server, r#"update auth."user" set banned = true where email = 'other@example.test'"#).await;
    assert_eq!(call(&server, "list-users", None, None, Some(&second)).await.status(), 401);
}

#[tokio::test]
async fn an_id_token_or_a_bad_cookie_beside_a_token_do_not_help() {
    let server = Server::start().await;
    let cookie = admin(&server, "root@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let id_token = tokens["id_token"].as_str().unwrap();
    assert_eq!(call(&server, "list-users", None, None, Some(id_token)).await.status(), 401);
    let request = server.get("/api/auth/admin/list-users").header("cookie", &cookie).bearer_auth("x");
    assert_eq!(request.send().await.unwrap().status(), 401, "the token counts alone");
}

#[tokio::test]
async fn has_permission_answers_for_the_caller() {
    let server = Server::start().await;
    let (root, student) = (admin(&server, "root@example.test").await, server.sign_up("s@example.test").await);
    let ask = async |cookie: &str, body: Value| post(&server, cookie, "has-permission", body).await;
    let all = json!({"permissions": {"user": ["ban", "set-role"], "session": ["revoke"]}});
    assert_eq!(ask(&root, all.clone()).await, (200, json!({"error": null, "success": true})));
    assert_eq!(ask(&student, all).await, (200, json!({"error": null, "success": false})));
    for unknown in [json!({"user": ["fly"]}), json!({"moon": ["list"]}), json!({})] {
        assert_eq!(ask(&root, json!({"permissions": unknown})).await.1["success"], false);
    }
    let old = ask(&root, json!({"permission": {"user": ["ban"]}})).await;
    let message = "invalid permission check. no permission(s) were passed.";
    assert_eq!(old, (400, json!({"message": message})));
    assert_eq!(ask(&root, json!({})).await.1["code"], "VALIDATION_ERROR");
}

#[tokio::test]
async fn what_the_site_was_granted_for_a_student_never_holds_the_scope_admin() {
    let server = Server::start().await;
    let student = server.sign_up("s@example.test").await;
    token(&server, &student, "openid offline_access admin").await;
    let with_admin = "select count(*) from auth.oauth_grant where 'admin' = any(scopes)";
    assert_eq!(server.count(with_admin).await, 0, "it would come to life, unasked, with the role");
    let cookie = admin(&server, "root@example.test").await;
    token(&server, &cookie, "openid offline_access admin").await;
    assert_eq!(server.count(with_admin).await, 1);
}
