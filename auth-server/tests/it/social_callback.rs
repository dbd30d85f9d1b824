//! Every way in which a callback ends badly, and what it says then.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::identity::{Health, Profile, google::Flaw};

use crate::{
    server::{location, session_cookie},
    social_browser::{Social, error, wish},
};

#[tokio::test]
async fn without_a_state_or_with_an_unknown_one_nothing_is_known_of_the_caller() {
    let social = Social::start().await;
    for (query, code) in [("?code=x", "state_not_found"), ("?code=x&state=nonsense", "state_mismatch")] {
        let response = social.server.api_get(&format!("/callback/google{query}"), None).await;
        assert_eq!(response.status(), 302);
        assert_eq!(location(&response), format!("{}/api/auth/error?error={code}", social.server.url));
    }
}

#[tokio::test]
async fn what_the_provider_says_or_leaves_out_is_told_to_the_caller() {
    let social = Social::start().await;
    for (answer, expected) in [
        (
            "error=access_denied&error_description=No%20thanks",
            "/oops?a=1&error=access_denied&error_description=No+thanks",
        ),
        ("", "/oops?a=1&error=no_code"),
        ("code=made-up", "/oops?a=1&error=invalid_code"),
    ] {
        for provider in ["google", "github"] {
            let mut returned = social.go_sign_in(provider).await;
            let state = crate::server::query(&returned.callback, "state").unwrap();
            returned.callback = format!("/api/auth/callback/{provider}?state={state}&{answer}");
            let response = social.arrive(&returned, None).await;
            assert_eq!((location(&response).as_str(), session_cookie(&response)), (expected, None));
            let cookies: Vec<_> = response.headers().get_all("set-cookie").into_iter().collect();
            assert!(cookies[0].to_str().unwrap().starts_with("better-auth.state=; Max-Age=0"), "{cookies:?}");
        }
    }
    assert_eq!(social.server.count(r#"select count(*) from auth."user""#).await, 0);
}

#[tokio::test]
async fn a_provider_that_is_not_one_and_one_that_was_not_asked() {
    let social = Social::start().await;
    for (other, code) in [("facebook", "oauth_provider_not_found"), ("github", "state_mismatch")] {
        let mut returned = social.go_sign_in("google").await;
        returned.callback = returned.callback.replace("/callback/google", &format!("/callback/{other}"));
        let response = social.arrive(&returned, None).await;
        assert_eq!(error(&location(&response)).as_deref(), Some(code));
    }
    assert_eq!(social.google.token_requests(), 0);
}

#[tokio::test]
async fn an_id_token_that_does_not_verify_signs_nobody_in() {
    let social = Social::start().await;
    let flaws =
        [Flaw::Signature, Flaw::Audience, Flaw::Issuer, Flaw::Nonce, Flaw::NoNonce, Flaw::Expired, Flaw::Missing];
    for flaw in flaws {
        social.google.set_flaw(flaw);
        let (target, cookie) = social.sign_in("google").await;
        assert_eq!((error(&target).as_deref(), cookie), (Some("unable_to_get_user_info"), None), "{flaw:?}");
    }
    assert_eq!(social.server.count(r#"select count(*) from auth."user""#).await, 0);
    social.google.set_flaw(Flaw::None);
    assert!(social.sign_in("google").await.1.is_some());
}

#[tokio::test]
async fn new_keys_are_fetched_when_a_token_names_one_but_not_for_every_token() {
    let social = Social::start().await;
    assert!(social.sign_in("google").await.1.is_some());
    assert!(social.sign_in("google").await.1.is_some());
    assert_eq!(social.google.key_fetches(), 1, "kept");
    social.google.rotate("key-2").unwrap();
    assert!(social.sign_in("google").await.1.is_some());
    assert_eq!(social.google.key_fetches(), 2);
    // Again, a moment later: whoever invents key names must not make us ask each time.
    social.google.rotate("key-3").unwrap();
    for _ in 0..3 {
        let (target, _) = social.sign_in("google").await;
        assert_eq!(error(&target).as_deref(), Some("unable_to_get_user_info"));
    }
    assert_eq!(social.google.key_fetches(), 2);
}

#[tokio::test]
async fn an_identity_without_a_usable_address_makes_no_account() {
    let social = Social::start().await;
    for email in [None, Some("not an address".to_owned())] {
        social.google.set_profile(Profile { email: email.clone(), ..Profile::ada() });
        social.github.set_profile(Profile { email, ..Profile::ada() });
        for provider in ["google", "github"] {
            assert_eq!(error(&social.sign_in(provider).await.0).as_deref(), Some("email_not_found"));
        }
    }
    social.github.hide_addresses(true);
    assert_eq!(error(&social.sign_in("github").await.0).as_deref(), Some("email_not_found"));
}

#[tokio::test]
async fn a_banned_person_stays_out() {
    let social = Social::start().await;
    social.sign_in("google").await;
    social.server.sql(r#"update auth."user" set banned = true"#).await;
    let sessions = social.server.count("select count(*) from auth.session").await;
    for provider in ["google", "github"] {
        let (target, cookie) = social.sign_in(provider).await;
        assert_eq!((error(&target).as_deref(), cookie), (Some("BANNED_USER"), None), "{provider}");
        assert!(target.contains("&error_description=You+have+been+banned"), "{target}");
    }
    assert_eq!(social.server.count("select count(*) from auth.session").await, sessions);
    assert_eq!(social.server.count("select count(*) from auth.account").await, 1);
}

#[tokio::test]
async fn a_provider_that_is_down_or_slow_leaves_nothing_half_made() {
    let social = Social::start().await;
    let google = social.go_sign_in("google").await;
    let github = social.go_sign_in("github").await;
    let slow = social.go_sign_in("github").await;
    social.google.set_health(Health::Broken);
    social.github.set_health(Health::Broken);
    for returned in [google, github] {
        let response = social.arrive(&returned, None).await;
        assert_eq!(error(&location(&response)).as_deref(), Some("temporarily_unavailable"));
    }
    social.github.set_health(Health::Slow(Duration::from_secs(8)));
    let begun = std::time::Instant::now();
    let response = social.arrive(&slow, None).await;
    assert_eq!(error(&location(&response)).as_deref(), Some("temporarily_unavailable"));
    assert!(begun.elapsed() < Duration::from_secs(7), "the person does not wait for ever");
    assert_eq!(social.server.count(r#"select count(*) from auth."user""#).await, 0);
}

#[tokio::test]
async fn a_sign_in_cannot_begin_while_discovery_fails() {
    let social = Social::start().await;
    social.google.set_health(Health::Broken);
    let response = social.server.api("/sign-in/social", None, wish("google")).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "PROVIDER_UNAVAILABLE");
    let response = social.server.form("/sign-in/social", None, &[("provider", "google")]).await;
    assert_eq!(location(&response), "/sign-in?error=temporarily_unavailable");
    social.google.set_health(Health::Good);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(social.sign_in("google").await.1.is_some());
}

#[tokio::test]
async fn without_targets_the_journey_ends_at_the_servers_own_places() {
    let social = Social::start().await;
    let returned = social.go("/sign-in/social", None, json!({"provider": "google"})).await;
    assert_eq!(location(&social.arrive(&returned, None).await), social.server.url);
    social.google.set_flaw(Flaw::Expired);
    let returned = social.go("/sign-in/social", None, json!({"provider": "google"})).await;
    let target = location(&social.arrive(&returned, None).await);
    assert_eq!(target, format!("{}/api/auth/error?error=unable_to_get_user_info", social.server.url));
}

#[tokio::test]
async fn an_answer_by_form_becomes_a_get_with_the_same_fields() {
    let social = Social::start().await;
    let returned = social.go_sign_in("google").await;
    let query = returned.callback.split_once('?').unwrap().1.to_owned();
    let request = social.server.post("/api/auth/callback/google").header("origin", &social.google.url);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(query);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(location(&response), format!("{}{}", social.server.url, returned.callback));
    assert_eq!(location(&social.arrive(&returned, None).await), "/new");
}
