//! Who may link what to whom.

use serde_json::{Value, json};
use testkit::identity::Profile;

use crate::{
    server::{Server, location},
    social_browser::{Social, error, wish},
};

async fn verify(server: &Server) {
    server.sql(r#"update auth."user" set email_verified = true"#).await;
}

async fn accounts(social: &Social) -> Vec<String> {
    let sql = "select provider_id from auth.account order by provider_id";
    sqlx::query_scalar(sql).fetch_all(&social.server.pool).await.unwrap()
}

async fn row(social: &Social, provider: &str) -> String {
    let sql = "select id::text from auth.account where provider_id = $1";
    sqlx::query_scalar(sql).bind(provider).fetch_one(&social.server.pool).await.unwrap()
}

#[tokio::test]
async fn an_address_proved_on_both_sides_is_linked_and_signed_in() {
    let social = Social::start().await;
    let password = social.server.sign_up("ada@example.test").await;
    verify(&social.server).await;
    let (target, cookie) = social.sign_in("google").await;
    assert_eq!(target, "/in", "not a new person");
    assert_eq!(social.user(&cookie.unwrap()).await["id"], social.user(&password).await["id"]);
    assert_eq!(accounts(&social).await, ["credential", "google"]);
    assert_eq!(social.events().await, ["sign_up", "account_linked google", "sign_in google"]);
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_proved_is_never_linked() {
    for verified_here in [true, false] {
        let social = Social::start().await;
        social.server.sign_up("ada@example.test").await;
        if verified_here {
            verify(&social.server).await;
        }
        let unproved = Profile { email_verified: false, ..Profile::ada() };
        social.google.set_profile(unproved.clone());
        social.github.set_profile(unproved);
        for provider in ["google", "github"] {
            let (target, cookie) = social.sign_in(provider).await;
            assert_eq!((target.as_str(), cookie), ("/oops?a=1&error=account_not_linked", None));
        }
        assert_eq!(accounts(&social).await, ["credential"]);
        let rows = social.server.count("select count(*) from auth.mail_outbox").await;
        assert_eq!(rows, 1, "no mail beyond the one of the registration");
    }
}

#[tokio::test]
async fn a_person_links_and_unlinks_their_own_accounts() {
    let social = Social::start().await;
    let cookie = social.server.sign_up("ada@example.test").await;
    assert_eq!(social.link("google", &cookie).await, "/oops?a=1&error=unable_to_link_account", "not proved here");
    verify(&social.server).await;
    for _ in 0..2 {
        assert_eq!(social.link("google", &cookie).await, "/in", "twice does no harm");
    }
    assert_eq!(social.link("github", &cookie).await, "/in");
    assert_eq!(accounts(&social).await, ["credential", "github", "google"]);
    let page =
        social.server.form("/account/unlink", Some(&cookie), &[("account", &row(&social, "google").await)]).await;
    assert_eq!((page.status().as_u16(), location(&page).as_str()), (303, "/account"));
    assert_eq!(accounts(&social).await, ["credential", "github"]);
    let expected = [
        "sign_up",
        "account_linked unable_to_link_account google",
        "account_linked google",
        "account_linked github",
        "account_unlinked google",
    ];
    assert_eq!(social.events().await, expected);
    assert!(social.sign_in("github").await.1.is_some());
}

#[tokio::test]
async fn only_ones_own_address_proved_by_the_provider_can_be_linked() {
    let social = Social::start().await;
    let cookie = social.server.sign_up("ada@example.test").await;
    verify(&social.server).await;
    social.google.set_profile(Profile { email: Some("eve@example.test".to_owned()), ..Profile::ada() });
    assert_eq!(error(&social.link("google", &cookie).await).as_deref(), Some("email_does_not_match"));
    social.google.set_profile(Profile { email: None, ..Profile::ada() });
    assert_eq!(error(&social.link("google", &cookie).await).as_deref(), Some("email_not_found"));
    social.google.set_profile(Profile { email_verified: false, ..Profile::ada() });
    assert_eq!(error(&social.link("google", &cookie).await).as_deref(), Some("unable_to_link_account"));
    assert_eq!(accounts(&social).await, ["credential"]);
}

#[tokio::test]
async fn an_account_of_somebody_else_is_not_taken_over_by_linking() {
    let social = Social::start().await;
    let (_, owner) = social.sign_in("google").await;
    let eve = social.server.sign_up("eve@example.test").await;
    verify(&social.server).await;
    let target = social.link("google", &eve).await;
    assert_eq!(error(&target).as_deref(), Some("account_already_linked_to_different_user"));
    let (_, cookie) = social.sign_in("google").await;
    assert_eq!(social.user(&cookie.unwrap()).await["id"], social.user(&owner.unwrap()).await["id"]);
}

#[tokio::test]
async fn linking_ends_when_who_began_it_is_no_longer_signed_in() {
    let social = Social::start().await;
    let ada = social.server.sign_up("ada@example.test").await;
    let eve = social.server.sign_up("eve@example.test").await;
    verify(&social.server).await;
    let anonymous = social.server.api("/link-social", None, wish("google")).await;
    assert_eq!(anonymous.status(), 401);
    assert_eq!(anonymous.json::<Value>().await.unwrap()["code"], "UNAUTHORIZED");
    for session in [None, Some(eve.as_str())] {
        let returned = social.go("/link-social", Some(&ada), wish("google")).await;
        let response = social.arrive(&returned, session).await;
        assert_eq!(error(&location(&response)).as_deref(), Some("unable_to_link_account"));
    }
    assert_eq!(accounts(&social).await, ["credential", "credential"]);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let social = Social::start().await;
    let cookie = social.sign_in("google").await.1.unwrap();
    let google = row(&social, "google").await;
    let page = social.server.form("/account/unlink", Some(&cookie), &[("account", &google)]).await;
    assert_eq!(location(&page), "/account?error=FAILED_TO_UNLINK_LAST_ACCOUNT");
    social.link("github", &cookie).await;
    let github = row(&social, "github").await;
    // Both at once: one stays.
    let fields = [[("account", google.as_str())], [("account", github.as_str())]];
    let (one, two) = tokio::join!(
        social.server.form("/account/unlink", Some(&cookie), &fields[0]),
        social.server.form("/account/unlink", Some(&cookie), &fields[1]),
    );
    let refused = [location(&one), location(&two)].iter().filter(|target| target.contains("error")).count();
    assert_eq!((refused, accounts(&social).await.len()), (1, 1));
}

#[tokio::test]
async fn an_old_session_and_a_stranger_unlink_nothing() {
    let social = Social::start().await;
    let cookie = social.sign_in("google").await.1.unwrap();
    social.link("github", &cookie).await;
    let github = row(&social, "github").await;
    let eve = social.server.sign_up("eve@example.test").await;
    social.server.form("/account/unlink", Some(&eve), &[("account", &github)]).await;
    social.server.sql("update auth.session set created_at = now() - interval '25 hours'").await;
    let page = social.server.form("/account/unlink", Some(&cookie), &[("account", &github)]).await;
    assert_eq!(location(&page), "/account?error=SESSION_NOT_FRESH");
    assert_eq!(accounts(&social).await, ["credential", "github", "google"]);
}

#[tokio::test]
async fn a_reset_that_proves_the_address_drops_what_a_stranger_linked_before() {
    let social = Social::start().await;
    // A stranger whose GitHub account carries Ada's address, which GitHub has not proved.
    social.github.set_profile(Profile { id: "666".to_owned(), email_verified: false, ..Profile::ada() });
    social.sign_in("github").await;
    social.server.api("/request-password-reset", None, json!({"email": "ada@example.test"})).await;
    let mail = crate::verification::newest_mail(&social.server, 2).await;
    let link = crate::letters::link(&social.server, &mail);
    let token = link.split("/reset-password/").nth(1).unwrap().split('?').next().unwrap().to_owned();
    let body = json!({"token": token, "newPassword": "Better-Horse-8"});
    assert_eq!(social.server.api("/reset-password", None, body).await.status(), 200);
    assert_eq!(accounts(&social).await, ["credential"]);
    assert_eq!(error(&social.sign_in("github").await.0).as_deref(), Some("account_not_linked"));
}

#[tokio::test]
async fn the_account_page_offers_to_link_and_unlink() {
    let social = Social::start().await;
    let cookie = social.sign_in("google").await.1.unwrap();
    let page = async |path: &str| {
        let response = social.server.get(path).header("cookie", &cookie).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        (policy, response.text().await.unwrap())
    };
    let (policy, html) = page("/account").await;
    assert!(policy.contains(&social.github.url) && policy.contains(&social.google.url), "{policy}");
    assert!(html.contains("Link GitHub") && !html.contains("Unlink Google"), "the last way in stays: {html}");
    social.link("github", &cookie).await;
    let (_, html) = page("/account?error=email_does_not_match").await;
    assert!(html.contains("Unlink Google") && html.contains("Unlink GitHub"), "{html}");
    assert!(html.contains("another e-mail address than yours"), "{html}");
}
