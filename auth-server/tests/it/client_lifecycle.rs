//! What a client's registration goes through, and what ends with it.

use serde_json::{Value, json};

use crate::{
    client_registration::{REDIRECT, admin, code, exchange, register},
    server::Server,
};

#[tokio::test]
async fn a_rotated_secret_is_the_only_one_and_each_change_is_logged_once() {
    let server = Server::start().await;
    let cookie = admin(&server, "ada@example.test").await;
    let client = register(&server, &cookie, json!({"redirect_uris": [REDIRECT]})).await;
    let id = client["client_id"].as_str().unwrap();
    let rotated = server.api("/oauth2/client/rotate-secret", Some(&cookie), json!({"client_id": id})).await;
    assert_eq!(rotated.headers()["cache-control"], "no-store");
    let rotated: Value = rotated.json().await.unwrap();
    assert_ne!(rotated["client_secret"], client["client_secret"]);
    let one = code(&server, &cookie, &client).await;
    assert_eq!(exchange(&server, &one, &client, "client_secret_basic").await.0, 401);
    assert_eq!(exchange(&server, &one, &rotated, "client_secret_basic").await.0, 200);
    let same = json!({"client_id": id, "update": {"skip_consent": null}});
    assert_eq!(server.api("/oauth2/update-client", Some(&cookie), same).await.status(), 200, "changes nothing");
    let update =
        json!({"client_id": id, "update": {"client_name": "Other", "logo_uri": "https://app.example.test/l.png"}});
    assert_eq!(server.api("/oauth2/update-client", Some(&cookie), update).await.status(), 200);
    let bad = json!({"client_id": id, "update": {"redirect_uris": ["http://evil.test/"]}});
    assert_eq!(server.api("/oauth2/update-client", Some(&cookie), bad).await.status(), 400);
    let other = json!({"client_id": id, "update": {"token_endpoint_auth_method": "none"}});
    assert_eq!(server.api("/oauth2/update-client", Some(&cookie), other).await.status(), 400);
    let deleted = server.api("/oauth2/delete-client", Some(&cookie), json!({"client_id": id})).await;
    assert_eq!((deleted.status().as_u16(), deleted.text().await.unwrap()), (200, "null".to_owned()));
    let log: Vec<String> = sqlx::query_scalar(
        "select type || ' ' || coalesce(details->>'changed', '') from auth.auth_event_log
         where client_id = $1 and type like 'client%' and actor_id is not null order by at, id",
    )
    .bind(id)
    .fetch_all(&server.pool)
    .await
    .unwrap();
    let expected = [
        "client_created ",
        "client_secret_rotated ",
        "client_updated [\"client_name\", \"logo_uri\"]",
        "client_deleted ",
    ];
    assert_eq!(log, expected);
}

#[tokio::test]
async fn what_a_client_was_given_ends_with_it() {
    let server = Server::start().await;
    let cookie = admin(&server, "ada@example.test").await;
    for end in ["disable", "narrow", "delete"] {
        let metadata = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none",
                              "scope": "openid offline_access"});
        let client = register(&server, &cookie, metadata).await;
        let id = client["client_id"].as_str().unwrap();
        let first = code(&server, &cookie, &client).await;
        let tokens = exchange(&server, &first, &client, "none").await.1;
        let unused = code(&server, &cookie, &client).await;
        let userinfo = async || {
            let request = server.get("/oauth2/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap());
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!(userinfo().await, 200);
        let (path, body) = match end {
            "disable" => ("/oauth2/update-client", json!({"client_id": id, "update": {"disabled": true}})),
            "narrow" => ("/oauth2/update-client", json!({"client_id": id, "update": {"scope": "openid"}})),
            _ => ("/oauth2/delete-client", json!({"client_id": id})),
        };
        assert_eq!(server.api(path, Some(&cookie), body).await.status(), 200);
        if end == "disable" {
            let on = json!({"client_id": id, "update": {"disabled": false}});
            assert_eq!(server.api("/oauth2/update-client", Some(&cookie), on).await.status(), 200);
        }
        assert_eq!(userinfo().await, 401, "{end}");
        assert_ne!(exchange(&server, &unused, &client, "none").await.0, 200, "{end}: a code");
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", id),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        let refreshed = server.post("/oauth2/token").form(&fields).send().await.unwrap();
        assert_eq!(refreshed.status(), 400, "{end}: a refresh token");
    }
}

#[tokio::test]
async fn admins_reach_every_client_but_the_configured_one() {
    let server = Server::start().await;
    let (ada, eve) = (admin(&server, "ada@example.test").await, admin(&server, "eve@example.test").await);
    let student = server.sign_up("sam@example.test").await;
    let metadata =
        json!({"redirect_uris": [REDIRECT], "scope": "openid admin", "skip_consent": true, "require_pkce": false});
    let path = "/admin/oauth-clients";
    assert_eq!(server.api(path, None, metadata.clone()).await.status(), 401);
    assert_eq!(server.api(path, Some(&student), metadata.clone()).await.status(), 403);
    assert_eq!(server.api_get(path, Some(&student)).await.status(), 403);
    let created = server.api(path, Some(&ada), metadata).await;
    assert_eq!((created.status().as_u16(), &created.headers()["cache-control"]), (201, &"no-store".parse().unwrap()));
    let client: Value = created.json().await.unwrap();
    assert_eq!((&client["skip_consent"], &client["require_pkce"]), (&json!(true), &json!(false)));
    let one = format!("{path}/{}", client["client_id"].as_str().unwrap());

    let list: Value = server.api_get(path, Some(&eve)).await.json().await.unwrap();
    assert_eq!(list["total"], 2, "the site's own is listed, too");
    assert!(!list.to_string().contains("client_secret\""), "{list}");
    let changed =
        server.api(&one, Some(&eve), json!({"client_name": "Other", "redirect_uris": ["http://evil.test/"]})).await;
    assert_eq!(changed.status(), 400);
    assert_eq!(changed.json::<Value>().await.unwrap()["code"], "INVALID_REDIRECT_URI");
    assert_eq!(server.api(&one, Some(&eve), json!({"client_name": "Other"})).await.status(), 200);
    let rotated: Value = server.api(&format!("{one}/rotate-secret"), Some(&eve), json!({})).await.json().await.unwrap();
    assert!(rotated["client_secret"].is_string() && rotated["client_secret"] != client["client_secret"]);
    for (path, body) in [("/web", json!({"disabled": true})), ("/web/rotate-secret", json!({}))] {
        let refused = server.api(&format!("/admin/oauth-clients{path}"), Some(&eve), body).await;
        assert_eq!(refused.status(), 409);
    }
    let delete = |path: String, origin: String| {
        let request = server.http.delete(format!("{}/api/auth{path}", server.url));
        let request = request.header("cookie", eve.clone()).header("origin", origin);
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(delete(one.clone(), "https://evil.test".to_owned()).await, 403);
    assert_eq!(delete(one.clone(), server.url.clone()).await, 200);
    assert_eq!(delete(one.clone(), server.url.clone()).await, 404);
    assert_eq!(server.api_get(&one, Some(&eve)).await.status(), 404);
}
