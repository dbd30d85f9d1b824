//! What must hold after a kill: the checks of [`crate::crash`].

use std::{path::Path, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use reqwest::StatusCode;
use serde_json::{Value, json};
use service::jwks::Verifier;

use crate::{
    crash::{NEW_PASSWORD, ROUNDS, at_callback, finish_linking, verify},
    process::Process,
    server::PASSWORD,
};

/// Either they are registered, or they can register.
pub async fn of_registration(server: &Process, email: &str, answer: Option<StatusCode>) {
    if server.signs_in(email, PASSWORD).await {
        return;
    }
    assert_ne!(answer, Some(StatusCode::OK), "{email} was told that they are registered");
    let body = json!({"name": "Ada", "email": email, "password": PASSWORD});
    assert_eq!(server.post("/sign-up/email", body).await, Some(StatusCode::OK), "{email} cannot register");
}

/// The link still works, and after it the address is proved.
pub async fn of_verification(server: &Process, email: &str, answer: Option<StatusCode>) {
    let proved = r#"select email_verified from auth."user" where email = $1"#;
    let proved = || async { sqlx::query_scalar::<_, bool>(proved).bind(email).fetch_one(&server.pool).await.unwrap() };
    let used = "select used_at is not null from auth.verification where email = $1 and purpose = 'verify-email'
                and token_hash = $2";
    let hash = digest(&SHA256, email.as_bytes());
    let used: bool = sqlx::query_scalar(used).bind(email).bind(hash.as_ref()).fetch_one(&server.pool).await.unwrap();
    assert_eq!(used, proved().await, "a used link without effect, or an effect without a link: {email}");
    assert!(used || answer != Some(StatusCode::OK));
    assert_eq!(verify(server, email).await, Some(StatusCode::OK));
    assert!(proved().await);
}

/// Either the new password counts, or the old one does and the link still works; never none, never both.
pub async fn of_reset(server: &Process, email: &str, answer: Option<StatusCode>) {
    let (old, new) = (server.signs_in(email, PASSWORD).await, server.signs_in(email, NEW_PASSWORD).await);
    assert_ne!(old, new, "{email}");
    if old {
        assert_ne!(answer, Some(StatusCode::OK), "{email} was told that the new password counts");
        let body = json!({"token": email, "newPassword": NEW_PASSWORD});
        assert_eq!(server.post("/reset-password", body).await, Some(StatusCode::OK), "{email}");
        assert!(server.signs_in(email, NEW_PASSWORD).await);
    }
}

/// The password counts, whichever of the two hashes is stored; after a sign-in it is the new one.
pub async fn of_rehash(server: &Process, email: &str, answer: Option<StatusCode>) {
    let renewed = r#"select password like '$argon2id$v=19$m=19456,t=2,p=1$%' from auth.account a
                     join auth."user" u on u.id = a.user_id where email = $1"#;
    let renewed =
        || async { sqlx::query_scalar::<_, bool>(renewed).bind(email).fetch_one(&server.pool).await.unwrap() };
    assert!(renewed().await || answer != Some(StatusCode::OK), "{email} is signed in, and the hash is the old one");
    assert!(server.signs_in(email, PASSWORD).await, "{email}");
    assert!(renewed().await, "{email}");
}

/// A token is signed by a key that is published.
pub async fn of_rotation(server: &Process, cookie: &str) {
    let request = server.http.get(format!("{}/api/auth/token", server.url)).header("cookie", cookie);
    let token: Value = request.send().await.unwrap().json().await.unwrap();
    let verifier = Verifier::new(&server.url, "intellistack", server.http.clone());
    verifier.verify(token["token"].as_str().unwrap()).await.unwrap();
}

/// Either it is linked, or it can be; once, and logged once.
pub async fn of_linking(server: &Process, cookie: &str, answer: Option<&str>, round: usize) {
    const LINKED: &str = "select count(*) from auth.account where provider_id = 'google'";
    let linked = server.count(LINKED).await;
    assert!(linked == 1 || answer != Some("/in"), "somebody was told that the account is linked");
    let callback = at_callback(server, cookie).await;
    assert_eq!(finish_linking(server, &callback).await.as_deref(), Some("/in"));
    assert_eq!(server.count(LINKED).await, 1);
    let events = server.count("select count(*) from auth.auth_event_log where type = 'account_linked'").await;
    assert_eq!(usize::try_from(events).unwrap(), round + 1, "each linking is logged exactly once");
}

/// When all is over.
pub async fn of_everything(server: &Process) {
    let halves = r#"select count(*) from auth."user" u
                    where not exists (select from auth.account a where a.user_id = u.id and a.password is not null)"#;
    assert_eq!(server.count(halves).await, 0, "people without a credential");
    let silent = r#"select count(*) from auth."user" u where email like 'new%' and not exists
                    (select from auth.verification v where v.user_id = u.id and v.purpose = 'verify-email')"#;
    assert_eq!(server.count(silent).await, 0, "registered, and no link was made");
    let unlogged = "select count(*) from auth.jwks where not exists (
                        select from auth.auth_event_log
                        where type = 'key_rotated' and details->>'kid' = jwks.id::text)";
    assert_eq!(server.count(unlogged).await, 0, "a key without its entry in the log");
    let scheduled = "select count(*) from auth.auth_event_log where type = 'key_rotated' and actor_id is null";
    assert!(server.count(scheduled).await > 0, "rotation on schedule never came to its end");
    no_mail_is_lost(server).await;
}

async fn no_mail_is_lost(server: &Process) {
    // Two minutes later the leases of the dead are over.
    let again = "update auth.mail_outbox set next_attempt = now() where sent_at is null";
    sqlx::query(again).execute(&server.pool).await.unwrap();
    for _ in 0..1200 {
        if server.count("select count(*) from auth.mail_outbox where sent_at is null").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let letters: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from auth.mail_outbox where not discard").fetch_all(&server.pool).await.unwrap();
    assert!(letters.len() >= ROUNDS, "a mail for each who registered");
    for id in letters {
        let file = server.mail.path().join(format!("{id}.eml"));
        assert!(Path::new(&file).exists(), "a mail was lost: {id}");
    }
}
