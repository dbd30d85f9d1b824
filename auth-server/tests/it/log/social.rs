//! Signing in with Google and GitHub, linking and unlinking.

use serde_json::{Value, json};

use super::Log;
use crate::social_browser::{Returned, Social, wish};

#[tokio::test]
async fn signing_in_linking_and_unlinking() {
    let social = Social::start().await;
    let mut log = Log::of(&social.server).await;
    let (_, cookie) = social.sign_in("google").await;
    let cookie = cookie.unwrap();
    let news = log.expect("a new person", &["sign_up"]).await;
    assert_eq!(news[0]["details"]["provider"], "google");
    social.sign_in("google").await;
    log.expect("again", &["sign_in"]).await;
    social.link("github", &cookie).await;
    log.expect("link", &["account_linked"]).await;
    social.link("github", &cookie).await;
    log.expect("what is linked already", &[]).await;
    let list: Value = social.server.api_get("/list-accounts", Some(&cookie)).await.json().await.unwrap();
    let google = list.as_array().unwrap().iter().find(|way| way["providerId"] == "google").unwrap();
    let by_id = json!({"accountId": google["id"], "providerId": "google"});
    log.post(&cookie, "/unlink-account", by_id, 200, &["account_unlinked"]).await;
}

#[tokio::test]
async fn what_fails_on_the_way_has_its_reason() {
    let social = Social::start().await;
    let mut log = Log::of(&social.server).await;
    let Returned { callback, state_cookie } = social.go_sign_in("google").await;
    let refused = callback.replace("code=", "error=access_denied&x=");
    social.arrive(&Returned { callback: refused, state_cookie }, None).await;
    log.expect("the person says no", &["sign_in_failed access_denied"]).await;
    let begun = social.go_sign_in("google").await;
    social.arrive(&Returned { state_cookie: "better-auth.state=x.y".to_owned(), ..begun }, None).await;
    log.expect("another browser", &["sign_in_failed state_mismatch"]).await;
    social.server.get("/api/auth/callback/google?state=guess&code=x").send().await.unwrap();
    log.expect("a guess is about nobody", &[]).await;
    let cookie = social.server.sign_up("eve@example.test").await;
    log.expect("registering", &["sign_up"]).await;
    social.link("google", &cookie).await;
    let news = log.expect("somebody else's address", &["account_linked email_does_not_match"]).await;
    assert!(!news[0]["user_id"].is_null());
    let begun = social.go("/link-social", Some(&cookie), wish("google")).await;
    social.arrive(&begun, None).await;
    log.expect("signed out meanwhile", &["account_linked unable_to_link_account"]).await;
}

#[tokio::test]
async fn a_ban_that_ran_out_ends_here_too() {
    let social = Social::start().await;
    social.sign_in("google").await;
    social.server.sql("update auth.\"user\" set banned = true, ban_expires = now() - interval '1 minute'").await;
    let mut log = Log::of(&social.server).await;
    assert!(social.sign_in("google").await.1.is_some());
    log.expect("signing in", &["user_unbanned expired", "sign_in"]).await;
}
