//! Every credential of the sample opens its account at a running auth-server.

use legacy::validate;
use serde_json::{Value, json};

use crate::{
    server::Server,
    world::{Form, World, user},
};

const P1: &str = "Lantern-Orbit-41";

/// The passwords that the sample states, by number of the user.
fn passwords() -> Vec<(u32, String)> {
    let others = [37, 42, 45, 46, 47];
    let without = [16, 22, 23, 40, 49, 50, 52, 54];
    let six = "Qv7!".repeat(18);
    let plain = (1..=53).filter(|number| !others.contains(number) && !without.contains(number));
    let mut all: Vec<_> = plain.map(|number| (number, P1.to_owned())).collect();
    all.extend([
        (37, "P\u{e4}ssw\u{f6}rd-Zo\u{eb}-9!".to_owned()),
        (42, six.clone()),
        (45, format!("{six}ignored-tail-18byt")),
        (46, format!("a{}", "\u{20ac}".repeat(24))),
        (47, "short8ch".to_owned()),
    ]);
    all
}

#[tokio::test]
async fn every_credential_of_the_sample_signs_in_and_is_renewed() {
    let world = World::new(Form::Patched).await;
    world.migrate().await;
    // Who is shut out cannot show that the password is right; the hash is the same for them.
    world.execute("update auth.\"user\" set banned = false; delete from auth.lockout").await;
    let server = Server::start(&world).await;
    let mut known = Vec::new();
    for (number, password) in passwords() {
        known.push((world.of_user(number, "email").await, password));
    }
    assert_eq!(known.len(), 46);
    let mut found = validate::rows(&mut world.connect().await).await.unwrap();
    let only_bans = found
        .differences
        .iter()
        .all(|difference| difference.what.contains("ban") || difference.what.contains("shut out"));
    assert!(only_bans, "{:?}", found.differences);
    found.differences.clear();
    validate::sign_ins(&server.url, &known, &mut found).await.unwrap();
    assert_eq!(found.differences.len(), 0, "{:?}", found.differences);
    assert_eq!(found.signed_in, 46);
    assert_eq!(world.count("auth.account where password like '$2%'").await, 0, "renewed by that");
    assert_eq!(world.count("auth.account where password like '$argon2id$%'").await, 46);
}

#[tokio::test]
async fn a_password_of_72_bytes_opens_what_a_longer_one_made() {
    let world = World::new(Form::Migrations).await;
    world.migrate().await;
    let server = Server::start(&world).await;
    let known = [
        ("ninety.bytes@example.com".to_owned(), "Qv7!".repeat(18)),
        ("legacy.2a@example.com".to_owned(), "Lantern-Orbit-42".to_owned()),
        ("damaged.hash@example.com".to_owned(), P1.to_owned()),
        ("vera.novak@example.org".to_owned(), P1.to_owned()),
    ];
    let mut found = validate::Validation::default();
    validate::sign_ins(&server.url, &known, &mut found).await.unwrap();
    assert_eq!(found.signed_in, 1);
    let refused: Vec<_> = found.differences.iter().map(|difference| difference.what.as_str()).collect();
    let wrong = "401 Unauthorized INVALID_EMAIL_OR_PASSWORD";
    assert_eq!(refused, [wrong, wrong, "403 Forbidden BANNED_USER"]);
}

#[tokio::test]
async fn passwords_of_the_interim_server_come_along_and_are_renewed() {
    // Of `Correct-Horse-1`, made by Node's crypto.scryptSync.
    const HASH: &str = "00112233445566778899aabbccddeeff:d3a59d35def2f5a0b63537272d2d0c0293667ad08dfda8799ab4d4342d2dd92f\
                        73632d5056d7cd51d6a3a8d756728c6fc1f21eb84b133509d5613969e3c61b9b";
    for (form, user_column, provider_column) in
        [(Form::Patched, "\"userId\"", "\"providerId\""), (Form::TextIds, "user_id", "provider_id")]
    {
        let world = World::new(form).await;
        // One has no other way in, the other an older password, too; and there are rows of nobody.
        let emails = ["ana.torres@example.com", "mirror.two@example.com"];
        world
            .execute(&format!(
                "create table legacy.account
                     (id text primary key, {user_column} text, {provider_column} text, password text);
                 insert into legacy.account select 'of ' || email, id::text, 'credential', '{HASH}' from legacy.users
                 where email in ('{}', '{}');
                 insert into legacy.account
                 values ('gone', 'nobody', 'credential', '{HASH}'), ('linked', 'nobody', 'google', null)",
                emails[0], emails[1]
            ))
            .await;
        let report = world.migrate().await;
        assert!(report.is_complete(), "{report}");
        assert_eq!(report.tables["account"].accounted(), 4);
        assert_eq!(world.count("auth.legacy_archive where source_table = 'account' and content ? 'password'").await, 0);
        let mut found = validate::rows(&mut world.connect().await).await.unwrap();
        assert_eq!(found.differences.len(), 0, "{:?}", found.differences);
        let server = Server::start(&world).await;
        let known = emails.map(|email| (email.to_owned(), "Correct-Horse-1".to_owned()));
        validate::sign_ins(&server.url, &known, &mut found).await.unwrap();
        assert_eq!((found.signed_in, found.differences.len()), (2, 0), "{:?}", found.differences);
        assert_eq!(world.count("auth.account where password like '%:%'").await, 0, "renewed by that");
    }
}

#[tokio::test]
async fn roles_hold_in_the_token() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let world = World::new(Form::Patched).await;
    world.migrate().await;
    let server = Server::start(&world).await;
    let http = reqwest::Client::new();
    let origin = server.url.origin().ascii_serialization();
    for (email, role, number) in [
        ("grace.okafor@example.com", "admin", 7),
        ("elif.kaya@example.com", "instructor", 5),
        ("kwame.mensah@example.com", "student", 11),
    ] {
        let body = json!({"email": email, "password": P1});
        let signed_in = http.post(format!("{origin}/api/auth/sign-in/email")).header("origin", &origin).json(&body);
        let signed_in = signed_in.send().await.unwrap();
        let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let token = http.get(format!("{origin}/api/auth/token")).header("cookie", cookie).send().await.unwrap();
        let token: Value = token.json().await.unwrap();
        let claims = token["token"].as_str().unwrap().split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!((claims["role"].as_str(), claims["sub"].as_str()), (Some(role), Some(user(number).as_str())));
    }
}

#[tokio::test]
async fn validation_finds_what_was_changed() {
    let world = World::new(Form::Migrations).await;
    world.migrate().await;
    let check = || async { validate::rows(&mut world.connect().await).await.unwrap().differences };
    assert!(check().await.is_empty(), "{:?}", check().await);
    world
        .execute(
            "update auth.\"user\" set name = 'Mallory' where email = 'ana.torres@example.com';
             update auth.account set password = '$2b$12$other' where user_id = '10000000-0000-4000-8000-000000000002';
             delete from tutor.chatkit_thread_item where id = 'msg_b1000000000040008000000000000001';
             delete from learn.completion where user_id = '10000000-0000-4000-8000-000000000007';
             update auth.auth_event_log set ip_address = '' where id = '60000000-0000-4000-8000-000000000001'",
        )
        .await;
    let places: std::collections::BTreeSet<_> = check().await.into_iter().map(|difference| difference.place).collect();
    let expected = ["chatkit_thread_item", "content_completions", "login_attempts", "users"];
    assert_eq!(places.into_iter().collect::<Vec<_>>(), expected);
}
