//! The issuer's keys: fetched once, again when they are old or a token names another, and kept while the issuer is
//! away.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use oauth::{AccessClaims, Role};
use serde_json::{Value, json};
use service::jwks::{FRESH, Pace, TokenError, Verifier};
use testkit::{issuer::Issuer, rsa_key::RsaKey};
use uuid::Uuid;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

fn verifier(issuer: &Issuer, pace: Pace) -> Verifier {
    Verifier::with_pace(issuer.url(), oauth::claims::API_AUDIENCE, reqwest::Client::new(), pace)
}

fn claims(issuer: &Issuer) -> AccessClaims {
    issuer.claims(Uuid::now_v7(), Role::Student)
}

/// A token of the right type, signed with `key` under the name `kid`.
fn signed(key: &EncodingKey, kid: &str, claims: &AccessClaims) -> String {
    let header = Header { typ: Some("at+jwt".into()), kid: Some(kid.into()), ..Header::new(Algorithm::RS256) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

#[tokio::test]
async fn a_second_token_needs_no_second_fetch() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace::default());
    for _ in 0..20 {
        let claims = claims(&issuer);
        assert_eq!(verifier.verify(&issuer.sign(&claims).unwrap()).await.unwrap().sub, claims.sub);
    }
    assert_eq!(issuer.fetches(), 1);
    assert_eq!(FRESH, Duration::from_secs(300));
}

#[tokio::test]
async fn tokens_that_come_together_before_the_first_fetch_share_it() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace::default());
    let token = issuer.sign(&claims(&issuer)).unwrap();
    let all = futures_util::future::join_all((0..50).map(|_| verifier.verify(&token))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn old_keys_are_fetched_again_while_requests_go_on() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace { fresh: SHORT, refetch: Duration::ZERO, ..Pace::default() });
    let token = issuer.sign(&claims(&issuer)).unwrap();
    verifier.verify(&token).await.unwrap();
    tokio::time::sleep(2 * SHORT).await;
    verifier.verify(&token).await.unwrap();
    for _ in 0..100 {
        if issuer.fetches() == 2 {
            return;
        }
        tokio::time::sleep(SHORT).await;
    }
    panic!("fetched {} times", issuer.fetches());
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_a_withdrawn_one_is_no_good() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace { refetch: Duration::ZERO, ..Pace::default() });
    let old = issuer.sign(&claims(&issuer)).unwrap();
    verifier.verify(&old).await.unwrap();
    let next = RsaKey::generate("next").unwrap();
    issuer.publish(json!({"keys": [next.jwk]}));
    verifier.verify(&signed(&next.private, "next", &claims(&issuer))).await.unwrap();
    assert_eq!(verifier.verify(&old).await.unwrap_err(), TokenError::Invalid("signed with an unknown key"));
}

#[tokio::test]
async fn made_up_keys_are_no_load_on_the_issuer() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace { refetch: LONG, ..Pace::default() });
    verifier.verify(&issuer.sign(&claims(&issuer)).unwrap()).await.unwrap();
    let forger = RsaKey::generate("forged").unwrap();
    for n in 0..50 {
        let token = signed(&forger.private, &format!("forged-{n}"), &claims(&issuer));
        assert_eq!(verifier.verify(&token).await.unwrap_err(), TokenError::Invalid("signed with an unknown key"));
    }
    assert_eq!(issuer.fetches(), 1);
}

/// What was logged while it lives.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_last_known_keys_go_on_while_the_issuer_is_away_and_the_log_says_so() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    // With one subscriber alone, a line that another thread without any meets first would stay silent for all.
    let _another = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let _guard = tracing::subscriber::set_default(subscriber);
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace { fresh: Duration::ZERO, refetch: Duration::ZERO, ..Pace::default() });
    let token = issuer.sign(&claims(&issuer)).unwrap();
    verifier.verify(&token).await.unwrap();
    issuer.set_away(true);
    for _ in 0..5 {
        verifier.verify(&token).await.unwrap();
        tokio::time::sleep(SHORT).await;
    }
    assert!(issuer.fetches() > 1, "nobody asked again");
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("WARN") && text.contains("the last known ones go on"), "{text}");
}

#[tokio::test]
async fn an_issuer_that_answers_with_nothing_of_use_displaces_no_key() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace { fresh: Duration::ZERO, refetch: Duration::ZERO, ..Pace::default() });
    let token = issuer.sign(&claims(&issuer)).unwrap();
    verifier.verify(&token).await.unwrap();
    for nothing in [json!({"keys": []}), json!({"keys": [{"kty": "oct", "kid": "test-key", "k": "AAAA"}]}), json!([])] {
        issuer.publish(nothing.clone());
        for _ in 0..3 {
            assert!(verifier.verify(&token).await.is_ok(), "{nothing}");
            tokio::time::sleep(SHORT).await;
        }
    }
}

#[tokio::test]
async fn without_any_key_ever_nobody_can_be_judged_until_the_issuer_is_back() {
    let issuer = Issuer::start().await.unwrap();
    issuer.set_away(true);
    let verifier = verifier(&issuer, Pace { retry: Duration::ZERO, ..Pace::default() });
    let token = issuer.sign(&claims(&issuer)).unwrap();
    assert_eq!(verifier.verify(&token).await.unwrap_err(), TokenError::Unavailable);
    issuer.set_away(false);
    verifier.verify(&token).await.unwrap();
}

fn claims_without(claims: &AccessClaims, name: &str) -> Value {
    let mut value = serde_json::to_value(claims).unwrap();
    value.as_object_mut().unwrap().remove(name);
    value
}

#[tokio::test]
async fn only_access_tokens_of_our_issuer_for_us_that_are_still_good_count() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace::default());
    let good = claims(&issuer);
    let sign = |claims: &AccessClaims| issuer.sign(claims).unwrap();
    let invalid = TokenError::Invalid;
    for (token, error) in [
        (sign(&AccessClaims { exp: good.iat - 6, ..good.clone() }), TokenError::Expired),
        (sign(&AccessClaims { iss: "https://elsewhere.example".into(), ..good.clone() }), invalid("of another issuer")),
        (sign(&AccessClaims { aud: vec!["other".into()], ..good.clone() }), invalid("meant for somebody else")),
        (issuer.sign_as("JWT", &good).unwrap(), invalid("not an access token")),
        (issuer.sign_as("id+jwt", &good).unwrap(), invalid("not an access token")),
        (issuer.sign(&claims_without(&good, "exp")).unwrap(), invalid("its claims cannot be read")),
        (issuer.sign(&claims_without(&good, "iss")).unwrap(), invalid("its claims cannot be read")),
        (issuer.sign(&claims_without(&good, "aud")).unwrap(), invalid("its claims cannot be read")),
        (issuer.sign(&claims_without(&good, "sub")).unwrap(), invalid("its claims cannot be read")),
    ] {
        assert_eq!(verifier.verify(&token).await.unwrap_err(), error, "{token}");
    }
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        assert!(verifier.verify(&issuer.sign_as(typ, &good).unwrap()).await.is_ok(), "{typ}");
    }
}

#[tokio::test]
async fn no_other_algorithm_is_let_in() {
    let issuer = Issuer::start().await.unwrap();
    let verifier = verifier(&issuer, Pace::default());
    let good = claims(&issuer);
    // An HMAC under the public key, which everybody has.
    let public = serde_json::to_vec(&issuer.jwks()).unwrap();
    let kid = Some(testkit::issuer::KEY_ID.to_owned());
    let header = Header { typ: Some("at+jwt".into()), kid, ..Header::new(Algorithm::HS256) };
    let hmac = jsonwebtoken::encode(&header, &good, &EncodingKey::from_secret(&public)).unwrap();
    assert_eq!(verifier.verify(&hmac).await.unwrap_err(), TokenError::Invalid("not signed with RS256"));
    let honest = issuer.sign(&good).unwrap();
    let [_, payload, signature] = honest.split('.').collect::<Vec<_>>()[..] else { panic!("{honest}") };
    // {"alg":"none","typ":"at+jwt","kid":"test-key"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoidGVzdC1rZXkifQ";
    for token in [format!("{none}.{payload}."), format!("{none}.{payload}.{signature}")] {
        assert_eq!(verifier.verify(&token).await.unwrap_err(), TokenError::Invalid("not signed with RS256"));
    }
    let other = issuer.sign(&claims(&issuer)).unwrap();
    let [_, other_payload, _] = other.split('.').collect::<Vec<_>>()[..] else { panic!("{other}") };
    let spliced = honest.replacen(payload, other_payload, 1);
    assert_eq!(verifier.verify(&spliced).await.unwrap_err(), TokenError::Invalid("the signature does not fit"));
    assert_eq!(issuer.fetches(), 1);
}
