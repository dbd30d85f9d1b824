//! The sample ends exactly in the figures that are expected of it, whatever shape it has.

use legacy::report::Report;

use crate::world::{Form, World, options};

fn figure(report: &Report, name: &str) -> i64 {
    report.figures.get(name).copied().unwrap_or_default()
}

/// users; admin, instructor, student; banned; parked; verified; passwords; links.
fn people(report: &Report) -> [i64; 9] {
    [
        "users",
        "users, role admin",
        "users, role instructor",
        "users, role student",
        "users, banned",
        "users, parked address",
        "users, verified",
        "accounts, password",
        "accounts, provider",
    ]
    .map(|name| figure(report, name))
}

/// sessions, events, threads, items, windows, days.
fn rows(report: &Report) -> [i64; 6] {
    let windows = report.tables["chatkit_rate_limit"].accounted();
    [
        figure(report, "sessions"),
        figure(report, "events"),
        figure(report, "conversations"),
        figure(report, "messages"),
        windows,
        figure(report, "days of usage"),
    ]
}

fn orphans(report: &Report) -> Vec<i64> {
    [
        "user_roles",
        "sessions",
        "oauth_accounts",
        "password_reset_tokens",
        "progress",
        "content_completions",
        "content",
        "rag_messages",
        "chatkit_thread",
        "chatkit_thread_item",
    ]
    .into_iter()
    .map(|table| {
        let reasons = &report.tables[table].reasons;
        reasons.iter().filter(|(reason, _)| reason.ends_with("_missing")).map(|(_, rows)| rows).sum()
    })
    .collect()
}

async fn check(form: Form, shape: &str, expected_people: [i64; 9], threads: i64, expected_orphans: [i64; 10]) {
    let world = World::new(form).await;
    let report = world.migrate().await;
    assert!(report.shape.starts_with(shape), "{}", report.shape);
    assert!(report.is_complete(), "{report}");
    assert_eq!(people(&report), expected_people, "{report}");
    assert_eq!(rows(&report), [0, 21, threads, 5, 4, 2], "{report}");
    assert_eq!(orphans(&report), expected_orphans, "{report}");
    let bans = ["legacy_deleted", "legacy_deactivated", "legacy_email_collision", "legacy_locked"];
    let bans = bans.map(|reason| figure(&report, &format!("users, banned: {reason}")));
    assert_eq!(bans, [5, 2, 2, 1]);
    assert_eq!(world.one::<i64>("select count(*) from auth.verification").await, 0);
}

const STRICT: [i64; 9] = [52, 3, 7, 42, 10, 5, 12, 45, 13];
const WHOLE: [i64; 9] = [54, 3, 8, 43, 10, 5, 15, 46, 14];
const NO_ORPHANS: [i64; 10] = [0; 10];
const ORPHANS: [i64; 10] = [2, 1, 1, 1, 1, 2, 1, 1, 1, 2];

#[tokio::test]
async fn shape_a_ends_in_the_expected_figures() {
    check(Form::Migrations, "A", STRICT, 6, NO_ORPHANS).await;
}

#[tokio::test]
async fn shape_b_ends_in_the_expected_figures() {
    check(Form::Models, "B", STRICT, 6, NO_ORPHANS).await;
}

#[tokio::test]
async fn shape_c_ends_in_the_expected_figures() {
    check(Form::Patched, "C", WHOLE, 10, ORPHANS).await;
}

#[tokio::test]
async fn shape_c_with_ids_of_text_ends_in_the_expected_figures() {
    check(Form::TextIds, "C", WHOLE, 10, ORPHANS).await;
}

#[tokio::test]
async fn seven_sessions_are_carried_when_that_is_chosen() {
    for form in [Form::Migrations, Form::Patched] {
        let world = World::new(form).await;
        let report = world.migrate_with(&legacy::Options { carry_sessions: true, ..options() }).await;
        assert_eq!(figure(&report, "sessions"), 7, "{report}");
        assert_eq!(report.tables["sessions"].outcome("merged"), 1, "S05 and S06 are one");
        assert!(report.is_complete());
    }
}
