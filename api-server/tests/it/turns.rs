//! Turns outlive connections, readers and processes.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::json;
use uuid::Uuid;

use crate::app::{App, Person, add, create, done, events, parse, problem, text, thread_of};

/// Reads a stream until it holds `wanted` frames, then drops the connection.
async fn first_frames(mut response: Response, wanted: usize) -> String {
    let mut read = String::new();
    while read.matches("\n\n").count() < wanted {
        let chunk = response.chunk().await.unwrap().expect("the stream is longer");
        read.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let end = read.match_indices("\n\n").nth(wanted - 1).unwrap().0 + 2;
    read.truncate(end);
    read
}

async fn running(app: &App, by: &Person) -> bool {
    app.get(by, "/threads").await.1["threads"][0]["running"].as_bool().unwrap()
}

async fn wait_until_done(app: &App, by: &Person) {
    for _ in 0..200 {
        if !running(app, by).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the turn did not end");
}

#[tokio::test]
async fn an_answer_nobody_waits_for_is_still_stored() {
    let app = App::start().await;
    let student = app.student().await;
    let read = first_frames(app.chatkit(&student, create("What does a closed loop measure?")).await, 6).await;
    let thread = thread_of(&parse(&read));
    assert!(running(&app, &student).await);
    wait_until_done(&app, &student).await;
    let items = app.ask_json(&student, "items.list", json!({"thread_id": thread, "order": "asc"})).await.1;
    assert_eq!(items["data"].as_array().unwrap().len(), 2);
    assert_eq!(items["data"][1]["type"], "assistant_message");
}

#[tokio::test]
async fn a_reader_who_comes_back_reads_on_byte_for_byte_here_and_at_another_process() {
    let app = App::start().await;
    let replica = app.replica().await;
    let student = app.student().await;
    let lost = first_frames(app.chatkit(&student, create("What does a closed loop measure?")).await, 9).await;
    let opening = parse(&lost);
    let path = format!("/threads/{}/events?turn={}", thread_of(&opening), opening[1]["item"]["id"].as_str().unwrap());
    let read = async |base: &str, after: usize| {
        let url = format!("{base}/api/v1{path}&after={after}");
        app.http.get(url).bearer_auth(&student.token).send().await.unwrap().text().await.unwrap()
    };
    let (rest, elsewhere, whole) = tokio::join!(read(&app.url, 9), read(&replica, 9), read(&app.url, 0));
    assert_eq!(format!("{lost}{rest}"), whole);
    assert_eq!(elsewhere, rest);
    let later = read(&replica, 9).await;
    assert_eq!(later, rest, "after the end as well");
    let all = parse(&whole);
    assert_eq!(done(&all)["content"][0]["text"], text(&all));
}

#[tokio::test]
async fn a_thread_in_which_the_tutor_speaks_to_somebody_takes_no_second_message() {
    let app = App::start().await;
    let student = app.student().await;
    let mut response = app.chatkit(&student, create("What does a closed loop measure?")).await;
    let first = String::from_utf8(response.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    let thread = thread_of(&parse(first.split_inclusive("\n\n").next().unwrap()));
    let refused = problem(app.chatkit(&student, add(&thread, "And?")).await).await;
    assert_eq!(refused, (409, "turn_running".to_owned()));
}

#[tokio::test]
async fn a_turn_nobody_listens_to_gives_way_to_a_new_message_and_keeps_its_text() {
    let app = App::start().await;
    let student = app.student().await;
    let read = first_frames(app.chatkit(&student, create("What does a closed loop measure?")).await, 12).await;
    let thread = thread_of(&parse(&read));
    // The server notices a closed connection when it next writes.
    tokio::time::sleep(Duration::from_millis(150)).await;
    let second = events(app.chatkit(&student, add(&thread, "What is the error?")).await).await;
    let items = app.ask_json(&student, "items.list", json!({"thread_id": thread, "order": "asc"})).await.1;
    let items = items["data"].as_array().unwrap();
    assert_eq!(items.len(), 4, "the mark of the stop is for the model alone: {items:?}");
    let kept = items[1]["content"][0]["text"].as_str().unwrap();
    assert!(!kept.trim().is_empty() && kept.starts_with(text(&parse(&read)).as_str()), "{kept}");
    assert_eq!(&items[3], done(&second));
}

#[tokio::test]
async fn stopping_keeps_what_was_said_and_ends_the_stream_properly() {
    let app = App::start().await;
    let student = app.student().await;
    let mut response = app.chatkit(&student, create("What does a closed loop measure?")).await;
    let mut read = String::new();
    while text(&parse(&read[..read.rfind("\n\n").map_or(0, |at| at + 2)])).len() < 10 {
        read.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    let thread = thread_of(&parse(read.split_inclusive("\n\n").next().unwrap()));
    assert_eq!(app.call(&student, Method::POST, &format!("/threads/{thread}/stop"), None).await.0, 204);
    read.push_str(&response.text().await.unwrap());
    let streamed = parse(&read);
    assert_eq!(done(&streamed)["content"][0]["text"], text(&streamed));
    let status: String = sqlx::query_scalar("select status from tutor.turn").fetch_one(&app.pool).await.unwrap();
    assert_eq!(status, "stopped");
    let hidden: i64 = sqlx::query_scalar("select count(*) from tutor.chatkit_thread_item where hidden")
        .fetch_one(&app.pool)
        .await
        .unwrap();
    assert_eq!(hidden, 1);
    let whole = app.ask_json(&student, "threads.get_by_id", json!({"thread_id": thread})).await.1;
    assert_eq!(whole["items"]["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_turn_of_a_dead_process_is_marked_and_its_text_is_kept() {
    let app = App::start().await;
    let student = app.student().await;
    let streamed = app.create(&student, "What does a closed loop measure?").await;
    let thread = thread_of(&streamed);
    // As a process leaves it that is killed in mid-answer.
    let item = done(&streamed)["id"].as_str().unwrap().to_owned();
    sqlx::query("delete from tutor.chatkit_thread_item where id = $1").bind(&item).execute(&app.pool).await.unwrap();
    sqlx::query(
        "update tutor.turn set status = 'running', finished_at = null, instance = $1,
                heartbeat_at = now() - interval '1 minute'",
    )
    .bind(Uuid::now_v7())
    .execute(&app.pool)
    .await
    .unwrap();
    wait_until_done(&app, &student).await;
    let status: String = sqlx::query_scalar("select status from tutor.turn").fetch_one(&app.pool).await.unwrap();
    assert_eq!(status, "interrupted");
    let items = app.ask_json(&student, "items.list", json!({"thread_id": thread})).await.1;
    assert_eq!(items["data"][0]["id"], item);
    assert_eq!(items["data"][0]["content"][0]["text"], text(&streamed));
    let again = events(app.chatkit(&student, add(&thread, "Go on, what is the error?")).await).await;
    assert_eq!(done(&again)["type"], "assistant_message");
}

#[tokio::test]
async fn a_turns_frames_are_gone_ten_minutes_after_its_end() {
    let app = App::start().await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is drift?").await);
    sqlx::query("update tutor.turn set finished_at = now() - interval '11 minutes'").execute(&app.pool).await.unwrap();
    let response = app.send(&student.token, Method::GET, &format!("/threads/{thread}/events"), None).await;
    assert_eq!(problem(response).await, (410, "turn_over".to_owned()));
}

#[tokio::test]
async fn deleting_a_thread_waits_for_a_turn_that_is_just_ending() {
    let app = App::start().await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is feedback?").await);
    // As the end of a turn does: first the turn, then its thread.
    let mut ending = app.pool.begin().await.unwrap();
    sqlx::query("update tutor.turn set finished_at = now() where thread_id = $1")
        .bind(&thread)
        .execute(&mut *ending)
        .await
        .unwrap();
    let delete = app.ask_json(&student, "threads.delete", json!({"thread_id": thread}));
    let end = async {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        sqlx::query("update tutor.chatkit_thread set updated_at = now() where id = $1")
            .bind(&thread)
            .execute(&mut *ending)
            .await?;
        ending.commit().await
    };
    let (deleted, ended) = tokio::join!(delete, end);
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(deleted.0, 200, "{}", deleted.1);
}

#[tokio::test]
async fn deleting_a_thread_and_writing_into_it_at_once_is_never_a_fault() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "1000")]).await;
    let student = app.student().await;
    for _ in 0..12 {
        let thread = thread_of(&app.create(&student, "hi").await);
        let (deleted, answered) = tokio::join!(
            app.ask_json(&student, "threads.delete", json!({"thread_id": thread})),
            app.chatkit(&student, add(&thread, "and now?"))
        );
        assert_eq!(deleted.0, 200, "{}", deleted.1);
        assert!([200, 404].contains(&answered.status().as_u16()), "{}", answered.status());
    }
}

#[tokio::test]
async fn who_leaves_while_the_question_is_being_stored_gets_it_answered_all_the_same() {
    let app = App::start().await;
    let student = app.student().await;
    // Storing ends with a wait, as on a busy disk.
    for step in [
        "create function tutor.dawdle() returns trigger language plpgsql as
         $$ begin if new.status = 'running' then perform pg_sleep(0.8); end if; return null; end $$",
        "create constraint trigger dawdle after insert on tutor.turn deferrable initially deferred
         for each row execute function tutor.dawdle()",
    ] {
        sqlx::query(step).execute(&app.pool).await.unwrap();
    }
    let request = app.http.post(format!("{}/api/v1/chatkit", app.url)).bearer_auth(&student.token);
    let left = request.json(&create("What is feedback?")).timeout(Duration::from_millis(300)).send().await;
    assert!(left.is_err_and(|error| error.is_timeout()));
    tokio::time::sleep(Duration::from_secs(5)).await;
    let turns: Vec<String> = sqlx::query_scalar("select status from tutor.turn").fetch_all(&app.pool).await.unwrap();
    assert_eq!(turns, ["done"]);
}
