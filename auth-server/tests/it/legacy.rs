//! People who came from the legacy platform: their sign-in, their first mail, their carried session, what they earned.

use aws_lc_rs::digest::{SHA256, digest};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use uuid::Uuid;

use crate::{
    server::{Server, session_cookie},
    social_browser::Social,
};

const SECRET: &str = "the-secret-of-the-legacy-platform";
/// Of `Correct-Horse-1`, as that platform made it.
const HASH: &str = "$2b$12$n7Ms9pKEyUHFuZqUMflVveRwU9KqZbUW6uOlO1wx5xSR.HRddzA/i";
const OLD: &str = "Correct-Horse-1";

async fn person(server: &Server, email: &str, verified: bool) -> Uuid {
    let id = Uuid::now_v7();
    sqlx::query(r#"insert into auth."user" (id, name, email, email_verified) values ($1, 'Zoë', $2, $3)"#)
        .bind(id)
        .bind(email)
        .bind(verified)
        .execute(&server.pool)
        .await
        .unwrap();
    sqlx::query(
        "insert into auth.account (id, user_id, provider_id, account_id, password) values ($1, $2, 'credential', $3, $4)",
    )
    .bind(Uuid::now_v7())
    .bind(id)
    .bind(id.to_string())
    .bind(HASH)
    .execute(&server.pool)
    .await
    .unwrap();
    id
}

async fn sign_in(server: &Server, email: &str) -> reqwest::Response {
    server.api("/sign-in/email", None, json!({"email": email, "password": OLD})).await
}

async fn mails(server: &Server) -> i64 {
    sqlx::query_scalar("select count(*) from auth.mail_outbox where not discard").fetch_one(&server.pool).await.unwrap()
}

#[tokio::test]
async fn an_unverified_person_gets_a_verification_mail_at_their_first_sign_in_alone() {
    let server = Server::start().await;
    let id = person(&server, "zoe@x.test", false).await;
    assert_eq!(sign_in(&server, "zoe@x.test").await.status(), 200);
    assert_eq!(mails(&server).await, 1);
    let hash: String = sqlx::query_scalar("select password from auth.account where user_id = $1")
        .bind(id)
        .fetch_one(&server.pool)
        .await
        .unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    assert_eq!(sign_in(&server, "zoe@x.test").await.status(), 200);
    assert_eq!(mails(&server).await, 1, "the first sign-in alone");
    person(&server, "verified@x.test", true).await;
    assert_eq!(sign_in(&server, "verified@x.test").await.status(), 200);
    assert_eq!(mails(&server).await, 1, "who is verified gets none");
}

#[tokio::test]
async fn addresses_that_nobody_registers_with_any_more_sign_in_in_any_spelling() {
    let server = Server::start().await;
    person(&server, "zo\u{eb}.\u{e5}kesson@m\u{fc}nchen.x.test", true).await;
    for spelling in ["zo\u{eb}.\u{c5}kesson@m\u{fc}nchen.x.test", " ZOe\u{308}.A\u{30a}kesson@M\u{dc}NCHEN.x.test "] {
        let response = sign_in(&server, spelling).await;
        assert_eq!(response.status(), 200, "{spelling}: {}", response.text().await.unwrap());
    }
    let body = json!({"name": "Other", "email": "zo\u{eb}@x.test", "password": "Correct-Horse-7"});
    assert_eq!(server.api("/sign-up/email", None, body).await.status(), 400, "new accounts stay plain");
}

/// A session as the migration carries it; gives the old cookie.
async fn carried(server: &Server, user: Uuid, name: &str) -> String {
    let token_hash = digest(&SHA256, format!("legacy:{name}").as_bytes());
    sqlx::query(
        "insert into auth.session (id, token_hash, user_id, expires_at) values ($1, $2, $3, now() + interval '1 day')",
    )
    .bind(Uuid::now_v7())
    .bind(token_hash.as_ref())
    .bind(user)
    .execute(&server.pool)
    .await
    .unwrap();
    let claims =
        json!({"sub": user, "userId": user, "sessionId": name, "type": "session", "iat": 1, "exp": 4_000_000_000_u64});
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    format!("intellistack.session={}", encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap())
}

#[tokio::test]
async fn the_old_cookie_is_exchanged_once_for_a_session() {
    let server = Server::start_with(&[("LEGACY_AUTH_SECRET", SECRET)]).await;
    let user = person(&server, "zoe@x.test", true).await;
    let old = carried(&server, user, "a3a1d2f0-5b7e-4c33-9a55-2f0e6d1b7c01").await;
    let response = server.get("/account?done=profile").header("cookie", &old).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["location"].to_str().unwrap()),
        (303, "/account?done=profile")
    );
    let emptied = response
        .headers()
        .get_all("set-cookie")
        .iter()
        .any(|line| line.to_str().unwrap().starts_with("intellistack.session=; Max-Age=0"));
    assert!(emptied);
    let cookie = session_cookie(&response).unwrap();
    let session: serde_json::Value = server.api_get("/get-session", Some(&cookie)).await.json().await.unwrap();
    assert_eq!(session["user"]["email"], "zoe@x.test");
    let again = server.get("/account").header("cookie", &old).send().await.unwrap();
    assert!(session_cookie(&again).is_none(), "the old cookie is used up");
}

#[tokio::test]
async fn a_forged_cookie_or_a_banned_person_gets_no_session() {
    let server = Server::start_with(&[("LEGACY_AUTH_SECRET", SECRET)]).await;
    let user = person(&server, "zoe@x.test", true).await;
    let old = carried(&server, user, "one").await;
    let forged = format!("{}x", old.trim_end_matches(|c: char| c != '.'));
    let response = server.get("/account").header("cookie", forged).send().await.unwrap();
    assert!(session_cookie(&response).is_none());
    sqlx::query(r#"update auth."user" set banned = true where id = $1"#)
        .bind(user)
        .execute(&server.pool)
        .await
        .unwrap();
    let response = server.get("/account").header("cookie", &old).send().await.unwrap();
    assert!(session_cookie(&response).is_none());
    let without = Server::start().await;
    let user = person(&without, "zoe@x.test", true).await;
    let old = carried(&without, user, "one").await;
    let response = without.get("/account").header("cookie", &old).send().await.unwrap();
    assert!(session_cookie(&response).is_none(), "without the secret there is no exchange");
}

#[tokio::test]
async fn the_account_page_shows_what_was_earned_before() {
    let server = Server::start().await;
    let cookie = server.sign_up("zoe@x.test").await;
    let page =
        || async { server.get("/account").header("cookie", &cookie).send().await.unwrap().text().await.unwrap() };
    assert!(!page().await.contains("Earned before"));
    sqlx::raw_sql(
        r#"insert into auth.legacy_archive (source_table, source_key, user_id, content)
           select 'user_badges', n::text, id, '{"badge": "First <robot>", "awarded_at": "2026-01-13T08:00:00+00:00"}'
           from auth."user", generate_series(1, 2) n;
           insert into auth.legacy_archive (source_table, source_key, user_id, content)
           select 'certificates', '1', id, '{"certificate_number": "C-7", "issued_at": "2026-02-12T08:00:00+00:00"}'
           from auth."user""#,
    )
    .execute(&server.pool)
    .await
    .unwrap();
    let page = page().await;
    assert!(page.contains("Earned before") && page.contains("Certificate C-7"), "{page}");
    assert_eq!(page.matches("First &lt;robot&gt;").count(), 1, "given twice, shown once and escaped");
    let export: serde_json::Value = server.api_get("/export-data", Some(&cookie)).await.json().await.unwrap();
    assert_eq!(export["formerPlatform"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_link_that_came_along_signs_in() {
    let social = Social::start().await;
    for (provider, profile) in [("google", "1815"), ("github", "1815")] {
        let id = person(&social.server, &format!("{provider}@x.test"), true).await;
        sqlx::query("insert into auth.account (id, user_id, provider_id, account_id) values ($1, $2, $3, $4)")
            .bind(Uuid::now_v7())
            .bind(id)
            .bind(provider)
            .bind(profile)
            .execute(&social.server.pool)
            .await
            .unwrap();
        let (_, cookie) = social.sign_in(provider).await;
        assert_eq!(social.user(&cookie.unwrap()).await["id"], id.to_string(), "{provider}");
    }
}

#[tokio::test]
async fn an_unverified_person_who_comes_by_a_link_first_gets_the_mail_too() {
    let social = Social::start().await;
    let id = person(&social.server, "zoe@x.test", false).await;
    sqlx::query("insert into auth.account (id, user_id, provider_id, account_id) values ($1, $2, 'github', '1815')")
        .bind(Uuid::now_v7())
        .bind(id)
        .execute(&social.server.pool)
        .await
        .unwrap();
    // What they did on the old platform came along, too, and is no sign-in here.
    sqlx::query(
        r#"insert into auth.auth_event_log (id, type, user_id, details, ip_address, user_agent)
           values ($1, 'sign_in', $2, '{"source": "legacy.login_attempts"}', 'unknown', '')"#,
    )
    .bind(Uuid::now_v7())
    .bind(id)
    .execute(&social.server.pool)
    .await
    .unwrap();
    for _ in 0..2 {
        let (_, cookie) = social.sign_in("github").await;
        let user = social.user(&cookie.unwrap()).await;
        assert_eq!((&user["id"], &user["emailVerified"]), (&json!(id), &json!(false)));
        assert_eq!(mails(&social.server).await, 1, "at the first sign-in alone");
    }
    let to: String =
        sqlx::query_scalar("select email from auth.verification").fetch_one(&social.server.pool).await.unwrap();
    assert_eq!(to, "zoe@x.test", "not where the provider says");
}
