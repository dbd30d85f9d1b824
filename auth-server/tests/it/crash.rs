//! The process killed in the middle of everything (SIGKILL), twenty times: whoever was at it can go on, nothing that
//! was promised is lost, and nothing is half done.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::phc::PasswordHash};
use aws_lc_rs::digest::{SHA256, digest};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    aftermath,
    process::Process,
    server::{PASSWORD, location},
    social_browser::{state_cookie, wish},
};

pub const ROUNDS: usize = 20;
pub const NEW_PASSWORD: &str = "Better-Horse-8";
/// Who rotates the keys, and who links an account.
const ADMIN: &str = "admin@example.test";
const LINKER: &str = "ada@example.test";

/// A hash of the password, of this cost.
fn hash(memory: u32, passes: u32) -> String {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, 1, None).unwrap());
    let hash: PasswordHash = argon2.hash_password(PASSWORD.as_bytes()).unwrap();
    hash.to_string()
}

/// Somebody with this hash. By SQL: hashing for each would take longer than all the rest.
async fn person(process: &Process, email: &str, verified: bool, hash: &str) {
    let sql = r#"with person as (
                     insert into auth."user" (id, name, email, email_verified) values (gen_random_uuid(), 'Ada', $1, $2)
                     returning id)
                 insert into auth.account (id, user_id, provider_id, account_id, password)
                 select gen_random_uuid(), id, 'credential', id::text, $3 from person"#;
    sqlx::query(sql).bind(email).bind(verified).bind(hash).execute(&process.pool).await.unwrap();
}

/// A link of theirs, whose token is their address.
async fn mailed(process: &Process, email: &str, purpose: &str) {
    let sql = r#"insert into auth.verification (token_hash, purpose, user_id, email, expires_at)
                 select $1, $2, id, email, now() + interval '1 hour' from auth."user" where email = $3"#;
    let hash = digest(&SHA256, email.as_bytes());
    sqlx::query(sql).bind(hash.as_ref()).bind(purpose).bind(email).execute(&process.pool).await.unwrap();
}

/// Opens a verification link.
pub async fn verify(process: &Process, token: &str) -> Option<StatusCode> {
    let request = process.http.get(format!("{}/api/auth/verify-email?token={token}", process.url));
    request.send().await.ok().map(|response| response.status())
}

/// A linking that has come back from the provider: the callback's address, and the cookies that go with it.
pub async fn at_callback(process: &Process, session: &str) -> (String, String) {
    let response = process.post_as(Some(session), "/link-social", wish("google")).await.unwrap();
    let state = state_cookie(&response).unwrap();
    let url = response.json::<Value>().await.unwrap()["url"].as_str().unwrap().to_owned();
    let back = process.http.get(url).send().await.unwrap();
    (location(&back), format!("{state}; {session}"))
}

/// The browser's way back into the account: where it leads, unless the process died first.
pub async fn finish_linking(process: &Process, (callback, cookies): &(String, String)) -> Option<String> {
    let response = process.http.get(callback).header("cookie", cookies).send().await.ok()?;
    Some(location(&response))
}

/// A repeatable sequence (Knuth's multiplicative generator): when to strike, in milliseconds after the requests.
fn strike(round: usize) -> Duration {
    let random = (round as u64 + 1).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    Duration::from_millis((random >> 33) % 220)
}

/// Due for rotation at every start.
async fn age_keys(process: &Process) {
    let old = "update auth.jwks set created_at = created_at - interval '400 days',
                      activates_at = activates_at - interval '400 days' where expires_at is null";
    sqlx::query(old).execute(&process.pool).await.unwrap();
}

fn status(answer: Option<&Response>) -> Option<StatusCode> {
    answer.map(Response::status)
}

#[tokio::test]
async fn whoever_was_interrupted_by_a_kill_can_go_on() {
    let server = Process::prepare().await;
    let mut child = server.start().await;
    let (new_hash, old_hash) = (hash(19 * 1024, 2), hash(8 * 1024, 1));
    person(&server, ADMIN, true, &new_hash).await;
    person(&server, LINKER, true, &new_hash).await;
    let promote = r#"update auth."user" set role = 'admin' where email = $1"#;
    sqlx::query(promote).bind(ADMIN).execute(&server.pool).await.unwrap();
    let (admin, linker) = (server.sign_in(ADMIN, PASSWORD).await, server.sign_in(LINKER, PASSWORD).await);
    let mut interrupted = 0;
    for round in 0..ROUNDS {
        let name = |what: &str| format!("{what}{round}@example.test");
        let (new, unproved, forgetful, older) = (name("new"), name("unproved"), name("forgetful"), name("older"));
        for (email, hash) in [(&unproved, &new_hash), (&forgetful, &new_hash), (&older, &old_hash)] {
            person(&server, email, false, hash).await;
        }
        mailed(&server, &unproved, "verify-email").await;
        mailed(&server, &forgetful, "reset-password").await;
        sqlx::query("delete from auth.account where provider_id = 'google'").execute(&server.pool).await.unwrap();
        let callback = at_callback(&server, &linker).await;
        age_keys(&server).await;
        let (registered, verified, reset, signed_in, rotated, linked, _, ()) = tokio::join!(
            server.post("/sign-up/email", json!({"name": "Ada", "email": new, "password": PASSWORD})),
            verify(&server, &unproved),
            server.post("/reset-password", json!({"token": forgetful, "newPassword": NEW_PASSWORD})),
            server.post("/sign-in/email", json!({"email": older, "password": PASSWORD})),
            server.post_as(Some(&admin), "/admin/keys/rotate", json!({"now": true})),
            finish_linking(&server, &callback),
            server.post("/request-password-reset", json!({"email": unproved})),
            async {
                tokio::time::sleep(strike(round)).await;
                child.kill().unwrap();
                child.wait().unwrap();
            }
        );
        let answers = [registered, verified, reset, signed_in, status(rotated.as_ref())];
        interrupted += answers.iter().filter(|answer| answer.is_none()).count() + usize::from(linked.is_none());
        child = server.start().await;
        aftermath::of_registration(&server, &new, registered).await;
        aftermath::of_verification(&server, &unproved, verified).await;
        aftermath::of_reset(&server, &forgetful, reset).await;
        aftermath::of_rehash(&server, &older, signed_in).await;
        aftermath::of_rotation(&server, &admin).await;
        aftermath::of_linking(&server, &linker, linked.as_deref(), round).await;
    }
    println!("{interrupted} of {} requests were interrupted", 6 * ROUNDS);
    assert!(interrupted > ROUNDS / 2, "the blows miss: {interrupted}");
    let rotated = server.post_as(Some(&admin), "/admin/keys/rotate", json!({"now": true})).await;
    assert_eq!(status(rotated.as_ref()), Some(StatusCode::OK));
    aftermath::of_everything(&server).await;
    child.kill().unwrap();
    child.wait().unwrap();
}
