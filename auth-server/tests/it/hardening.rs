//! Keys at rest, replicas, the operator's functions, configuration.

use auth_server::{Config, SeedAccount, ensure_account, keys::seal::Sealer};
use oauth::Role;
use serde_json::{Value, json};
use service::{Env, Secret, jwks::Verifier};
use uuid::Uuid;

use crate::server::{PASSWORD, Server};

#[tokio::test]
async fn private_keys_are_sealed_at_rest() {
    let server = Server::start().await;
    let sealed: Vec<u8> =
        sqlx::query_scalar("select private_sealed from auth.jwks").fetch_one(&server.pool).await.unwrap();
    // A PKCS#8 RSA key holds this object identifier.
    let rsa_encryption = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    assert!(!sealed.windows(rsa_encryption.len()).any(|window| window == rsa_encryption));
    let public: Value = sqlx::query_scalar("select public_jwk from auth.jwks").fetch_one(&server.pool).await.unwrap();
    assert!(public.get("d").is_none() && public.get("p").is_none());
}

#[tokio::test]
async fn replicas_share_the_keys() {
    let server = Server::start().await;
    let pool = &server.pool;
    server.sql("delete from auth.jwks").await;
    let sealer = Sealer::new(&Secret::new(crate::server::AUTH_SECRET));
    let both =
        tokio::join!(auth_server::ensure_signing_key(pool, &sealer), auth_server::ensure_signing_key(pool, &sealer));
    assert!(both.0.is_ok() && both.1.is_ok());
    let keys: i64 = sqlx::query_scalar("select count(*) from auth.jwks").fetch_one(pool).await.unwrap();
    assert_eq!(keys, 1);
    let (one, two) = (server.replica().await, server.replica().await);
    let jwks = |url: String| {
        let request = server.http.get(format!("{url}/.well-known/jwks.json"));
        async { request.send().await.unwrap().text().await.unwrap() }
    };
    assert_eq!(jwks(one).await, jwks(two).await);
}

#[tokio::test]
async fn a_replica_that_waited_for_another_to_make_the_key_makes_none() {
    let server = Server::start().await;
    server.sql("delete from auth.jwks").await;
    let sealer = Sealer::new(&Secret::new(crate::server::AUTH_SECRET));
    // Its transaction has begun, and with it its `now()`, before the other one makes the key.
    let options = server.pool.connect_options().as_ref().clone();
    let late = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query("begin").execute(&late).await.unwrap();
    auth_server::ensure_signing_key(&server.pool, &sealer).await.unwrap();
    auth_server::ensure_signing_key(&late, &sealer).await.unwrap();
    let keys: i64 = sqlx::query_scalar("select count(*) from auth.jwks").fetch_one(&server.pool).await.unwrap();
    assert_eq!(keys, 1);
}

#[tokio::test]
async fn another_secret_is_told_at_start() {
    let server = Server::start().await;
    let sealer = Sealer::new(&Secret::new("another"));
    let error = auth_server::keys::store::load(&server.pool, &sealer).await.err().unwrap();
    assert!(error.to_string().contains("AUTH_SECRET"), "{error}");
}

#[tokio::test]
async fn seeding_twice_makes_one_account_and_keeps_its_password() {
    let server = Server::start().await;
    let account = |password: &str| SeedAccount {
        name: "Admin".into(),
        email: "admin@example.com".into(),
        password: password.into(),
        role: Role::Admin,
        verified: true,
    };
    let first = ensure_account(&server.pool, &account(PASSWORD)).await.unwrap();
    assert_eq!(ensure_account(&server.pool, &account("Another-Horse-9")).await.unwrap(), first);
    let body = json!({"email": "admin@example.com", "password": PASSWORD});
    let user: Value = server.api("/sign-in/email", None, body).await.json().await.unwrap();
    assert_eq!((&user["user"]["role"], &user["user"]["emailVerified"]), (&json!("admin"), &json!(true)));
}

#[tokio::test]
async fn signing_out_everywhere_makes_older_tokens_stale() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let mut listener = sqlx::postgres::PgListener::connect_with(&server.pool).await.unwrap();
    listener.listen("auth_token_epoch").await.unwrap();
    assert_eq!(server.api("/revoke-sessions", Some(&cookie), json!({})).await.status(), 200);
    let (id, epoch): (Uuid, i32) =
        sqlx::query_as(r#"select id, token_epoch from auth."user""#).fetch_one(&server.pool).await.unwrap();
    assert_eq!(epoch, 1);
    assert_eq!(listener.recv().await.unwrap().payload(), format!("{id} 1"));
}

#[tokio::test]
async fn tokens_outlive_the_server_that_signed_them() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let tokens = server.tokens(&cookie).await;
    let verifier = Verifier::new(&server.url, "intellistack", server.http.clone());
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    verifier.verify(&token).await.unwrap();
    drop(server);
    verifier.verify(&token).await.unwrap();
}

#[tokio::test]
async fn it_is_alive_and_ready() {
    let server = Server::start().await;
    assert_eq!(server.get("/livez").send().await.unwrap().status(), 200);
    assert_eq!(server.get("/readyz").send().await.unwrap().status(), 200);
    assert_eq!(server.api_get("/ok", None).await.json::<Value>().await.unwrap(), json!({"ok": true}));
}

#[tokio::test]
async fn a_database_that_shuts_down_is_a_reason_to_come_again() {
    let server = Server::start().await;
    for (state, temporary) in [("57P01", true), ("40P01", true), ("53300", true), ("22012", false)] {
        let sql = format!("do $$ begin raise exception using errcode = '{state}', message = 'x'; end $$");
        let error = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&server.pool).await.unwrap_err();
        assert_eq!(auth_server::error::Failure::from(error).is_temporary(), temporary, "{state}");
    }
}

#[test]
fn production_wants_strong_secrets_and_a_way_for_mail() {
    let mut env = Env::from_pairs([("DATABASE_URL", "postgres://x"), ("AUTH_SECRET", "weak")]);
    let config = Config::read(&mut env);
    let error = env.finish(config).unwrap_err().to_string();
    for name in ["AUTH_SECRET", "WEB_CLIENT_SECRET", "SMTP_URL"] {
        assert!(error.contains(name), "{error}");
    }
}
