//! An admin acts as somebody: for an hour, visibly, and not in everything.

use reqwest::Response;
use serde_json::{Value, json};

use super::{admin, code, events, get, id, person, post, run};
use crate::server::{PASSWORD, Server, claims, session_cookie};

fn lines(response: &Response) -> Vec<String> {
    let lines = response.headers().get_all("set-cookie").into_iter();
    lines.map(|line| line.to_str().unwrap().to_owned()).collect()
}

fn pair(line: &str) -> String {
    line.split(';').next().unwrap().to_owned()
}

/// What a browser sends after these lines, applied in order.
fn jar(lines: &[String]) -> String {
    let mut jar: Vec<(String, String)> = Vec::new();
    for line in lines {
        let (name, value) = pair(line).split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        jar.retain(|(known, _)| *known != name);
        if !line.contains("Max-Age=0") {
            jar.push((name, value));
        }
    }
    jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

async fn impersonate(server: &Server, root: &str, target: &Value) -> (Vec<String>, Value) {
    let response = server.api("/admin/impersonate-user", Some(root), target.clone()).await;
    assert_eq!(response.status(), 200);
    let lines = lines(&response);
    (lines, response.json().await.unwrap())
}

#[tokio::test]
async fn cookies_come_in_the_order_that_clients_apply() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let (lines, answer) = impersonate(&server, &root, &target).await;
    let names: Vec<_> = lines.iter().map(|line| line.split('=').next().unwrap()).collect();
    let [token, data, brief, own] =
        ["session_token", "session_data", "dont_remember", "admin_session"].map(|name| format!("better-auth.{name}"));
    assert_eq!(names, [&token, &data, &brief, &own, &token, &brief]);
    assert!(lines[..3].iter().all(|line| line.contains("=; Max-Age=0;")), "{lines:?}");
    assert!(lines[3].contains("Max-Age=604800") && lines[3].contains("HttpOnly"), "{lines:?}");
    assert!(lines[4..].iter().all(|line| !line.contains("Max-Age")), "{lines:?}");
    assert_eq!(answer["user"]["email"], "ada@example.test");
    assert_eq!(answer["session"]["impersonatedBy"], id(&server, "root@example.test").await);

    let acting = jar(&lines);
    let stop = server.api("/admin/stop-impersonating", Some(&acting), json!({})).await;
    assert_eq!(stop.status(), 200);
    let back = self::lines(&stop);
    assert!(back[0].contains("session_token=") && back[0].contains("Max-Age=604800"), "{back:?}");
    assert!(back[1].contains("dont_remember=;") && back[2].contains("admin_session=;"), "{back:?}");
    assert_eq!(stop.json::<Value>().await.unwrap()["user"]["email"], "root@example.test");
    assert_eq!(get(&server, &jar(&back), "list-users").await.0, 200, "an admin again");
    assert_eq!(server.api_get("/get-session", Some(&acting)).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn beginning_and_end_are_in_the_log_with_both_people() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let (lines, _) = impersonate(&server, &root, &target).await;
    server.api("/admin/stop-impersonating", Some(&jar(&lines)), json!({})).await;
    for kind in ["impersonation_started", "impersonation_stopped"] {
        let events = events(&server, &root, kind).await;
        assert_eq!(events.len(), 1, "{kind}");
        assert_eq!(events[0]["actorEmail"], "root@example.test");
        assert_eq!(events[0]["userEmail"], "ada@example.test");
    }
}

#[tokio::test]
async fn what_the_admin_does_in_somebodys_name_names_the_admin() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let (lines, answer) = impersonate(&server, &root, &target).await;
    let acting = jar(&lines);
    let root_id = id(&server, "root@example.test").await;

    let token: Value = server.api_get("/token", Some(&acting)).await.json().await.unwrap();
    let own = claims(token["token"].as_str().unwrap());
    assert_eq!(own["act"]["sub"], root_id);
    let left = own["exp"].as_i64().unwrap() - own["iat"].as_i64().unwrap();
    assert!((3500..=3600).contains(&left), "{left}");

    let tokens = server.tokens(&acting).await;
    let site = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(site["act"]["sub"], root_id);
    assert!(tokens["expires_in"].as_i64().unwrap() <= 3600);
    let refreshed: Value = server.refresh(tokens["refresh_token"].as_str().unwrap()).await.json().await.unwrap();
    assert_eq!(claims(refreshed["access_token"].as_str().unwrap())["act"]["sub"], root_id);
    assert_eq!(events(&server, &root, "tokens_granted").await[0]["actorId"], root_id);

    let (_, sessions) = post(&server, &root, "list-user-sessions", target).await;
    let shown: Vec<_> = sessions["sessions"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown.contains(&&answer["session"]["id"]), "admins see it");

    run(
        &server,
        "insert into auth.oauth_consent (user_id, client_id, scopes)
         select id, 'web', '{openid}' from auth.\"user\" where email = 'ada@example.test'",
    )
    .await;
    let consents: Value = server.api_get("/oauth2/get-consents", Some(&acting)).await.json().await.unwrap();
    let taken = server.api("/oauth2/delete-consent", Some(&acting), json!({"id": consents[0]["id"]})).await;
    assert_eq!(taken.status(), 200, "{consents}");
    assert_eq!(events(&server, &root, "consent_revoked").await[0]["actorId"], root_id);

    server.api("/revoke-other-sessions", Some(&acting), json!({})).await;
    assert_eq!(events(&server, &root, "sessions_revoked").await[0]["actorId"], root_id);
    server.api("/sign-out", Some(&acting), json!({})).await;
    assert_eq!(events(&server, &root, "sign_out").await[0]["actorId"], root_id);
}

#[tokio::test]
async fn the_persons_own_list_does_not_show_it() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    impersonate(&server, &root, &target).await;
    let list: Value = server.api_get("/list-sessions", Some(&ada)).await.json().await.unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn stopping_ends_the_tokens_that_came_of_it() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let (lines, _) = impersonate(&server, &root, &target).await;
    let acting = jar(&lines);
    let tokens = server.tokens(&acting).await;
    server.api("/admin/stop-impersonating", Some(&acting), json!({})).await;
    assert_eq!(server.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 400);
    let request = server.get("/oauth2/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(request.send().await.unwrap().status(), 401);
    assert_eq!(server.count(r#"select token_epoch::bigint from auth."user" where email like 'ada@%'"#).await, 1);
}

#[tokio::test]
async fn what_is_the_persons_alone_is_refused() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let (lines, _) = impersonate(&server, &root, &target).await;
    let acting = jar(&lines);
    let calls = [
        ("/change-password", json!({"currentPassword": PASSWORD, "newPassword": "Correct-Horse-9"})),
        ("/verify-password", json!({"password": PASSWORD})),
        ("/delete-user", json!({"password": PASSWORD})),
    ];
    for (path, body) in calls {
        let response = server.api(path, Some(&acting), body).await;
        assert_eq!(response.status(), 403, "{path}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], "IMPERSONATED_SESSION", "{path}");
    }
}

#[tokio::test]
async fn nobody_governs_in_somebody_elses_name() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    admin(&server, "other@example.test").await;
    let other = json!({"userId": id(&server, "other@example.test").await});
    let refused = post(&server, &root, "impersonate-user", other).await;
    assert_eq!(code(&refused), (403, "YOU_CANNOT_IMPERSONATE_ADMINS"));
    let (lines, _) = impersonate(&server, &root, &target).await;
    // Somebody makes that person an admin meanwhile.
    run(&server, r#"update auth."user" set role = 'admin' where email = 'ada@example.test'"#).await;
    assert_eq!(get(&server, &jar(&lines), "list-users").await.0, 403);
    let nobody = post(&server, &root, "impersonate-user", json!({"userId": "x"})).await;
    assert_eq!(code(&nobody), (404, "USER_NOT_FOUND"));
    let idle = post(&server, &root, "stop-impersonating", json!({})).await;
    assert_eq!(idle, (400, json!({"message": "You are not impersonating anyone"})));
}

#[tokio::test]
async fn an_admin_who_is_shut_out_no_longer_acts_as_anybody() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let other = admin(&server, "other@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let (lines, _) = impersonate(&server, &other, &target).await;
    let demote = json!({"userId": id(&server, "other@example.test").await, "role": "student"});
    assert_eq!(post(&server, &root, "set-role", demote).await.0, 200);
    assert_eq!(server.api_get("/get-session", Some(&jar(&lines))).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn signing_out_in_somebodys_name_leaves_nobody_signed_in() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let (begun, _) = impersonate(&server, &root, &target).await;
    let response = server.api("/sign-out", Some(&jar(&begun)), json!({})).await;
    assert!(session_cookie(&response).is_some_and(|cookie| cookie.ends_with('=')));
    let both = [begun, lines(&response)].concat();
    assert_eq!(jar(&both), "", "not even the admin's own session");
}

#[tokio::test]
async fn acting_ends_when_the_admins_own_sessions_are_ended() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    for path in ["/revoke-other-sessions", "/revoke-sessions"] {
        let (lines, _) = impersonate(&server, &root, &target).await;
        let acting = jar(&lines);
        let tokens = server.tokens(&acting).await;
        assert_eq!(server.api(path, Some(&root), json!({})).await.status(), 200);
        assert_eq!(server.api_get("/get-session", Some(&acting)).await.text().await.unwrap(), "null", "{path}");
        assert_eq!(server.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 400, "{path}");
        let request = server.get("/oauth2/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap());
        assert_eq!(request.send().await.unwrap().status(), 401, "{path}");
    }
}

#[tokio::test]
async fn acting_ends_with_the_stolen_session_that_its_owner_ends() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (_, target) = person(&server, "ada@example.test").await;
    let own: Value = server.api_get("/get-session", Some(&root)).await.json().await.unwrap();
    let (lines, _) = impersonate(&server, &root, &target).await;
    let signed_in = json!({"email": "root@example.test", "password": PASSWORD});
    let second = session_cookie(&server.api("/sign-in/email", None, signed_in).await).unwrap();
    let revoked = server.api("/revoke-session", Some(&second), json!({"token": own["session"]["id"]})).await;
    assert_eq!(revoked.status(), 200);
    assert_eq!(server.api_get("/get-session", Some(&jar(&lines))).await.text().await.unwrap(), "null");
}

#[tokio::test]
async fn who_becomes_an_admin_is_no_longer_acted_as() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let (ada, target) = person(&server, "ada@example.test").await;
    let (lines, _) = impersonate(&server, &root, &target).await;
    let promote = json!({"userId": target["userId"], "role": "admin"});
    assert_eq!(post(&server, &root, "set-role", promote).await.0, 200);
    assert_eq!(server.api_get("/get-session", Some(&jar(&lines))).await.text().await.unwrap(), "null");
    assert_ne!(server.api_get("/get-session", Some(&ada)).await.text().await.unwrap(), "null");
}
