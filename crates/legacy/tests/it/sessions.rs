//! Sessions, sign-in attempts and events.

use crate::world::{Form, World, user};

fn session(number: u32) -> String {
    format!("30000000-0000-4000-8000-{number:012}")
}

#[tokio::test]
async fn live_expired_revoked_equal_expiring_and_banned_sessions_are_carried_or_not() {
    let world = World::migrated().await;
    for number in [1, 2, 5, 9, 10, 12, 13] {
        assert_eq!(world.outcome("sessions", &session(number)).await, "migrated", "S{number}");
    }
    let others = [
        (3, "skipped expired"),
        (4, "skipped revoked"),
        (6, "merged equal_token"),
        (7, "skipped owner_banned"),
        (8, "skipped owner_banned"),
        (11, "skipped owner_banned"),
        (14, "skipped expired"),
    ];
    for (number, outcome) in others {
        assert_eq!(world.outcome("sessions", &session(number)).await, outcome, "S{number}");
    }
    let by_token = "auth.session where token_hash = sha256('a3a1d2f0-5b7e-4c33-9a55-2f0e6d1b7c01')";
    assert_eq!(world.count(by_token).await, 0, "an old token is no token of ours");
}

#[tokio::test]
async fn without_the_choice_no_session_is_carried() {
    let world = World::new(Form::Migrations).await;
    let report = world.migrate().await;
    assert_eq!(world.count("auth.session").await, 0);
    assert_eq!(
        report.tables["sessions"].reasons["not_carried"]
            + report.tables["sessions"].reasons["expired"]
            + report.tables["sessions"].reasons["revoked"],
        14
    );
}

#[tokio::test]
async fn login_attempts_of_unknown_other_case_ambiguous_and_empty_addresses() {
    let world = World::migrated().await;
    let who = |number: u32| {
        format!(
            "select coalesce(user_id::text, 'nobody') from auth.auth_event_log
         where id = '60000000-0000-4000-8000-{number:012}'"
        )
    };
    for (attempt, person) in [(1, user(1)), (2, user(1)), (4, user(16))] {
        assert_eq!(world.one::<String>(&who(attempt)).await, person, "A{attempt}");
    }
    for attempt in [3, 5, 16] {
        assert_eq!(world.one::<String>(&who(attempt)).await, "nobody", "A{attempt}");
    }
    let odd = "select concat_ws('|', type, reason, email, ip_address) from auth.auth_event_log
               where id in ('60000000-0000-4000-8000-000000000008', '60000000-0000-4000-8000-000000000016') order by id";
    let found = world.texts(odd).await;
    assert_eq!(found, ["sign_in|recovered|grace.okafor@example.com|192.0.2.7", "sign_in_failed|unknown_email|unknown"]);
}

#[tokio::test]
async fn user_agents_and_addresses_of_any_length() {
    let world = World::migrated().await;
    let length = |what: &str, from: &str| format!("select {what} from {from}");
    let s10 = format!("auth.session where id = '{}'", session(10));
    assert_eq!(world.one::<i32>(&length("octet_length(user_agent)", &s10)).await, 1500);
    assert_eq!(world.one::<String>(&length("ip_address", &s10)).await, "fe80::1ff:fe23:4567:890a%eth0");
    let event = "auth.auth_event_log where id = 'b4000000-0000-4000-8000-000000000001'";
    assert_eq!(world.one::<i32>(&length("length(user_agent)", event)).await, 8400);
    let attempt = "auth.auth_event_log where id = '60000000-0000-4000-8000-000000000007'";
    assert_eq!(world.one::<i32>(&length("length(ip_address)", attempt)).await, 45);
    assert_eq!(world.one::<i32>(&length("length(user_agent)", attempt)).await, 500);
}

#[tokio::test]
async fn offsets_microseconds_and_times_without_a_zone() {
    let world = World::migrated().await;
    assert_eq!(world.of_user(3, "created_at at time zone 'UTC'").await, "2026-01-05 22:30:00.123456");
    let at = |id: &str| format!("select (at at time zone 'UTC')::text from auth.auth_event_log where id = '{id}'");
    assert_eq!(world.one::<String>(&at("60000000-0000-4000-8000-000000000015")).await, "2026-02-10 23:30:00");
    assert_eq!(world.one::<String>(&at("b4000000-0000-4000-8000-000000000001")).await, "2026-02-12 08:00:00");
    let thread = "select (created_at at time zone 'UTC')::text from tutor.chatkit_thread
                  where id = 'thr_b0000000000040008000000000000001'";
    assert_eq!(world.one::<String>(thread).await, "2026-02-15 08:00:00");
}

#[tokio::test]
async fn events_of_nobody_and_of_unknown_kinds_are_kept() {
    let world = World::migrated().await;
    let events = world
        .texts(
            "select concat_ws('|', type, coalesce(user_id::text, '-'), ip_address, details ->> 'event_type')
             from auth.auth_event_log where details ->> 'source' = 'legacy.auth_event_log' order by at",
        )
        .await;
    assert_eq!(events[1], format!("sign_out|{}|unknown|logout", user(2)));
    assert_eq!(events[2], "sign_in_failed|-|unknown|login_failed");
    assert_eq!(events[3], format!("role_changed|{}|192.0.2.4|role_change", user(4)));
    let both = "select concat_ws('|', reason, details #>> '{metadata,reason}', details #>> '{metadata,raw}')
                from auth.auth_event_log where id = 'b4000000-0000-4000-8000-000000000005'";
    assert_eq!(world.one::<String>(both).await, "account_locked|older text|a\u{fffd}b");
}
