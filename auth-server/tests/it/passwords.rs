//! Hashes of an older kind, and bans that ran out: what a sign-in puts right.

use std::time::Instant;

use serde_json::{Value, json};

use crate::server::{PASSWORD, Server};

async fn store(server: &Server, hash: &str) {
    sqlx::query("update auth.account set password = $1").bind(hash).execute(&server.pool).await.unwrap();
}

async fn stored(server: &Server) -> String {
    sqlx::query_scalar("select password from auth.account").fetch_one(&server.pool).await.unwrap()
}

fn legacy(password: &str) -> String {
    bcrypt::hash_with_salt(password, 5, [7; 16]).unwrap().format_for_version(bcrypt::Version::TwoB)
}

async fn sign_in(server: &Server, password: &str) -> reqwest::Response {
    server.api("/sign-in/email", None, json!({"email": "ada@example.test", "password": password})).await
}

#[tokio::test]
async fn a_legacy_hash_lets_its_owner_in_and_becomes_a_new_one() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let decomposed = "Pa\u{308}ssword-2026";
    store(&server, &legacy(decomposed)).await;
    assert_eq!(sign_in(&server, "P\u{e4}ssword-2026").await.status(), 401, "bytes as typed");
    assert_eq!(sign_in(&server, decomposed).await.status(), 200);
    assert!(stored(&server).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(sign_in(&server, "P\u{e4}ssword-2026").await.status(), 200, "any spelling from now on");
    assert_eq!(server.count("select count(*) from auth.session").await, 3);
}

#[tokio::test]
async fn many_sign_ins_at_once_with_a_legacy_hash_all_come_in() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    store(&server, &legacy(PASSWORD)).await;
    for response in futures_util::future::join_all((0..30).map(|_| sign_in(&server, PASSWORD))).await {
        assert_eq!(response.status(), 200);
    }
    assert!(stored(&server).await.starts_with("$argon2id$"));
}

#[tokio::test]
async fn a_hash_of_other_parameters_becomes_a_new_one() {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::phc::PasswordHash};
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
    let hash: PasswordHash = cheap.hash_password(PASSWORD.as_bytes()).unwrap();
    store(&server, &hash.to_string()).await;
    assert_eq!(sign_in(&server, "Wrong-Horse-77").await.status(), 401);
    assert_eq!(stored(&server).await, hash.to_string(), "a wrong password changes nothing");
    assert_eq!(sign_in(&server, PASSWORD).await.status(), 200);
    let renewed = stored(&server).await;
    assert!(renewed.contains("m=19456,t=2,p=1"), "{renewed}");
    assert_eq!(sign_in(&server, PASSWORD).await.status(), 200);
    assert_eq!(stored(&server).await, renewed);
}

#[tokio::test]
async fn while_a_legacy_hash_is_left_every_refusal_takes_the_same_time() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    store(&server, &legacy(PASSWORD)).await;
    for email in ["ada@example.test", "nobody@example.test"] {
        for status in [401, 401, 401, 401, 401, 403] {
            let start = Instant::now();
            let body = json!({"email": email, "password": "Wrong-Horse-77"});
            assert_eq!(server.api("/sign-in/email", None, body).await.status(), status);
            assert!(start.elapsed().as_millis() >= 500, "{email} {status}: {:?}", start.elapsed());
        }
    }
}

#[tokio::test]
async fn a_ban_that_ran_out_is_cleared_by_the_next_sign_in() {
    let server = Server::start().await;
    server.sign_up("ada@example.test").await;
    server
        .sql(r#"update auth."user" set banned = true, ban_reason = 'spam', ban_expires = now() + interval '1 hour'"#)
        .await;
    assert_eq!(sign_in(&server, PASSWORD).await.status(), 403);
    server.sql(r#"update auth."user" set ban_expires = now() - interval '1 second'"#).await;
    for _ in 0..2 {
        let user: Value = sign_in(&server, PASSWORD).await.json().await.unwrap();
        assert_eq!((&user["user"]["banned"], &user["user"]["banReason"]), (&json!(false), &json!(null)));
    }
    let cleared = r#"select count(*) from auth."user" where not banned and ban_reason is null and ban_expires is null"#;
    assert_eq!(server.count(cleared).await, 1);
    let logged = "select count(*) from auth.auth_event_log where type = 'user_unbanned' and reason = 'expired'";
    assert_eq!(server.count(logged).await, 1);
}

#[tokio::test]
async fn the_operator_decides_what_a_password_must_have() {
    let rules =
        [("PASSWORD_MIN_LENGTH", "8"), ("PASSWORD_REQUIRE_UPPER", "false"), ("PASSWORD_REQUIRE_SPECIAL", "false")];
    let server = Server::start_with(&rules).await;
    let mut codes = Vec::new();
    for password in ["v3rbatim", "v3rbati", "VERBATIM3", "verbatims"] {
        let body = json!({"name": "Ada", "email": "ada@example.test", "password": password});
        let answer: Value = server.api("/sign-up/email", None, body).await.json().await.unwrap();
        codes.push(answer["code"].as_str().map(str::to_owned));
    }
    let codes: Vec<_> = codes.iter().map(Option::as_deref).collect();
    let weak = Some("PASSWORD_TOO_WEAK");
    assert_eq!(codes, [None, Some("PASSWORD_TOO_SHORT"), weak, weak], "no lower case, no digit");
}
