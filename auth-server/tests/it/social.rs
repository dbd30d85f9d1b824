//! Social sign-in as people and clients see it when all goes well.

use serde_json::{Value, json};
use testkit::identity::Profile;

use crate::{
    server::{Server, VERIFIER, authorization, challenge, location, query, session_cookie},
    social_browser::{Social, state_cookie, wish},
};

#[tokio::test]
async fn the_authorization_urls_are_as_the_contract_says() {
    let social = Social::start().await;
    let body = json!({"provider": "google", "callbackURL": "/in", "loginHint": "ada@example.test"});
    let response = social.server.api("/sign-in/social", None, body).await;
    let header = location(&response);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("better-auth.state=") && cookie.ends_with("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax")
    );
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer, json!({"url": header, "redirect": true}));
    let get = |name| query(&header, name);
    assert!(header.starts_with(&format!("{}/authorize?", social.google.url)), "{header}");
    assert_eq!(get("response_type").as_deref(), Some("code"));
    assert_eq!(get("scope").as_deref(), Some("openid email profile"));
    assert_eq!(get("redirect_uri"), Some(format!("{}/api/auth/callback/google", social.server.url)));
    assert_eq!(get("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(get("include_granted_scopes").as_deref(), Some("true"));
    assert_eq!(get("login_hint").as_deref(), Some("ada@example.test"));
    assert!(get("state").unwrap().len() >= 32 && get("nonce").is_some() && get("code_challenge").is_some());

    let body = json!({"provider": "github", "scopes": ["gist"], "disableRedirect": true,
                      "additionalParams": {"allow_signup": "false", "state": "mine", "redirect_uri": "https://evil.test"}});
    let response = social.server.api("/sign-in/social", None, body).await;
    assert!(!response.headers().contains_key("location"));
    let answer: Value = response.json().await.unwrap();
    let url = answer["url"].as_str().unwrap();
    assert_eq!(answer["redirect"], false);
    assert!(url.starts_with(&format!("{}/login/oauth/authorize?", social.github.url)), "{url}");
    assert_eq!(query(url, "scope").as_deref(), Some("read:user user:email gist"));
    assert_eq!(query(url, "allow_signup").as_deref(), Some("false"));
    assert_ne!(query(url, "state").as_deref(), Some("mine"));
    assert!(!url.contains("evil.test"), "{url}");
}

#[tokio::test]
async fn a_first_sign_in_makes_an_account_and_a_second_finds_it() {
    for (provider, token) in [("google", "google-access"), ("github", "gho_")] {
        let social = Social::start().await;
        let (target, cookie) = social.sign_in(provider).await;
        assert_eq!(target, "/new");
        let cookie = cookie.unwrap();
        let user = social.user(&cookie).await;
        assert_eq!((&user["name"], &user["email"]), (&json!("Ada Lovelace"), &json!("ada@example.test")));
        assert_eq!(user["image"], "https://pictures.example.test/ada.png");
        assert_eq!((&user["emailVerified"], &user["role"]), (&json!(true), &json!("student")));

        let (target, second) = social.sign_in(provider).await;
        assert_eq!(target, "/in");
        let second = second.unwrap();
        assert_ne!(second, cookie, "a new session");
        assert_eq!(social.user(&second).await["id"], user["id"]);
        assert_eq!(social.events().await, [format!("sign_up {provider}"), format!("sign_in {provider}")]);

        let columns = "select coalesce(access_token, '') || coalesce(refresh_token, '') || coalesce(id_token, '')
                       from auth.account";
        let stored: Vec<u8> = sqlx::query_scalar(columns).fetch_one(&social.server.pool).await.unwrap();
        let stored = String::from_utf8_lossy(&stored).into_owned();
        assert!(stored.len() > 20 && !stored.contains(token) && !stored.contains("eyJ"), "tokens are sealed");
        assert_eq!(social.server.count("select count(*) from auth.social_state").await, 0);
    }
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_proved_is_ours_to_prove() {
    let social = Social::start().await;
    social.github.set_profile(Profile { email_verified: false, name: None, ..Profile::ada() });
    let (_, cookie) = social.sign_in("github").await;
    let user = social.user(&cookie.unwrap()).await;
    assert_eq!((&user["emailVerified"], &user["name"]), (&json!(false), &json!("ada-l")));
    let mail = crate::verification::newest_mail(&social.server, 1).await;
    assert!(mail.contains("Confirm your e-mail address"), "{mail}");
    // Later GitHub has proved it, and says so at the next sign-in.
    social.github.set_profile(Profile::ada());
    let (_, cookie) = social.sign_in("github").await;
    assert_eq!(social.user(&cookie.unwrap()).await["emailVerified"], true);
    assert_eq!(social.events().await, ["sign_up github", "email_verified github", "sign_in github"]);
}

#[tokio::test]
async fn an_authorization_request_survives_the_journey() {
    let social = Social::start().await;
    let digest = challenge(VERIFIER);
    let page = location(&social.server.authorize(None, &authorization(&digest)).await);
    let html = social.server.get(&page).send().await.unwrap();
    let policy = html.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for origin in [&social.google.url, &social.github.url] {
        assert!(policy.contains(origin.as_str()), "{policy}");
    }
    let html = html.text().await.unwrap();
    assert!(html.contains("Continue with Google") && html.contains("Continue with GitHub"), "{html}");
    let waiting = query(&page, "continue").unwrap();
    let fields = [("provider", "google"), ("continue", waiting.as_str())];
    let response = social.server.form("/sign-in/social", None, &fields).await;
    assert_eq!(response.status(), 303);
    let state_cookie = state_cookie(&response).unwrap();
    let callback = social.at_provider(&location(&response)).await;
    let response = social.arrive(&crate::social_browser::Returned { callback, state_cookie }, None).await;
    let cookie = session_cookie(&response).unwrap();
    let onward = location(&response);
    assert!(onward.starts_with("/oauth2/authorize?"), "{onward}");
    let response = social.server.get(&onward).header("cookie", cookie).send().await.unwrap();
    assert!(query(&location(&response), "code").is_some(), "{}", location(&response));
}

#[tokio::test]
async fn without_configuration_there_are_no_providers() {
    let server = Server::start().await;
    for provider in ["google", "github", "facebook"] {
        let response = server.api("/sign-in/social", None, wish(provider)).await;
        assert_eq!(response.status(), 404);
        assert_eq!(response.json::<Value>().await.unwrap()["code"], "PROVIDER_NOT_FOUND");
    }
    let html = server.get("/sign-in").send().await.unwrap().text().await.unwrap();
    assert!(!html.contains("Continue with"), "{html}");
}

#[tokio::test]
async fn the_sign_in_page_says_in_words_what_went_wrong() {
    let social = Social::start().await;
    for (code, words) in [
        ("access_denied", "did not allow"),
        ("temporarily_unavailable", "does not answer"),
        ("account_not_linked", "has not confirmed"),
        ("never_heard_of", "refused"),
    ] {
        let html = social.server.get(&format!("/sign-in?error={code}")).send().await.unwrap().text().await.unwrap();
        assert!(html.contains(words), "{code}: {html}");
    }
}
