//! Poisoned hosts, planted cookies, redirects elsewhere, and links used many times at once.

use futures_util::future::join_all;
use serde_json::json;

use crate::{
    letters::{all, link, mails_to},
    server::{CALLBACK, PASSWORD, Server, VERIFIER, authorization, challenge, location, query, session_cookie},
};

/// Where no parameter may send a person.
const ELSEWHERE: [&str; 16] = [
    "https://evil.test/",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/%2fevil.test",
    "/%2Fevil.test",
    "/%5cevil.test",
    "/%09/evil.test",
    "https://localhost:3000@evil.test/",
    "http://localhost:3000.evil.test/",
    "http:evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.test",
    "/x\r\nLocation: https://evil.test",
];

/// Whether a browser that stands on `base` and follows `location` is still with us or on the site.
fn stays(base: &str, location: &str) -> bool {
    let target = url::Url::parse(base).unwrap().join(location).unwrap();
    let ours = [base, "http://localhost:3000"].map(|url| url::Url::parse(url).unwrap().origin());
    ours.contains(&target.origin())
}

#[tokio::test]
async fn mails_point_to_where_the_configuration_says_whatever_the_request_says() {
    let server = Server::start().await;
    let poison = [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-server", "evil.test"),
        ("x-original-host", "evil.test"),
        ("forwarded", "host=evil.test;proto=https"),
        ("x-forwarded-proto", "gopher"),
    ];
    let account = json!({"name": "Ada", "email": "ada@example.test", "password": PASSWORD});
    let address = json!({"email": "ada@example.test"});
    for (path, body) in [
        ("/sign-up/email", &account),
        ("/send-verification-email", &address),
        ("/request-password-reset", &address),
        ("/forget-password", &address),
    ] {
        let mut request = server.post(&format!("/api/auth{path}")).json(body);
        for (name, value) in poison {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.unwrap().status(), 200, "{path}");
    }
    mails_to(&server, "ada@example.test", 4).await;
    for mail in all(&server) {
        assert!(!mail.contains("evil.test") && !mail.contains("gopher"), "{mail}");
        assert!(link(&server, &mail).starts_with('/'));
    }
}

#[tokio::test]
async fn a_planted_cookie_is_not_adopted_at_sign_in() {
    let server = Server::start().await;
    let planted = server.sign_up("mallory@example.test").await;
    server.sign_up("ada@example.test").await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    let response = server.api("/sign-in/email", Some(&planted), body).await;
    let fresh = session_cookie(&response).unwrap();
    assert_ne!(fresh, planted);
    let fields = [("email", "ada@example.test"), ("password", PASSWORD)];
    let page = server.form("/sign-in", Some(&planted), &fields).await;
    assert_ne!(session_cookie(&page).unwrap(), planted);
    // Whoever planted it is nobody else by it.
    let session: serde_json::Value = server.api_get("/get-session", Some(&planted)).await.json().await.unwrap();
    assert_ne!(session["user"]["email"], "ada@example.test");
}

#[tokio::test]
async fn no_parameter_sends_a_person_elsewhere() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    for target in ELSEWHERE {
        let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        for path in [
            "/api/auth/verify-email?token=x&callbackURL=",
            "/api/auth/reset-password/x?callbackURL=",
            "/api/auth/error?callbackURL=",
            "/sign-in?continue=",
            "/sign-in?return_to=",
            "/sign-in?callbackURL=",
            "/oauth2/logout?client_id=web&post_logout_redirect_uri=",
            "/oauth2/authorize?client_id=web&response_type=code&redirect_uri=",
        ] {
            let request = server.get(&format!("{path}{encoded}")).header("cookie", &cookie);
            let response = request.send().await.unwrap();
            if let Some(location) = response.headers().get("location") {
                let location = location.to_str().unwrap();
                assert!(stays(&server.url, location), "{path}{encoded}: {location}");
            }
            assert!(response.status().as_u16() < 500, "{path}{encoded}");
        }
        for (path, field) in [
            ("/sign-up/email", "callbackURL"),
            ("/sign-in/email", "callbackURL"),
            ("/request-password-reset", "redirectTo"),
            ("/send-verification-email", "callbackURL"),
        ] {
            let body = json!({"name": "B", "email": "b@example.test", "password": PASSWORD, field: target});
            assert_eq!(server.api(path, None, body).await.status(), 403, "{path} {target:?}");
        }
    }
}

#[tokio::test]
async fn of_twenty_parallel_uses_of_a_code_one_counts_at_most() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let response = server.authorize(Some(&cookie), &authorization(&challenge(VERIFIER))).await;
    let target = location(&response);
    assert!(target.starts_with(CALLBACK));
    let code = query(&target, "code").unwrap();
    let answers = join_all((0..20).map(|_| server.exchange(&code, VERIFIER))).await;
    let good = answers.iter().filter(|answer| answer.status() == 200).count();
    assert!(good <= 1, "{good}");
    // And the replay ended what the first had got.
    for answer in answers.into_iter().filter(|answer| answer.status() == 200) {
        let tokens: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(server.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 400);
    }
}

#[tokio::test]
async fn of_twenty_parallel_uses_of_a_reset_link_one_counts() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    let mail = mails_to(&server, "ada@example.test", 2).await.pop().unwrap();
    let opened = link(&server, &mail);
    let token = opened.split(['/', '?']).find(|part| part.len() == 43).unwrap();
    let reset = |number: usize| {
        let body = json!({"token": token, "newPassword": format!("Better-Horse-{number:02}")});
        async { server.api("/reset-password", None, body).await.status() }
    };
    let answers = join_all((0..20).map(reset)).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    let winner = answers.iter().position(|status| *status == 200).unwrap();
    let body = json!({"email": "ada@example.test", "password": format!("Better-Horse-{winner:02}")});
    assert_eq!(server.api("/sign-in/email", None, body).await.status(), 200);
}
