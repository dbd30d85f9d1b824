//! What the operator, the schedule and a start do.

use auth_server::{
    SeedAccount, ensure_account,
    keys::{
        rotate::{self, By, PUBLISH_AHEAD},
        seal::Sealer,
    },
    request::Caller,
    set_role,
};
use oauth::Role;
use service::Secret;

use super::Log;
use crate::server::{AUTH_SECRET, PASSWORD, Server};

#[tokio::test]
async fn a_start_logs_what_it_made_and_a_second_one_nothing() {
    let server = Server::start().await;
    let made = "select count(*) from auth.auth_event_log where user_agent = 'start'
                and (type, details ->> 'how') in (('key_rotated', 'first'), ('client_created', 'configuration'))";
    assert_eq!(server.count(made).await, 2);
    let mut log = Log::of(&server).await;
    server.twin().await;
    log.expect_inside("the same again", &[]).await;
    server.replica_with(&[("WEB_CLIENT_SECRET", "Other-tQ2xB9rL4kP7wZ1mC8dF3hJ6gS0yT-web")]).await;
    log.expect_inside("another secret", &["client_updated"]).await;
}

#[tokio::test]
async fn keys_and_people_at_the_command_line() {
    let server = Server::start().await;
    let mut log = Log::of(&server).await;
    let sealer = Sealer::new(&Secret::new(AUTH_SECRET));
    let caller = Caller::inside("operator");
    let by = By { caller: &caller, actor: None };
    let next = rotate::rotate(&server.pool, &sealer, PUBLISH_AHEAD, by).await.unwrap();
    let news = log.expect_inside("rotate", &["key_rotated"]).await;
    assert_eq!((&news[0]["user_agent"], &news[0]["details"]["kid"]), (&"operator".into(), &next.to_string().into()));
    rotate::rotate(&server.pool, &sealer, PUBLISH_AHEAD, by).await.unwrap();
    log.expect_inside("one waits already", &[]).await;
    rotate::rotate_now(&server.pool, &sealer, by).await.unwrap();
    log.expect_inside("at once", &["key_retired", "key_rotated"]).await;
    let account = SeedAccount {
        name: "Ada".into(),
        email: "ada@example.test".into(),
        password: PASSWORD.into(),
        role: Role::Student,
        verified: true,
    };
    ensure_account(&server.pool, &account).await.unwrap();
    log.expect_inside("an account", &["sign_up"]).await;
    ensure_account(&server.pool, &account).await.unwrap();
    log.expect_inside("is there", &[]).await;
    set_role(&server.pool, "ada@example.test", Role::Instructor).await.unwrap();
    log.expect_inside("a role", &["role_changed operator"]).await;
}
