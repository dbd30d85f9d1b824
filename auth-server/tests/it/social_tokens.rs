//! The providers' tokens, and sign-in by an ID token that the client brings.

use serde_json::{Value, json};
use testkit::identity::{Health, google::Flaw};

use crate::{
    server::session_cookie,
    social_browser::{Social, wish},
};

async fn row(social: &Social) -> String {
    let sql = "select id::text from auth.account where provider_id <> 'credential'";
    sqlx::query_scalar(sql).fetch_one(&social.server.pool).await.unwrap()
}

#[tokio::test]
async fn the_tokens_of_a_linked_account_are_its_owners() {
    let social = Social::start().await;
    let cookie = social.sign_in("google").await.1.unwrap();
    let body = json!({"accountId": row(&social).await});
    let answer = social.server.api("/get-access-token", Some(&cookie), body.clone()).await;
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["accessToken"], "google-access");
    assert_eq!(answer["scopes"], json!(["openid", "email", "profile"]));
    assert!(answer["accessTokenExpiresAt"].as_str().unwrap().ends_with('Z') && answer["idToken"].is_string());
    let answer: Value = social.server.api("/refresh-token", Some(&cookie), body.clone()).await.json().await.unwrap();
    assert_eq!((&answer["accessToken"], &answer["providerId"]), (&json!("google-access-2"), &json!("google")));

    let eve = social.server.sign_up("eve@example.test").await;
    for path in ["/get-access-token", "/refresh-token"] {
        let stranger = social.server.api(path, Some(&eve), body.clone()).await;
        assert_eq!(stranger.status(), 400);
        assert_eq!(stranger.json::<Value>().await.unwrap()["code"], "ACCOUNT_NOT_FOUND");
        let anonymous = social.server.api(path, None, body.clone()).await;
        assert_eq!((anonymous.status().as_u16(), anonymous.text().await.unwrap().as_str()), (401, ""));
    }
    let sql = "select id::text from auth.account where provider_id = 'credential'";
    let password: String = sqlx::query_scalar(sql).fetch_one(&social.server.pool).await.unwrap();
    let answer = social.server.api("/get-access-token", Some(&eve), json!({"accountId": password})).await;
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "PROVIDER_NOT_SUPPORTED");
}

#[tokio::test]
async fn an_access_token_that_is_over_is_renewed_where_the_provider_gave_the_means() {
    let social = Social::start().await;
    let cookie = social.sign_in("google").await.1.unwrap();
    social.server.sql("update auth.account set access_token_expires_at = now()").await;
    let body = json!({"accountId": row(&social).await});
    let answer = social.server.api("/get-access-token", Some(&cookie), body).await;
    assert_eq!(answer.json::<Value>().await.unwrap()["accessToken"], "google-access-2");

    let social = Social::start().await;
    let cookie = social.sign_in("github").await.1.unwrap();
    let body = json!({"accountId": row(&social).await});
    let answer = social.server.api("/refresh-token", Some(&cookie), body).await;
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "REFRESH_TOKEN_NOT_FOUND");
}

#[tokio::test]
async fn account_info_is_what_the_provider_knows() {
    for (provider, name) in [("google", "picture"), ("github", "avatar_url")] {
        let social = Social::start().await;
        let cookie = social.sign_in(provider).await.1.unwrap();
        let id = row(&social).await;
        let path = format!("/account-info?accountId={id}");
        let answer: Value = social.server.api_get(&path, Some(&cookie)).await.json().await.unwrap();
        assert_eq!((&answer["user"]["id"], &answer["user"]["name"]), (&json!("1815"), &json!("Ada Lovelace")));
        assert!(answer["data"][name].is_string(), "{answer}");
        assert_eq!(answer["account"], json!({"id": id, "providerId": provider, "accountId": "1815"}));
        assert_eq!(social.server.api_get(&path, None).await.text().await.unwrap(), "");
    }
}

#[tokio::test]
async fn an_id_token_signs_in_only_with_its_nonce() {
    let social = Social::start().await;
    let brought =
        |token: String, nonce: Option<&str>| json!({"provider": "google", "idToken": {"token": token, "nonce": nonce}});
    let plain = social.google.id_token(None).unwrap();
    let bound = social.google.id_token(Some("n-1")).unwrap();
    for (token, nonce) in [(&plain, Some("n-1")), (&bound, None), (&bound, Some("n-2"))] {
        let response = social.server.api("/sign-in/social", None, brought(token.clone(), nonce)).await;
        assert_eq!((response.status().as_u16(), session_cookie(&response)), (401, None), "{nonce:?}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], "INVALID_TOKEN");
    }
    for (token, nonce) in [(&plain, None), (&bound, Some("n-1"))] {
        let response = social.server.api("/sign-in/social", None, brought(token.clone(), nonce)).await;
        assert!(session_cookie(&response).is_some());
        let answer: Value = response.json().await.unwrap();
        assert_eq!((&answer["redirect"], &answer["user"]["email"]), (&json!(false), &json!("ada@example.test")));
        assert!(answer["token"].is_string());
    }
    assert_eq!(social.server.count(r#"select count(*) from auth."user""#).await, 1);
}

#[tokio::test]
async fn a_bad_id_token_or_provider_is_refused() {
    let social = Social::start().await;
    for flaw in [Flaw::Signature, Flaw::Audience, Flaw::Issuer, Flaw::Expired] {
        social.google.set_flaw(flaw);
        let body = json!({"provider": "google", "idToken": {"token": social.google.id_token(None).unwrap()}});
        assert_eq!(social.server.api("/sign-in/social", None, body).await.status(), 401, "{flaw:?}");
    }
    social.google.set_flaw(Flaw::None);
    let token = social.google.id_token(None).unwrap();
    let body = json!({"provider": "github", "idToken": {"token": token}});
    let response = social.server.api("/sign-in/social", None, body).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "ID_TOKEN_NOT_SUPPORTED");
    let body = json!({"provider": "google", "idToken": {"token": token}});
    let request = social.server.post("/api/auth/sign-in/social").header("origin", "https://evil.test").json(&body);
    assert_eq!(request.send().await.unwrap().status(), 403, "nobody is signed in from elsewhere");
    assert_eq!(social.server.api("/sign-in/social", None, json!({"provider": 1})).await.status(), 400);
}

#[tokio::test]
async fn an_id_token_links_to_who_is_signed_in() {
    let social = Social::start().await;
    let cookie = social.server.sign_up("ada@example.test").await;
    let token = social.google.id_token(None).unwrap();
    let body = json!({"provider": "google", "idToken": {"token": token}});
    let refused = social.server.api("/link-social", Some(&cookie), body.clone()).await;
    assert_eq!(refused.status(), 401, "the address is not proved here");
    social.server.sql(r#"update auth."user" set email_verified = true"#).await;
    let answer: Value = social.server.api("/link-social", Some(&cookie), body).await.json().await.unwrap();
    assert_eq!(answer["status"], true);
    assert!(social.sign_in("google").await.1.is_some());
    social.github.set_health(Health::Broken);
    assert_eq!(social.server.api("/link-social", Some(&cookie), wish("github")).await.status(), 200);
}
