//! Sign-out asked for by clients (OpenID Connect RP-Initiated Logout 1.0).

use serde_json::Value;

use crate::server::{Server, location};

const HOME: &str = "http://localhost:3000/";

async fn signed_on(server: &Server) -> (String, Value) {
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    (cookie, tokens)
}

async fn is_signed_in(server: &Server, cookie: &str) -> bool {
    server.api_get("/get-session", Some(cookie)).await.text().await.unwrap() != "null"
}

#[tokio::test]
async fn a_hint_that_is_not_ours_asks_first_and_leads_nowhere() {
    let server = Server::start().await;
    let (cookie, tokens) = signed_on(&server).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let forged = format!("{}{}", &hint[..hint.len() - 6], "AAAAAA");
    for hint in [forged.as_str(), "garbage", tokens["access_token"].as_str().unwrap()] {
        let parameters = [("client_id", "web"), ("id_token_hint", hint), ("post_logout_redirect_uri", HOME)];
        let asked = server.get("/oauth2/logout").query(&parameters).header("cookie", &cookie).send().await.unwrap();
        assert_eq!((asked.status().as_u16(), asked.headers().get("location")), (200, None), "{hint}");
        assert!(is_signed_in(&server, &cookie).await);
    }
    let parameters = [("client_id", "web"), ("id_token_hint", "garbage"), ("post_logout_redirect_uri", HOME)];
    let confirmed = [parameters.as_slice(), &[("confirmed", "yes")]].concat();
    let done = server.form("/oauth2/logout", Some(&cookie), &confirmed).await;
    assert_eq!((done.status().as_u16(), done.headers().get("location")), (200, None));
    assert!(!is_signed_in(&server, &cookie).await);
}

#[tokio::test]
async fn a_client_may_post_its_request() {
    let server = Server::start().await;
    let (cookie, tokens) = signed_on(&server).await;
    let parameters = [
        ("id_token_hint", tokens["id_token"].as_str().unwrap()),
        ("post_logout_redirect_uri", HOME),
        ("state", "s"),
        ("logout_hint", "ada@example.test"),
        ("ui_locales", "de"),
    ];
    // From the client's page: the browser withholds the cookie (SameSite=Lax) until the redirect.
    let posted = server.post("/oauth2/logout").header("origin", "http://localhost:3000").form(&parameters);
    let response = posted.send().await.unwrap();
    assert_eq!(response.status(), 303);
    let request = server.get(&location(&response)).header("cookie", &cookie);
    assert_eq!(location(&request.send().await.unwrap()), format!("{HOME}?state=s"));
    assert!(!is_signed_in(&server, &cookie).await);
}

#[tokio::test]
async fn a_confirmation_from_a_foreign_page_does_not_count() {
    let server = Server::start().await;
    let (cookie, _) = signed_on(&server).await;
    let request = server.post("/oauth2/logout").header("origin", "https://evil.test").header("cookie", &cookie);
    let response = request.form(&[("confirmed", "yes")]).send().await.unwrap();
    let page = server.get(&location(&response)).header("cookie", &cookie).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Sign out?"));
    assert!(is_signed_in(&server, &cookie).await);
}

#[tokio::test]
async fn a_link_on_one_of_our_pages_does_not_confirm() {
    let server = Server::start().await;
    let (cookie, _) = signed_on(&server).await;
    // As a client's home page that the consent page links to, and that its maker set to this.
    let link = server.get("/oauth2/logout?confirmed=yes").header("sec-fetch-site", "same-origin");
    let page = link.header("cookie", &cookie).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Sign out?"));
    assert!(is_signed_in(&server, &cookie).await);
}

#[tokio::test]
async fn only_a_registered_address_is_returned_to() {
    let server = Server::start().await;
    for (uri, back) in [
        (HOME, true),
        ("http://localhost:3000/?x=1", false),
        ("http://localhost:3000", false),
        ("https://evil.test/", false),
    ] {
        let parameters = [("client_id", "web"), ("post_logout_redirect_uri", uri)];
        let response = server.get("/oauth2/logout").query(&parameters).send().await.unwrap();
        assert_eq!(response.headers().contains_key("location"), back, "{uri}");
    }
    let nobody = server.get("/oauth2/logout").query(&[("post_logout_redirect_uri", HOME)]).send().await.unwrap();
    assert_eq!(nobody.headers().get("location"), None, "without a client nothing is registered");
}
