//! One turn, several processes: stopping it, making room for a new message, and who listens.

use std::time::{Duration, Instant};

use oauth::Role;
use serde_json::json;

use crate::{
    app::{App, add, create, done, events, parse, problem, text},
    paced::{Paced, Reading, place_of},
};

/// A long answer, so that only a stop ends it in time.
fn long() -> std::sync::Arc<Paced> {
    Paced::words(2_000, 10)
}

#[tokio::test]
async fn a_stop_at_any_process_closes_the_upstream_within_a_second_and_keeps_what_was_said() {
    let tutor = long();
    let app = App::answered_by(&tutor, &[]).await;
    let replica = app.replica_answered_by(&long(), &[]).await;
    let student = app.person(Role::Student).await;
    for base in [&app.url, &replica] {
        let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
        reading.frames(12).await;
        let (thread, _) = place_of(&reading.events());
        assert!(tutor.is_open());
        let asked = Instant::now();
        app.stop_at(base, &student, &thread).await;
        while tutor.is_open() {
            assert!(asked.elapsed() < Duration::from_secs(1), "the upstream is still open");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let streamed = parse(&reading.read_whole().await);
        assert_eq!(done(&streamed)["content"][0]["text"], text(&streamed));
        let listed = app.ask_json(&student, "items.list", json!({"thread_id": thread})).await.1;
        assert_eq!(&listed["data"][0], done(&streamed));
    }
    assert_eq!(app.statuses().await, ["stopped", "stopped"]);
}

#[tokio::test]
async fn a_turn_that_runs_elsewhere_and_that_nobody_listens_to_gives_way() {
    let tutor = long();
    let app = App::answered_by(&tutor, &[]).await;
    let replica = app.replica_answered_by(&Paced::words(5, 1), &[]).await;
    let student = app.person(Role::Student).await;
    let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
    reading.frames(12).await;
    let (place, said) = (place_of(&reading.events()), text(&reading.events()));
    drop(reading);
    let second = events(app.chatkit_at(&replica, &student, &add(&place.0, "And?")).await).await;
    let items = app.ask_json(&student, "items.list", json!({"thread_id": place.0, "order": "asc"})).await.1;
    let items = items["data"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    assert!(items[1]["content"][0]["text"].as_str().unwrap().starts_with(&said));
    assert_eq!(&items[3], done(&second));
    let first = Reading::of(app.read_on(&replica, &student, &place, 0).await).read_whole().await;
    assert_eq!(&items[1], done(&parse(&first)), "the first stream ends with what is kept");
    assert_eq!(app.statuses().await, ["stopped", "done"]);
}

#[tokio::test]
async fn a_listener_at_any_process_keeps_a_turn_from_giving_way() {
    let tutor = long();
    let app = App::answered_by(&tutor, &[]).await;
    let replica = app.replica_answered_by(&long(), &[]).await;
    let student = app.person(Role::Student).await;
    let mut here = Reading::of(app.chatkit(&student, create("Why?")).await);
    here.frames(8).await;
    let place = place_of(&here.events());
    let refused = problem(app.chatkit_at(&replica, &student, &add(&place.0, "And?")).await).await;
    assert_eq!(refused, (409, "turn_running".to_owned()), "somebody listens where it runs");
    let mut there = Reading::of(app.read_on(&replica, &student, &place, 0).await);
    there.frames(8).await;
    drop(here);
    // Longer than the reader here is remembered.
    tokio::time::sleep(Duration::from_millis(1_700)).await;
    for base in [&app.url, &replica] {
        let refused = problem(app.chatkit_at(base, &student, &add(&place.0, "And?")).await).await;
        assert_eq!(refused, (409, "turn_running".to_owned()), "somebody listens elsewhere");
    }
    assert!(there.more().await, "and still reads");
}

#[tokio::test]
async fn a_turn_that_nobody_listens_to_ends_after_its_time_and_keeps_its_text() {
    let tutor = long();
    let app = App::answered_by(&tutor, &[("TUTOR_UNHEARD_SECONDS", "2")]).await;
    let replica = app.replica_answered_by(&long(), &[]).await;
    let student = app.person(Role::Student).await;
    let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
    reading.frames(8).await;
    let place = place_of(&reading.events());
    let mut there = Reading::of(app.read_on(&replica, &student, &place, 0).await);
    drop(reading);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(3_500) {
        assert!(there.more().await, "a listener elsewhere counts");
    }
    let said = text(&there.events());
    drop(there);
    app.settled(Duration::from_secs(8)).await;
    assert_eq!(app.statuses().await, ["stopped"]);
    assert!(!tutor.is_open());
    let listed = app.ask_json(&student, "items.list", json!({"thread_id": place.0})).await.1;
    assert!(listed["data"][0]["content"][0]["text"].as_str().unwrap().starts_with(&said));
}

#[tokio::test]
async fn a_silent_turn_notices_that_its_reader_left() {
    let tutor = Paced::words(3, 60_000);
    let app = App::answered_by(&tutor, &[("TUTOR_UNHEARD_SECONDS", "1")]).await;
    let student = app.person(Role::Student).await;
    let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
    reading.frames(4).await;
    drop(reading);
    app.settled(Duration::from_secs(6)).await;
    assert!(!tutor.is_open());
    let kept: i64 = sqlx::query_scalar("select count(*) from tutor.chatkit_thread_item where kind <> 'user_message'")
        .fetch_one(&app.pool)
        .await
        .unwrap();
    assert_eq!(kept, 0, "an answer without a word is none");
}

#[tokio::test]
async fn a_process_that_was_taken_for_dead_says_what_the_other_stored_and_no_more() {
    let tutor = long();
    let app = App::answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let mut first = Reading::of(app.chatkit(&student, create("Why?")).await);
    first.frames(12).await;
    let place = place_of(&first.events());
    app.stop_at(&app.url, &student, &place.0).await;
    let first = parse(&first.read_whole().await);
    let retry = json!({"type": "threads.retry_after_item", "params": {"thread_id": place.0, "item_id": place.1}});
    let mut again = Reading::of(app.chatkit(&student, retry).await);
    again.frames(12).await;
    let turn = sqlx::query_scalar("select id from tutor.turn where status = 'running'").fetch_one(&app.pool).await;
    api_server::chat::sweep::interrupt(&app.pool, turn.unwrap()).await.unwrap();
    let stream = again.read_whole().await;
    let stored: Vec<String> = sqlx::query_scalar(
        "select f.frames from tutor.turn_frame f join tutor.turn t on t.id = f.turn_id
         where t.status = 'interrupted' order by f.last",
    )
    .fetch_all(&app.pool)
    .await
    .unwrap();
    assert_eq!(stored.concat(), stream);
    assert!(!tutor.is_open(), "it has stopped asking the model");
    let listed = app.ask_json(&student, "items.list", json!({"thread_id": place.0, "order": "asc"})).await.1;
    assert_eq!(listed["data"], json!([first[1]["item"], done(&parse(&stream))]), "the first answer gave way");
}

#[tokio::test]
async fn old_frames_are_dropped_and_young_ones_are_not() {
    let app = App::answered_by(&Paced::words(3, 1), &[]).await;
    let student = app.person(Role::Student).await;
    app.create(&student, "Why?").await;
    assert_eq!(api_server::chat::sweep::purge(&app.pool).await.unwrap(), 0);
    sqlx::query("update tutor.turn set finished_at = now() - interval '11 minutes'").execute(&app.pool).await.unwrap();
    assert!(api_server::chat::sweep::purge(&app.pool).await.unwrap() > 0);
    let left: i64 = sqlx::query_scalar("select count(*) from tutor.turn_frame").fetch_one(&app.pool).await.unwrap();
    assert_eq!(left, 0);
}
