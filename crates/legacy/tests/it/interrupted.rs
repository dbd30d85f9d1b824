//! Second runs, and runs that were killed.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use legacy::Options;

use crate::world::{Form, World, options};

/// Everything that a run writes, as text; without what is random (sealed tokens) or says how often it was tried (the
/// numbers of sequences, which only order).
const TABLES: &[(&str, &str)] = &[
    ("auth.\"user\"", ""),
    ("auth.account", "access_token,refresh_token,id_token"),
    ("auth.session", ""),
    ("auth.lockout", ""),
    ("auth.auth_event_log", ""),
    ("auth.legacy_archive", ""),
    ("learn.course", ""),
    ("learn.stage", ""),
    ("learn.lesson", ""),
    ("learn.lesson_version", ""),
    ("learn.enrollment", ""),
    ("learn.completion", ""),
    ("learn.stage_unlock", ""),
    ("tutor.chatkit_thread", "seq"),
    ("tutor.chatkit_thread_item", "seq"),
    ("tutor.turn", ""),
    ("tutor.ai_usage_metric", ""),
    ("move_in.ledger", ""),
    ("move_in.note", ""),
    ("move_in.place", ""),
];

async fn state(world: &World) -> Vec<String> {
    let mut state = Vec::new();
    for (table, without) in TABLES {
        let digest = format!(
            "select '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(r, '' order by r)), '')
             from (select (to_jsonb(t) - string_to_array('{without}', ','))::text as r from {table} t) rows"
        );
        state.push(world.one::<String>(&digest).await);
    }
    let order = "select coalesce(string_agg(id, ' ' order by seq), '') from tutor.chatkit_thread_item";
    state.push(world.one::<String>(order).await);
    state
}

fn at(t0: DateTime<Utc>, batch: u32) -> Options {
    Options { t0: Some(t0), batch, carry_sessions: true, ..options() }
}

#[tokio::test]
async fn second_run() {
    let world = World::new(Form::Patched).await;
    let t0 = Utc::now();
    world.migrate_with(&at(t0, 100)).await;
    let first = state(&world).await;
    let report = world.migrate_with(&at(t0, 3)).await;
    assert!(report.is_complete());
    assert_eq!(state(&world).await, first);
    // Also when it begins from the beginning.
    world.execute("delete from move_in.step").await;
    world.migrate_with(&at(t0, 9)).await;
    assert_eq!(state(&world).await, first);
}

/// Runs until `after` has passed, then is gone in the middle of whatever it was doing; true if it was faster.
async fn killed(world: &World, options: &Options, after: Duration) -> bool {
    let mut connection = world.connect().await;
    let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut connection).await.unwrap();
    let ended = tokio::time::timeout(after, legacy::migrate(&mut connection, options)).await;
    if ended.is_ok() {
        return true;
    }
    world.execute(&format!("select pg_terminate_backend({backend})")).await;
    false
}

#[tokio::test]
async fn killed_at_fifty_random_points() {
    let world = World::new(Form::Patched).await;
    let t0 = Utc::now();
    let options = at(t0, 4);
    let begun = Instant::now();
    world.migrate_with(&options).await;
    let (whole, expected) = (begun.elapsed(), state(&world).await);
    let mut kills = 0;
    let mut seed = u64::from(Utc::now().timestamp_subsec_nanos()) | 1;
    println!("seed {seed}");
    while kills < 50 {
        forget(&world).await;
        // Several kills a run: each goes on from where the one before was killed.
        loop {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let share = f64::from(u32::try_from(seed >> 40).unwrap()) / f64::from(1 << 24);
            if killed(&world, &options, whole.mul_f64(share)).await {
                break;
            }
            kills += 1;
        }
        let report = world.migrate_with(&options).await;
        assert!(report.is_complete(), "after {kills} kills: {report}");
        assert_eq!(state(&world).await, expected, "after {kills} kills");
    }
}

/// As if nothing had been migrated.
async fn forget(world: &World) {
    world
        .execute(
            "truncate auth.\"user\", auth.lockout, auth.auth_event_log, auth.legacy_archive, learn.course, move_in.run,
                 move_in.step, move_in.ledger, move_in.note, move_in.place cascade",
        )
        .await;
}
