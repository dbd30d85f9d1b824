//! The consent page, by forms as a browser sends them.

use serde_json::{Value, json};

use crate::{
    client_registration::{REDIRECT, admin, register},
    server::{Server, VERIFIER, authorization, challenge, claims, location, query},
};

/// The request of client `id` for `scope`, with more parameters.
pub async fn ask(server: &Server, cookie: &str, id: &str, scope: &str, more: &[(&'static str, &str)]) -> String {
    let challenge = challenge(VERIFIER);
    let mut request: Vec<(&str, &str)> = authorization(&challenge).to_vec();
    for (name, value) in &mut request {
        match *name {
            "client_id" => *value = id,
            "redirect_uri" => *value = REDIRECT,
            "scope" => *value = scope,
            _ => {}
        }
    }
    request.extend_from_slice(more);
    location(&server.authorize(Some(cookie), &request).await)
}

/// Sends the form of the consent page at `page`; gives where it leads to.
pub async fn answer(server: &Server, cookie: &str, page: &str, answer: &str, ticked: &[&str]) -> String {
    let html = server.get(page).header("cookie", cookie).send().await.unwrap().text().await.unwrap();
    let user = html.split("name=\"user\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let pending = query(page, "continue").unwrap();
    let names: Vec<String> = ticked.iter().map(|scope| format!("scope-{scope}")).collect();
    let mut fields = vec![("continue", pending.as_str()), ("user", user.as_str()), ("answer", answer)];
    fields.extend(names.iter().map(|name| (name.as_str(), "on")));
    let response = server.form("/consent", Some(cookie), &fields).await;
    assert_eq!(response.status(), 303, "{}", response.text().await.unwrap());
    follow(server, cookie, location(&response)).await
}

/// Follows redirects until they leave this server or reach a page.
async fn follow(server: &Server, cookie: &str, mut target: String) -> String {
    while target.starts_with("/oauth2/authorize?") {
        target = location(&server.get(&target).header("cookie", cookie).send().await.unwrap());
    }
    target
}

async fn scopes_of(server: &Server, id: &str, target: &str) -> (String, Value) {
    let code = query(target, "code").unwrap_or_else(|| panic!("no code in {target}"));
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", id),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let tokens: Value = server.post("/oauth2/token").form(&fields).send().await.unwrap().json().await.unwrap();
    (tokens["scope"].as_str().unwrap().to_owned(), tokens)
}

pub async fn setup(server: &Server) -> (String, String) {
    let owner = admin(server, "owner@example.test").await;
    let metadata = json!({"redirect_uris": [REDIRECT], "client_name": "Robot <Lab>", "token_endpoint_auth_method": "none",
        "scope": "openid profile email offline_access api", "policy_uri": "https://app.example.test/privacy"});
    let client = register(server, &owner, metadata).await;
    (client["client_id"].as_str().unwrap().to_owned(), server.sign_up("ada@example.test").await)
}

#[tokio::test]
async fn the_page_says_who_asks_for_what_and_cannot_be_framed() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let page = ask(&server, &cookie, &id, "openid email api", &[]).await;
    assert!(page.starts_with("/consent?continue="), "{page}");
    let response = server.get(&page).header("cookie", &cookie).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' https://app.example.test"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"), "{policy}");
    let html = response.text().await.unwrap();
    for words in [
        "Robot &lt;Lab&gt;",
        "ada@example.test",
        "See your e-mail address",
        "Learn in your name",
        "app.example.test",
        "https://app.example.test/privacy",
        "Not you?",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(
        !html.contains("See your name") && !html.contains("name=\"scope-openid\"") && !html.contains("<img"),
        "{html}"
    );
    let stranger = server.get(&page).send().await.unwrap();
    assert!(location(&stranger).starts_with("/sign-in?continue="));
    let unsigned = "/consent?continue=%2Foauth2%2Fauthorize%3Fclient_id%3Dweb";
    assert_eq!(server.get(unsigned).header("cookie", &cookie).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn who_allows_is_asked_again_only_for_more() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let page = ask(&server, &cookie, &id, "openid email", &[]).await;
    let target = answer(&server, &cookie, &page, "allow", &["email"]).await;
    assert!(target.starts_with(REDIRECT), "{target}");
    assert_eq!(query(&target, "state").as_deref(), Some("st&te"));
    assert_eq!(query(&target, "iss").as_deref(), Some(server.url.as_str()));
    assert_eq!(scopes_of(&server, &id, &target).await.0, "openid email");

    let again = ask(&server, &cookie, &id, "email openid", &[]).await;
    assert!(again.starts_with(REDIRECT), "not asked twice: {again}");
    let silent = ask(&server, &cookie, &id, "openid api", &[("prompt", "none")]).await;
    assert_eq!(query(&silent, "error").as_deref(), Some("consent_required"));
    let more = ask(&server, &cookie, &id, "openid api", &[]).await;
    assert!(more.starts_with("/consent?"), "{more}");
    answer(&server, &cookie, &more, "allow", &["api"]).await;
    let all = ask(&server, &cookie, &id, "openid email api", &[]).await;
    assert!(all.starts_with(REDIRECT), "the union of what was allowed: {all}");
    assert_eq!(server.count("select count(*) from auth.oauth_consent").await, 1);
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'consent_granted'").await, 2);
}

#[tokio::test]
async fn what_is_unticked_is_not_given() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let page = ask(&server, &cookie, &id, "openid email api offline_access", &[]).await;
    let target = answer(&server, &cookie, &page, "allow", &["email", "admin", "profile"]).await;
    let (scope, tokens) = scopes_of(&server, &id, &target).await;
    assert_eq!(scope, "openid email");
    assert!(tokens.get("refresh_token").is_none());
    let audience = claims(tokens["access_token"].as_str().unwrap())["aud"].to_string();
    assert!(!audience.contains("intellistack"), "without api no token for the learning API: {audience}");
    let page = ask(&server, &cookie, &id, "api", &[]).await;
    let pending = query(&page, "continue").unwrap();
    let user = sqlx::query_scalar::<_, String>(r#"select id::text from auth."user" where email = 'ada@example.test'"#);
    let user = user.fetch_one(&server.pool).await.unwrap();
    let nothing = [("continue", pending.as_str()), ("user", user.as_str()), ("answer", "allow")];
    assert_eq!(server.form("/consent", Some(&cookie), &nothing).await.status(), 400, "nothing is no consent");
}

#[tokio::test]
async fn who_denies_goes_back_with_access_denied() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let page = ask(&server, &cookie, &id, "openid email", &[]).await;
    let target = answer(&server, &cookie, &page, "deny", &["email"]).await;
    assert!(target.starts_with(REDIRECT));
    assert_eq!(query(&target, "error").as_deref(), Some("access_denied"));
    assert_eq!(query(&target, "state").as_deref(), Some("st&te"));
    assert_eq!(query(&target, "iss").as_deref(), Some(server.url.as_str()));
    assert_eq!(server.count("select count(*) from auth.oauth_consent").await, 0);
    let denied = "select count(*) from auth.auth_event_log where type = 'consent_revoked' and reason = 'denied'";
    assert_eq!(server.count(denied).await, 1);
}

#[tokio::test]
async fn prompt_consent_asks_anew_and_once() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let page = ask(&server, &cookie, &id, "openid", &[]).await;
    answer(&server, &cookie, &page, "allow", &[]).await;
    let page = ask(&server, &cookie, &id, "openid", &[("prompt", "consent")]).await;
    assert!(page.starts_with("/consent?"), "{page}");
    let target = answer(&server, &cookie, &page, "allow", &[]).await;
    assert!(target.starts_with(REDIRECT), "{target}");
    server.sql("update auth.oauth_consent set updated_at = updated_at - interval '3 minutes'").await;
    let replayed = follow(&server, &cookie, query(&page, "continue").unwrap()).await;
    assert!(replayed.starts_with("/consent?"), "a link kept from before asks again: {replayed}");
    let target = answer(&server, &cookie, &replayed, "allow", &[]).await;
    assert!(target.starts_with(REDIRECT), "and takes the answer: {target}");
}

#[tokio::test]
async fn the_form_sent_twice_or_from_elsewhere_or_for_another_changes_nothing() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let page = ask(&server, &cookie, &id, "openid email", &[]).await;
    let pending = query(&page, "continue").unwrap();
    let forged = [("continue", pending.as_str()), ("answer", "allow"), ("scope-email", "on")];
    let evil = server.post("/consent").header("cookie", &cookie).header("origin", "https://evil.test").form(&forged);
    assert_eq!(evil.send().await.unwrap().status(), 403);
    let eve = server.sign_up("eve@example.test").await;
    let user = sqlx::query_scalar::<_, String>(r#"select id::text from auth."user" where email = 'ada@example.test'"#);
    let user = user.fetch_one(&server.pool).await.unwrap();
    let for_ada = [forged.as_slice(), &[("user", user.as_str())]].concat();
    let asked = server.form("/consent", Some(&eve), &for_ada).await;
    assert_eq!(asked.status(), 200);
    assert!(asked.text().await.unwrap().contains("eve@example.test"), "the page shows who is signed in now");
    let changed = pending.replace("openid", "api");
    let changed = [("continue", changed.as_str()), ("user", user.as_str()), ("answer", "allow")];
    assert_eq!(server.form("/consent", Some(&cookie), &changed).await.status(), 400, "signed for another scope");
    assert_eq!(server.count("select count(*) from auth.oauth_consent").await, 0);

    for _ in 0..2 {
        assert_eq!(server.form("/consent", Some(&cookie), &for_ada).await.status(), 303);
    }
    assert_eq!(server.count("select count(*) from auth.oauth_consent").await, 1);
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'consent_granted'").await, 1);
}

#[tokio::test]
async fn the_scope_admin_does_not_wait_for_the_day_somebody_becomes_one() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    server.sql("update auth.oauth_application set scopes = scopes || '{admin}' where client_id <> 'web'").await;
    let page = ask(&server, &cookie, &id, "openid offline_access admin", &[]).await;
    let html = server.get(&page).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(!html.contains("Administer"), "{html}");
    let target = answer(&server, &cookie, &page, "allow", &["offline_access", "admin"]).await;
    let (_, tokens) = scopes_of(&server, &id, &target).await;
    server.sql(r#"update auth."user" set role = 'admin'"#).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("client_id", id.as_str()), ("refresh_token", refresh)];
    let refreshed: Value = server.post("/oauth2/token").form(&fields).send().await.unwrap().json().await.unwrap();
    assert_eq!(refreshed["scope"], "openid offline_access");
    let page = ask(&server, &cookie, &id, "openid offline_access admin", &[]).await;
    assert!(page.starts_with("/consent?"), "{page}");
}

#[tokio::test]
async fn what_is_taken_back_on_the_account_page_ends_at_once() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let page = ask(&server, &cookie, &id, "openid offline_access", &[]).await;
    let target = answer(&server, &cookie, &page, "allow", &["offline_access"]).await;
    let (_, tokens) = scopes_of(&server, &id, &target).await;
    let unused = query(&ask(&server, &cookie, &id, "openid", &[]).await, "code").unwrap();
    let html = server.get("/account").header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("Robot &lt;Lab&gt;") && html.contains("Stay connected"), "{html}");
    let consent = html.split("name=\"consent\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

    let eve = server.sign_up("eve@example.test").await;
    server.form("/account/take-back-consent", Some(&eve), &[("consent", &consent)]).await;
    assert_eq!(server.count("select count(*) from auth.oauth_consent").await, 1, "not somebody else's");
    for _ in 0..2 {
        let response = server.form("/account/take-back-consent", Some(&cookie), &[("consent", &consent)]).await;
        assert_eq!((response.status().as_u16(), location(&response)), (303, "/account".to_owned()));
    }
    let refresh = tokens["refresh_token"].as_str().unwrap();
    for fields in [
        vec![("grant_type", "refresh_token"), ("client_id", id.as_str()), ("refresh_token", refresh)],
        vec![
            ("grant_type", "authorization_code"),
            ("client_id", id.as_str()),
            ("code", unused.as_str()),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ],
    ] {
        assert_eq!(server.post("/oauth2/token").form(&fields).send().await.unwrap().status(), 400);
    }
    let userinfo = server.get("/oauth2/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(userinfo.send().await.unwrap().status(), 401);
    assert!(ask(&server, &cookie, &id, "openid", &[]).await.starts_with("/consent?"));
    let revoked = "select count(*) from auth.auth_event_log where type = 'consent_revoked' and reason is null";
    assert_eq!(server.count(revoked).await, 1);
}
