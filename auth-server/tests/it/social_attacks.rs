//! Attacks on the social sign-in: states of other browsers, replays, swapped codes, open redirects.

use serde_json::{Value, json};
use testkit::identity::Profile;

use crate::{
    server::{location, query, session_cookie},
    social_browser::{Returned, Social, error, wish},
};

#[tokio::test]
async fn a_state_counts_only_in_the_browser_that_began() {
    let social = Social::start().await;
    // Login CSRF: the attacker sends a victim the link that would sign the victim in as the attacker.
    let attacker = social.go_sign_in("google").await;
    let victim = social.go_sign_in("google").await;
    let without = social.server.get(&attacker.callback).send().await.unwrap();
    assert_eq!((error(&location(&without)).as_deref(), session_cookie(&without)), (Some("state_mismatch"), None));
    let attacker = social.go_sign_in("google").await;
    let mixed = Returned { callback: attacker.callback, state_cookie: victim.state_cookie };
    let response = social.arrive(&mixed, None).await;
    assert_eq!(location(&response), "/oops?a=1&error=state_mismatch");
    let attacker = social.go_sign_in("google").await;
    let state = query(&attacker.callback, "state").unwrap();
    let unsigned = Returned { state_cookie: format!("better-auth.state={state}"), ..attacker };
    assert_eq!(error(&location(&social.arrive(&unsigned, None).await)).as_deref(), Some("state_mismatch"));
    assert_eq!(
        (social.google.token_requests(), social.server.count("select count(*) from auth.session").await),
        (0, 0)
    );
}

#[tokio::test]
async fn a_callback_counts_once() {
    let social = Social::start().await;
    let returned = social.go_sign_in("google").await;
    assert_eq!(location(&social.arrive(&returned, None).await), "/new");
    let again = social.arrive(&returned, None).await;
    assert_eq!((error(&location(&again)).as_deref(), session_cookie(&again)), (Some("state_mismatch"), None));
    assert_eq!(social.google.token_requests(), 1);
}

#[tokio::test]
async fn a_state_lives_ten_minutes() {
    let social = Social::start().await;
    let returned = social.go_sign_in("google").await;
    let left = "select extract(epoch from expires_at - now())::bigint from auth.social_state";
    let left: i64 = sqlx::query_scalar(left).fetch_one(&social.server.pool).await.unwrap();
    assert!((590..=600).contains(&left), "{left}");
    social.server.sql("update auth.social_state set expires_at = now()").await;
    assert_eq!(error(&location(&social.arrive(&returned, None).await)).as_deref(), Some("state_mismatch"));
}

#[tokio::test]
async fn a_code_of_another_journey_is_refused_by_pkce() {
    let social = Social::start().await;
    let stolen = social.go_sign_in("google").await;
    let mine = social.go_sign_in("google").await;
    let code = |returned: &Returned| query(&returned.callback, "code").unwrap();
    let callback = mine.callback.replace(&code(&mine), &code(&stolen));
    let response = social.arrive(&Returned { callback, ..mine }, None).await;
    assert_eq!(error(&location(&response)).as_deref(), Some("invalid_code"));
}

#[tokio::test]
async fn people_are_not_sent_to_foreign_places() {
    let social = Social::start().await;
    for (name, code) in [
        ("callbackURL", "INVALID_CALLBACK_URL"),
        ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
        ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
    ] {
        for target in ["https://evil.test", "//evil.test", "/\\evil.test"] {
            let response =
                social.server.api("/sign-in/social", None, json!({"provider": "google", name: target})).await;
            assert_eq!(response.status(), 403, "{name} {target}");
            assert_eq!(response.json::<Value>().await.unwrap()["code"], code);
        }
    }
    let fields = [("provider", "google"), ("continue", "https://evil.test/oauth2/authorize?client_id=web")];
    let response = social.server.form("/sign-in/social", None, &fields).await;
    let callback = social.at_provider(&location(&response)).await;
    let state_cookie = crate::social_browser::state_cookie(&response).unwrap();
    let response = social.arrive(&Returned { callback, state_cookie }, None).await;
    assert_eq!(location(&response), "http://localhost:3000/dashboard");
}

#[tokio::test]
async fn only_our_own_pages_begin_a_journey() {
    let social = Social::start().await;
    for path in ["/sign-in/social", "/account/link", "/account/unlink", "/claim-account"] {
        let request = social.server.post(path).header("origin", "https://evil.test").form(&[("provider", "google")]);
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
    let cookie = social.server.sign_up("ada@example.test").await;
    let request = social.server.post("/api/auth/link-social").header("origin", "https://evil.test");
    let response = request.header("cookie", &cookie).json(&wish("google")).send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(social.server.count("select count(*) from auth.social_state").await, 0);
}

#[tokio::test]
async fn two_callbacks_at_once_make_one_account() {
    let social = Social::start().await;
    for round in 0..4 {
        let email = Some(format!("ada{round}@example.test"));
        let profile = Profile { id: format!("77{round}"), email, ..Profile::ada() };
        social.google.set_profile(profile.clone());
        social.github.set_profile(profile);
        let google = [social.go_sign_in("google").await, social.go_sign_in("google").await];
        let github = social.go_sign_in("github").await;
        let (one, two, three) = tokio::join!(
            social.arrive(&google[0], None),
            social.arrive(&google[1], None),
            social.arrive(&github, None)
        );
        let mut people = Vec::new();
        for response in [one, two, three] {
            let cookie = session_cookie(&response).unwrap_or_else(|| panic!("{}", location(&response)));
            people.push(social.user(&cookie).await["id"].to_string());
        }
        people.dedup();
        assert_eq!(people.len(), 1, "all three are the same person");
    }
    assert_eq!(social.server.count(r#"select count(*) from auth."user""#).await, 4);
    assert_eq!(social.server.count("select count(*) from auth.account").await, 8);
}

#[tokio::test]
async fn an_admin_who_acts_as_a_person_links_nothing() {
    let social = Social::start().await;
    let cookie = social.server.sign_up("ada@example.test").await;
    social.server.sql(r#"update auth."user" set email_verified = true"#).await;
    let returned = social.go("/link-social", Some(&cookie), wish("google")).await;
    social.server.sql("update auth.session set impersonated_by = user_id").await;
    let response = social.arrive(&returned, Some(&cookie)).await;
    assert_eq!(error(&location(&response)).as_deref(), Some("unable_to_link_account"));
    assert_eq!(social.server.api("/link-social", Some(&cookie), wish("google")).await.status(), 403);
    let page = social.server.form("/account/link", Some(&cookie), &[("provider", "google")]).await;
    assert_eq!(location(&page), "/account?error=unable_to_link_account");
}
