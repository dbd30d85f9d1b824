//! Rotating signing keys, and changing AUTH_SECRET.

use std::time::{Duration, Instant};

use auth_server::{
    keys::{
        reseal::reseal,
        rotate::{self, By, KeyStatus},
        schedule,
        seal::Sealer,
        store,
    },
    request::Caller,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use service::{Secret, jwks::Verifier};
use uuid::Uuid;

use crate::server::{AUTH_SECRET, PASSWORD, Server};

const NEW_SECRET: &str = "p8Xw2Qe5Rt7Yu9Io1Pa3Sd6Fg4Hj0Kl-new";

fn sealer() -> Sealer {
    Sealer::new(&Secret::new(AUTH_SECRET))
}

/// A token of the session, from one replica.
async fn token(server: &Server, replica: &str, cookie: &str) -> String {
    let request = server.http.get(format!("{replica}/api/auth/token")).header("cookie", cookie);
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    body["token"].as_str().unwrap().to_owned()
}

fn kid(token: &str) -> Uuid {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().parse().unwrap()
}

async fn userinfo(server: &Server, replica: &str, token: &str) -> u16 {
    let request = server.http.get(format!("{replica}/oauth2/userinfo")).bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

async fn published(server: &Server) -> Vec<String> {
    let set: Value = server.get("/.well-known/jwks.json").send().await.unwrap().json().await.unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Until every replica has read the keys again, as it is told to.
async fn until_told() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}

#[tokio::test]
async fn a_rotation_under_load_fails_no_verification() {
    let server = Server::start().await;
    let twin = server.twin().await;
    let cookie = server.sign_up("ada@example.test").await;
    let verifiers = [0, 1].map(|_| Verifier::new(&server.url, "intellistack", reqwest::Client::new()));
    let first = token(&server, &server.url, &cookie).await;
    for verifier in &verifiers {
        verifier.verify(&first).await.unwrap();
    }

    // Longer than a verifier's pause between two fetches, as the real time ahead is.
    let ahead = TimeDelta::seconds(12);
    let caller = Caller::inside("test");
    let by = By { caller: &caller, actor: None };
    let next = rotate::rotate(&server.pool, &sealer(), ahead, by).await.unwrap();
    assert_eq!(rotate::rotate(&server.pool, &sealer(), ahead, by).await.unwrap(), next, "one waits already");

    let start = Instant::now();
    let (mut rounds, mut signed_by_next) = (0, [0, 0]);
    let over =
        |signed: [u32; 2]| start.elapsed() > Duration::from_secs(13) && signed.into_iter().all(|count| count > 0);
    while !over(signed_by_next) && start.elapsed() < Duration::from_secs(60) {
        for (at, replica) in [&server.url, &twin].into_iter().enumerate() {
            let token = token(&server, replica, &cookie).await;
            signed_by_next[at] += u32::from(kid(&token) == next);
            for verifier in &verifiers {
                verifier.verify(&token).await.unwrap_or_else(|error| panic!("after {:?}: {error}", start.elapsed()));
            }
            for replica in [&server.url, &twin] {
                assert_eq!(userinfo(&server, replica, &token).await, 200);
            }
        }
        rounds += 1;
        // A load, and yet a machine that can also run other tests.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(rounds > 5 && signed_by_next.into_iter().all(|count| count > 0), "{rounds} {signed_by_next:?}");
    assert_ne!(kid(&token(&server, &twin, &cookie).await), kid(&first));
    verifiers[0].verify(&first).await.unwrap();
    assert_eq!(published(&server).await.len(), 2);
    let left = server
        .count(
            "select extract(epoch from old.expires_at - new.activates_at)::bigint
             from auth.jwks old, auth.jwks new where old.expires_at is not null and new.expires_at is null",
        )
        .await;
    assert!(left > 6 * 3600, "published until its last token has expired: {left} s");
}

#[tokio::test]
async fn a_superseded_key_is_erased_first_and_unpublished_later() {
    let server = Server::start().await;
    let caller = Caller::inside("test");
    let by = By { caller: &caller, actor: None };
    rotate::rotate_now(&server.pool, &sealer(), by).await.unwrap();
    schedule::tend(&server.pool, &sealer(), None).await.unwrap();
    assert_eq!(server.count("select count(*) from auth.jwks where private_sealed is null").await, 0, "too early");
    server.sql("update auth.jwks set activates_at = activates_at - interval '2 hours'").await;
    for _ in 0..2 {
        schedule::tend(&server.pool, &sealer(), None).await.unwrap();
    }
    assert_eq!(server.count("select count(*) from auth.jwks where private_sealed is null").await, 1);
    assert_eq!(server.count("select count(*) from auth.auth_event_log where type = 'key_retired'").await, 1);
    let statuses = |keys: Vec<rotate::KeyInfo>| keys.into_iter().map(|key| key.status).collect::<Vec<_>>();
    let keys = rotate::list(&server.pool).await.unwrap();
    assert_eq!(statuses(keys), [KeyStatus::Signing, KeyStatus::Superseded]);
    server.sql("update auth.jwks set expires_at = now() where expires_at is not null").await;
    let keys = rotate::list(&server.pool).await.unwrap();
    assert_eq!(statuses(keys), [KeyStatus::Signing, KeyStatus::Retired]);
    assert_eq!(store::load(&server.pool, &sealer()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_schedule_rotates_an_old_key_once_over_all_replicas() {
    let server = Server::start().await;
    let sealer = sealer();
    let age = Some(TimeDelta::days(90));
    schedule::tend(&server.pool, &sealer, age).await.unwrap();
    assert_eq!(server.count("select count(*) from auth.jwks").await, 1, "young");
    server.sql("update auth.jwks set activates_at = now() - interval '91 days'").await;
    let all = tokio::join!(
        schedule::tend(&server.pool, &sealer, age),
        schedule::tend(&server.pool, &sealer, age),
        schedule::tend(&server.pool, &sealer, age)
    );
    all.0.and(all.1).and(all.2).unwrap();
    assert_eq!(server.count("select count(*) from auth.jwks").await, 2);
    assert_eq!(server.count("select count(*) from auth.jwks where activates_at > now()").await, 1, "waits");
    assert_eq!(
        server
            .count("select count(*) from auth.auth_event_log where type = 'key_rotated' and user_agent = 'schedule'")
            .await,
        1
    );
}

#[tokio::test]
async fn in_an_emergency_the_new_key_signs_at_once_and_the_old_ones_tokens_die() {
    let server = Server::start().await;
    let twin = server.twin().await;
    let cookie = server.sign_up("ada@example.test").await;
    let old = token(&server, &server.url, &cookie).await;
    let caller = Caller::inside("test");
    let by = By { caller: &caller, actor: None };
    let waiting = rotate::rotate(&server.pool, &sealer(), TimeDelta::minutes(15), by).await.unwrap();
    let new = rotate::rotate_now(&server.pool, &sealer(), by).await.unwrap();
    until_told().await;
    for replica in [&server.url, &twin] {
        assert_eq!(kid(&token(&server, replica, &cookie).await), new);
        assert_eq!(userinfo(&server, replica, &old).await, 200, "not retired yet");
    }
    assert!(!published(&server).await.contains(&waiting.to_string()), "who saw the one may have seen the other");

    assert!(rotate::retire(&server.pool, &sealer(), kid(&old), by).await.unwrap());
    assert!(!rotate::retire(&server.pool, &sealer(), kid(&old), by).await.unwrap());
    until_told().await;
    assert_eq!(published(&server).await, [new.to_string()]);
    for replica in [&server.url, &twin] {
        assert_eq!(userinfo(&server, replica, &old).await, 401);
    }
    let unerased = "select count(*) from auth.jwks where expires_at <= now() and private_sealed is not null";
    assert_eq!(server.count(unerased).await, 0);
}

#[tokio::test]
async fn retiring_the_key_that_signs_leaves_one_that_does() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let caller = Caller::inside("test");
    let by = By { caller: &caller, actor: None };
    let first = kid(&token(&server, &server.url, &cookie).await);
    rotate::retire(&server.pool, &sealer(), first, by).await.unwrap();
    until_told().await;
    let second = kid(&token(&server, &server.url, &cookie).await);
    assert_ne!(second, first);
    let waiting = rotate::rotate(&server.pool, &sealer(), TimeDelta::minutes(15), by).await.unwrap();
    rotate::retire(&server.pool, &sealer(), second, by).await.unwrap();
    until_told().await;
    assert_eq!(kid(&token(&server, &server.url, &cookie).await), waiting, "the one that waited takes over");
    let other = rotate::rotate(&server.pool, &sealer(), TimeDelta::minutes(15), by).await.unwrap();
    rotate::retire(&server.pool, &sealer(), other, by).await.unwrap();
    assert_eq!(server.count("select count(*) from auth.jwks where expires_at is null").await, 1, "it lives on");
}

#[tokio::test]
async fn another_secret_takes_over_while_sessions_and_keys_go_on() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let old = token(&server, &server.url, &cookie).await;
    server.sql("update auth.mail_outbox set sent_at = null, failed_at = now()").await;
    let more = [("AUTH_URL", &*server.url), ("AUTH_SECRET", NEW_SECRET), ("AUTH_SECRET_PREVIOUS", AUTH_SECRET)];
    let moved = server.replica_with(&more).await;
    let fresh = token(&server, &moved, &cookie).await;
    assert_eq!(kid(&fresh), kid(&old), "the cookie of before, and the key of before");

    let new = Secret::new(NEW_SECRET);
    let both = Sealer::with_previous(&new, &[Secret::new(AUTH_SECRET)]);
    let done = reseal(&server.pool, &both).await.unwrap();
    assert!(done.renewed >= 2 && done.unreadable == 0, "{done:?}");
    assert_eq!(reseal(&server.pool, &both).await.unwrap().renewed, 0, "done already");
    store::load(&server.pool, &Sealer::new(&new)).await.unwrap();
    let error = store::load(&server.pool, &sealer()).await.err().unwrap();
    assert!(error.to_string().contains("AUTH_SECRET_PREVIOUS"), "{error}");
    let strange = Sealer::new(&Secret::new("strange"));
    assert!(reseal(&server.pool, &strange).await.unwrap_err().to_string().contains("signing key"));

    let alone = server.replica_with(&[("AUTH_URL", &*server.url), ("AUTH_SECRET", NEW_SECRET)]).await;
    let body = json!({"email": "ada@example.test", "password": PASSWORD});
    let request = server.http.post(format!("{alone}/api/auth/sign-in/email")).json(&body);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn admins_list_rotate_and_retire_keys_and_nobody_else_does() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    assert_eq!(server.api_get("/admin/keys", None).await.status(), 401);
    let refused = server.api("/admin/keys/rotate", Some(&cookie), json!({})).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "YOU_ARE_NOT_ALLOWED_TO_MANAGE_KEYS");
    server.sql(r#"update auth."user" set role = 'admin'"#).await;
    let made: Value = server.api("/admin/keys/rotate", Some(&cookie), json!({})).await.json().await.unwrap();
    assert_eq!(made["key"]["status"], "next");
    let listed: Value = server.api_get("/admin/keys", Some(&cookie)).await.json().await.unwrap();
    let statuses: Vec<_> = listed["keys"].as_array().unwrap().iter().map(|key| key["status"].clone()).collect();
    assert_eq!(statuses, ["next", "signing"]);
    assert!(!listed.to_string().contains("rivate"), "{listed}");
    let body = json!({"kid": made["key"]["kid"]});
    let retired: Value = server.api("/admin/keys/retire", Some(&cookie), body.clone()).await.json().await.unwrap();
    assert_eq!(retired["key"]["status"], "retired");
    assert_eq!(server.api("/admin/keys/retire", Some(&cookie), body).await.status(), 404);
    assert_eq!(server.api("/admin/keys/retire", Some(&cookie), json!({"kid": "x"})).await.status(), 404);
    let now: Value = server.api("/admin/keys/rotate", Some(&cookie), json!({"now": true})).await.json().await.unwrap();
    assert_eq!(now["key"]["status"], "signing");
    let by_admin = "select count(*) from auth.auth_event_log where type like 'key_%' and actor_id is not null";
    assert_eq!(server.count(by_admin).await, 3);
}

#[tokio::test]
async fn the_private_half_that_a_retirement_needs_is_not_erased_meanwhile() {
    let server = Server::start().await;
    let caller = Caller::inside("test");
    let by = By { caller: &caller, actor: None };
    rotate::rotate_now(&server.pool, &sealer(), by).await.unwrap();
    // Two hours later: the first one has signed for long, its successor too.
    server.sql("update auth.jwks set activates_at = activates_at - interval '2 hours'").await;
    let mut other = server.pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(7206432)").execute(&mut *other).await.unwrap();
    sqlx::query("update auth.jwks set private_sealed = null, expires_at = now() where expires_at is null")
        .execute(&mut *other)
        .await
        .unwrap();
    sqlx::query("update auth.jwks set expires_at = null where private_sealed is not null")
        .execute(&mut *other)
        .await
        .unwrap();
    let retire = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        other.commit().await.unwrap();
    };
    let (erased, ()) = tokio::join!(rotate::erase(&server.pool, by), retire);
    erased.unwrap();
    let signing = "select count(*) from auth.jwks where private_sealed is not null and expires_at is null";
    assert_eq!(server.count(signing).await, 1);
}
