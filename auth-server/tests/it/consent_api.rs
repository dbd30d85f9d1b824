//! Consents through the account API.

use serde_json::{Value, json};

use crate::{
    client_registration::{REDIRECT, admin, register},
    server::{Server, VERIFIER, authorization, challenge, location, query, replaced},
};

pub async fn setup(server: &Server) -> (String, String) {
    let owner = admin(server, "owner@example.test").await;
    let metadata = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none",
                          "scope": "openid profile email offline_access api"});
    let client = register(server, &owner, metadata).await;
    (client["client_id"].as_str().unwrap().to_owned(), server.sign_up("ada@example.test").await)
}

/// The query of a pending request that waits for consent.
pub async fn oauth_query(server: &Server, cookie: &str, id: &str) -> String {
    let challenge = challenge(VERIFIER);
    let mut request = replaced(authorization(&challenge), "client_id", id);
    for (name, value) in &mut request {
        if *name == "redirect_uri" {
            *value = REDIRECT;
        }
    }
    let page = location(&server.authorize(Some(cookie), &request).await);
    query(&page, "continue").unwrap().split_once('?').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_front_end_answers_and_is_told_where_to_go() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let pending = oauth_query(&server, &cookie, &id).await;
    let denied = json!({"accept": false, "oauth_query": pending});
    let denied: Value = server.api("/oauth2/consent", Some(&cookie), denied).await.json().await.unwrap();
    let url = denied["url"].as_str().unwrap();
    assert_eq!((denied["redirect"].clone(), query(url, "error").as_deref()), (json!(true), Some("access_denied")));
    assert!(query(url, "state").is_some() && query(url, "iss").is_some());
    let wider = json!({"accept": true, "scope": "openid admin", "oauth_query": pending});
    let wider = server.api("/oauth2/consent", Some(&cookie), wider).await;
    assert_eq!(wider.status(), 400);
    assert_eq!(wider.json::<Value>().await.unwrap()["error"], "invalid_request");
    let accept = json!({"accept": true, "scope": "openid email", "oauth_query": pending});
    let accepted: Value = server.api("/oauth2/consent", Some(&cookie), accept).await.json().await.unwrap();
    let url = accepted["url"].as_str().unwrap();
    assert!(url.starts_with(REDIRECT) && query(url, "code").is_some(), "{url}");
    let stored = "select count(*) from auth.oauth_consent where scopes @> '{openid,email}' and cardinality(scopes) = 2";
    assert_eq!(server.count(stored).await, 1);
    let on = json!({"postLogin": true, "oauth_query": pending});
    let on: Value = server.api("/oauth2/continue", Some(&cookie), on).await.json().await.unwrap();
    assert!(on["url"].as_str().unwrap().contains("/consent?continue="), "the rest is still to be asked for: {on}");
}

#[tokio::test]
async fn a_request_that_we_did_not_sign_is_refused_before_anything_else() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let pending = oauth_query(&server, &cookie, &id).await;
    for bad in [pending.replace("openid", "admin"), "client_id=web".to_owned(), "interaction=1.x".to_owned()] {
        for cookie in [Some(cookie.as_str()), None] {
            let response = server.api("/oauth2/consent", cookie, json!({"accept": true, "oauth_query": bad})).await;
            assert_eq!(response.status(), 400);
            assert_eq!(response.json::<Value>().await.unwrap(), json!({"error": "invalid_signature"}));
        }
    }
    let missing = server.api("/oauth2/consent", Some(&cookie), json!({"accept": true})).await;
    assert_eq!(missing.status(), 400);
    let expected = json!({"error": "invalid_request", "error_description": "missing oauth query"});
    assert_eq!(missing.json::<Value>().await.unwrap(), expected);
    let anonymous = server.api("/oauth2/consent", None, json!({"accept": true, "oauth_query": pending})).await;
    assert_eq!(anonymous.status(), 401);
    let unclear = server.api("/oauth2/consent", Some(&cookie), json!({"oauth_query": pending})).await;
    assert_eq!(unclear.json::<Value>().await.unwrap()["code"], "VALIDATION_ERROR");
    assert_eq!(server.count("select count(*) from auth.oauth_consent").await, 0);
}

#[tokio::test]
async fn people_read_narrow_and_take_back_their_own_consents() {
    let server = Server::start().await;
    let (id, cookie) = setup(&server).await;
    let pending = oauth_query(&server, &cookie, &id).await;
    let accept = json!({"accept": true, "oauth_query": pending});
    assert_eq!(server.api("/oauth2/consent", Some(&cookie), accept).await.status(), 200);
    let list: Value = server.api_get("/oauth2/get-consents", Some(&cookie)).await.json().await.unwrap();
    assert_eq!((list.as_array().unwrap().len(), list[0]["clientId"].as_str()), (1, Some(id.as_str())));
    assert_eq!(list[0]["createdAt"].as_str().unwrap().len(), 24);
    let consent = list[0]["id"].as_str().unwrap();
    let eve = server.sign_up("eve@example.test").await;
    let path = format!("/oauth2/get-consent?id={consent}");
    assert_eq!(server.api_get(&path, Some(&cookie)).await.status(), 200);
    assert_eq!(server.api_get(&path, Some(&eve)).await.status(), 404);
    let change = |scopes: Value| json!({"id": consent, "update": {"scopes": scopes}});
    for (who, body, status) in [
        (&eve, change(json!(["openid"])), 404),
        (&cookie, change(json!(["openid", "admin"])), 400),
        (&cookie, change(json!([])), 400),
        (&cookie, change(json!("openid")), 400),
        (&cookie, json!({"id": consent}), 400),
        (&cookie, change(json!(["openid", "email"])), 200),
    ] {
        let response = server.api("/oauth2/update-consent", Some(who), body.clone()).await;
        assert_eq!(response.status().as_u16(), status, "{body}");
    }
    let unused = "select count(*) from auth.oauth_code where used_at is null";
    assert_eq!(server.count(unused).await, 0, "a code for more than is left is worth nothing");
    let body = json!({"id": consent});
    assert_eq!(server.api("/oauth2/delete-consent", Some(&eve), body.clone()).await.status(), 404);
    assert_eq!(server.api("/oauth2/delete-consent", Some(&cookie), body.clone()).await.status(), 200);
    assert_eq!(server.api("/oauth2/delete-consent", Some(&cookie), body).await.status(), 404);
    let events = "select count(*) from auth.auth_event_log where type = 'consent_revoked'";
    assert_eq!(server.count(events).await, 2);
}
