//! Clients, and what people allow them.

use serde_json::{Value, json};

use super::Log;
use crate::{
    client_registration::{REDIRECT, admin, register},
    consent, consent_api,
    server::Server,
};

#[tokio::test]
async fn registering_changing_and_removing_clients() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let mut log = Log::of(&server).await;
    let client = register(&server, &root, json!({"redirect_uris": [REDIRECT], "client_name": "Robot"})).await;
    let created = log.expect("create", &["client_created"]).await;
    assert!(created[0]["client_id"] == client["client_id"] && !created[0]["actor_id"].is_null(), "{created:?}");
    let id = json!({"client_id": client["client_id"]});
    let rename = json!({"client_id": client["client_id"], "update": {"client_name": "Other"}});
    log.post(&root, "/oauth2/update-client", rename.clone(), 200, &["client_updated"]).await;
    log.post(&root, "/oauth2/update-client", rename, 200, &[]).await;
    log.post(&root, "/oauth2/client/rotate-secret", id.clone(), 200, &["client_secret_rotated"]).await;
    log.post(&root, "/oauth2/delete-client", id.clone(), 200, &["client_deleted"]).await;
    log.post(&root, "/oauth2/delete-client", id, 404, &[]).await;
}

#[tokio::test]
async fn consents_by_the_api() {
    let server = Server::start().await;
    let (id, ada) = consent_api::setup(&server).await;
    let pending = consent_api::oauth_query(&server, &ada, &id).await;
    let mut log = Log::of(&server).await;
    let answer = |accept: bool| json!({"accept": accept, "oauth_query": pending});
    log.post(&ada, "/oauth2/consent", answer(false), 200, &["consent_revoked denied"]).await;
    log.post(&ada, "/oauth2/consent", answer(true), 200, &["consent_granted"]).await;
    log.post(&ada, "/oauth2/consent", answer(true), 200, &[]).await;
    let list: Value = server.api_get("/oauth2/get-consents", Some(&ada)).await.json().await.unwrap();
    let consent = &list[0]["id"];
    let less = json!({"id": consent, "update": {"scopes": ["openid"]}});
    log.post(&ada, "/oauth2/update-consent", less.clone(), 200, &["consent_revoked"]).await;
    log.post(&ada, "/oauth2/update-consent", less, 200, &[]).await;
    log.post(&ada, "/oauth2/delete-consent", json!({"id": consent}), 200, &["consent_revoked"]).await;
    log.post(&ada, "/oauth2/delete-consent", json!({"id": consent}), 404, &[]).await;
}

#[tokio::test]
async fn consents_by_the_pages() {
    let server = Server::start().await;
    let (id, ada) = consent::setup(&server).await;
    let page = consent::ask(&server, &ada, &id, "openid email", &[]).await;
    let mut log = Log::of(&server).await;
    consent::answer(&server, &ada, &page, "deny", &[]).await;
    log.expect("no", &["consent_revoked denied"]).await;
    let page = consent::ask(&server, &ada, &id, "openid email", &[]).await;
    consent::answer(&server, &ada, &page, "allow", &["email"]).await;
    log.expect("yes", &["consent_granted"]).await;
    let list: Value = server.api_get("/oauth2/get-consents", Some(&ada)).await.json().await.unwrap();
    let consent = list[0]["id"].as_str().unwrap();
    log.form(&ada, "/account/take-back-consent", &[("consent", consent)], 303, &["consent_revoked"]).await;
}
