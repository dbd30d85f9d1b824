//! An address that somebody registered without owning it goes to who does.

use serde_json::json;
use testkit::identity::Profile;

use crate::{
    letters::link,
    server::{PASSWORD, cookie_named, location, session_cookie},
    social_browser::{Returned, Social, state_cookie},
    verification::newest_mail,
};

/// A squatter registered Ada's address; Ada signs in with Google by the page. Gives the squatter's cookie and the path
/// of the mailed link.
async fn squatted(social: &Social) -> (String, String) {
    let squatter = social.server.sign_up("ada@example.test").await;
    newest_mail(&social.server, 1).await;
    let response = social.server.form("/sign-in/social", None, &[("provider", "google")]).await;
    let state_cookie = state_cookie(&response).unwrap();
    let callback = social.at_provider(&location(&response)).await;
    let response = social.arrive(&Returned { callback, state_cookie }, None).await;
    assert_eq!((location(&response).as_str(), session_cookie(&response)), ("/claim-account/sent", None));
    let page = social.server.get("/claim-account/sent").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Check your mail"), "{page}");
    let mail = newest_mail(&social.server, 2).await;
    assert!(mail.contains("To: ada@example.test") && mail.contains("Is this account yours?"), "{mail}");
    (squatter, link(&social.server, &mail))
}

fn token(link: &str) -> String {
    link.strip_prefix("/claim-account?token=").unwrap().to_owned()
}

#[tokio::test]
async fn the_button_behind_the_link_gives_the_account_to_its_owner_once() {
    let social = Social::start().await;
    let (squatter, link) = squatted(&social).await;
    for _ in 0..2 {
        let page = social.server.get(&link).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("This is my account"), "looking changes nothing");
    }
    assert_ne!(social.server.api_get("/get-session", Some(&squatter)).await.text().await.unwrap(), "null");
    let epoch = social.server.count(r#"select token_epoch::bigint from auth."user""#).await;

    let token = token(&link);
    let response = social.server.form("/claim-account", None, &[("token", &token)]).await;
    assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, "http://localhost:3000/dashboard"));
    assert!(cookie_named(&response, "intellistack.device").is_some());
    let user = social.user(&session_cookie(&response).unwrap()).await;
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!("ada@example.test"), &json!(true)));
    assert_eq!(social.server.api_get("/get-session", Some(&squatter)).await.text().await.unwrap(), "null");
    assert!(social.server.count(r#"select token_epoch::bigint from auth."user""#).await > epoch);
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    assert_eq!(social.server.api("/sign-in/email", None, body).await.status(), 401, "the password is gone");
    assert!(social.sign_in("google").await.1.is_some());
    let expected = [
        "sign_up",
        "sign_in_failed address_not_proved google",
        "account_unlinked credential",
        "account_linked google",
        "email_verified google",
        "sign_in google",
        "sign_in_failed wrong_password",
        "sign_in google",
    ];
    assert_eq!(social.events().await, expected);

    let again = social.server.form("/claim-account", None, &[("token", &token)]).await;
    assert_eq!((again.status().as_u16(), session_cookie(&again)), (400, None));
    assert_eq!(social.server.get(&link).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn whatever_else_the_squatter_set_up_is_gone() {
    let social = Social::start().await;
    // By a GitHub account that carries the address without having proved it.
    social.github.set_profile(Profile { id: "666".to_owned(), email_verified: false, ..Profile::ada() });
    social.sign_in("github").await;
    let (_, cookie) = social.sign_in("google").await;
    assert_eq!(cookie, None);
    social
        .server
        .sql(
            r#"insert into auth.verification (token_hash, purpose, user_id, email, expires_at)
               select 'x', 'change-email', id, 'eve@example.test', now() + interval '1 day' from auth."user";"#,
        )
        .await;
    social
        .server
        .sql(r#"insert into auth.oauth_consent (user_id, client_id, scopes) select id, 'web', '{}' from auth."user""#)
        .await;
    let mail = newest_mail(&social.server, 2).await;
    let token = token(&link(&social.server, &mail));
    assert_eq!(social.server.form("/claim-account", None, &[("token", &token)]).await.status(), 303);
    assert_eq!(social.server.count("select count(*) from auth.account where provider_id <> 'google'").await, 0);
    assert_eq!(social.server.count("select count(*) from auth.verification where used_at is null").await, 0);
    assert_eq!(social.server.count("select count(*) from auth.oauth_consent").await, 0);
    assert_eq!(social.server.count("select count(*) from auth.session").await, 1);
    let (target, cookie) = social.sign_in("github").await;
    assert_eq!((target.as_str(), cookie), ("/oops?a=1&error=account_not_linked", None));
}

#[tokio::test]
async fn of_two_who_press_at_once_one_counts() {
    let social = Social::start().await;
    let (_, link) = squatted(&social).await;
    let fields = [("token", token(&link))];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let press = || social.server.form("/claim-account", None, &fields);
    let (one, two) = tokio::join!(press(), press());
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 400]);
}

#[tokio::test]
async fn a_link_that_is_old_or_for_another_address_does_not_count() {
    let social = Social::start().await;
    let (_, link) = squatted(&social).await;
    let token = token(&link);
    social.server.sql(r#"update auth."user" set email = 'other@example.test'"#).await;
    assert_eq!(social.server.form("/claim-account", None, &[("token", &token)]).await.status(), 400);
    social.server.sql(r#"update auth."user" set email = 'ada@example.test'"#).await;
    social.server.sql("update auth.verification set expires_at = now()").await;
    assert_eq!(social.server.form("/claim-account", None, &[("token", &token)]).await.status(), 400);
    assert_eq!(social.server.form("/claim-account", None, &[("token", "nonsense")]).await.status(), 400);
    assert_eq!(social.server.count("select count(*) from auth.account where provider_id = 'google'").await, 0);
}

#[tokio::test]
async fn clients_of_the_account_api_get_the_contracts_code_and_mails_are_limited() {
    let social = Social::start_with(&[("LIMIT_ACCOUNT_MAILS", "2")]).await;
    social.server.sign_up("ada@example.test").await;
    for _ in 0..4 {
        let (target, cookie) = social.sign_in("google").await;
        assert!(target.starts_with("/oops?a=1&error=account_not_linked&error_description=We+sent"), "{target}");
        assert_eq!(cookie, None);
    }
    assert_eq!(social.server.count("select count(*) from auth.mail_outbox where kind = 'claim-account'").await, 2);
}
