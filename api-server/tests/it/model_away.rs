//! The tutor whose model is slow, broken or away.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::llm::{Behaviour, LlmServer};
use tracing::Level;

use crate::{
    app::{App, create, done, events, parse, text, thread_of, types},
    log::Log,
    model::{KEY, QUESTION, app_with, notices},
};

const IMPATIENT: &[(&str, &str)] = &[
    ("TUTOR_FIRST_TOKEN_SECONDS", "1.5"),
    ("TUTOR_TOKEN_GAP_SECONDS", "1"),
    ("TUTOR_DAILY_LIMIT", "1000"),
    ("TUTOR_MODEL_REST_SECONDS", "0.001"),
];
const WORDS: &str = "A closed loop measures what the machine really did. And then it ";

fn guide_answered(streamed: &[Value], what: &str) {
    assert_eq!(notices(streamed), ["warning"], "{what}");
    let answer = done(streamed);
    assert_eq!(answer["content"][0]["text"], text(streamed), "{what}");
    assert!(!answer["content"][0]["annotations"].as_array().unwrap().is_empty(), "the guide cites: {what}");
    assert!(!types(streamed).contains(&"error"), "{what}");
    let added = types(streamed).iter().filter(|kind| **kind == "thread.item.added").count();
    assert_eq!(added, 1, "{what}");
}

#[tokio::test]
async fn whatever_keeps_a_model_from_its_first_words_the_guide_answers_and_says_so() {
    let model = LlmServer::start([]).await.unwrap();
    let app = app_with(&model, IMPATIENT).await;
    let student = app.student().await;
    for (behaviour, tries) in [
        (Behaviour::Mute, 1),
        (Behaviour::Stalls(String::new()), 1),
        (Behaviour::Stalls("Half a sen".into()), 1),
        (Behaviour::Cuts(String::new()), 3),
        (Behaviour::Garbles(String::new()), 1),
        (Behaviour::says(""), 3),
        (Behaviour::Refuses(500, None), 3),
        (Behaviour::Refuses(429, Some(600)), 1),
        (Behaviour::Refuses(401, None), 1),
        (Behaviour::Refuses(302, None), 1),
    ] {
        let before = model.asked().len();
        model.behave([behaviour.clone()]);
        let begun = Instant::now();
        let streamed = app.create(&student, QUESTION).await;
        guide_answered(&streamed, &format!("{behaviour:?}"));
        assert!(begun.elapsed() < Duration::from_secs(20), "{behaviour:?}");
        assert_eq!(model.asked().len() - before, tries, "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_the_same() {
    let gone = LlmServer::start([]).await.unwrap().url.clone();
    let app = App::start_with(&[("OPENAI_BASE_URL", gone.as_str()), ("OPENAI_MODEL", "small")]).await;
    let student = app.student().await;
    guide_answered(&app.create(&student, QUESTION).await, "no server");
}

#[tokio::test]
async fn a_hiccup_before_the_first_words_is_tried_again_unnoticed() {
    let model = LlmServer::start([]).await.unwrap();
    let app = app_with(&model, &[]).await;
    let student = app.student().await;
    let answers = || Behaviour::says("It measures. Why does it?");
    for (hiccup, least) in [(Behaviour::Refuses(503, None), 0), (Behaviour::Refuses(429, Some(1)), 1)] {
        let before = model.asked().len();
        model.behave([hiccup, answers()]);
        let streamed = app.create(&student, QUESTION).await;
        assert_eq!((text(&streamed).as_str(), notices(&streamed).len()), ("It measures. Why does it?", 0));
        let asked = &model.asked()[before..];
        assert_eq!(asked.len(), 2);
        assert!(asked[1].at - asked[0].at >= Duration::from_secs(least));
    }
}

#[tokio::test]
async fn a_model_that_breaks_off_leaves_its_words_and_an_error_after_which_a_retry_works() {
    let model = LlmServer::start([]).await.unwrap();
    let app = app_with(&model, IMPATIENT).await;
    let student = app.student().await;
    for behaviour in [Behaviour::Cuts(WORDS.into()), Behaviour::Stalls(WORDS.into()), Behaviour::Garbles(WORDS.into())]
    {
        model.behave([behaviour.clone()]);
        let streamed = app.create(&student, QUESTION).await;
        let last = streamed.last().unwrap();
        assert_eq!((&last["type"], &last["allow_retry"]), (&json!("error"), &json!(true)), "{behaviour:?}");
        assert_eq!(text(&streamed).trim(), "A closed loop measures what the machine really did.", "{behaviour:?}");
        let thread = thread_of(&streamed);
        let items = app.ask_json(&student, "items.list", json!({"thread_id": thread, "order": "asc"})).await.1;
        assert_eq!(items["data"][1]["content"][0]["text"], text(&streamed), "{behaviour:?}");
        model.behave([Behaviour::says("It measures. Why does it?")]);
        let params = json!({"thread_id": thread, "item_id": streamed[1]["item"]["id"]});
        let retry = json!({"type": "threads.retry_after_item", "params": params});
        let again = events(app.chatkit(&student, retry).await).await;
        assert_eq!(text(&again), "It measures. Why does it?", "{behaviour:?}");
        let items = app.ask_json(&student, "items.list", json!({"thread_id": thread, "order": "asc"})).await.1;
        assert_eq!(items["data"].as_array().unwrap().len(), 2, "{behaviour:?}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_as_a_whole_ends() {
    let slow = Behaviour::Slow("One more sentence. ".repeat(200), Duration::from_millis(150));
    let model = LlmServer::start([slow]).await.unwrap();
    let app = app_with(&model, &[("TUTOR_ANSWER_SECONDS", "3")]).await;
    let student = app.student().await;
    let streamed = app.create(&student, QUESTION).await;
    assert_eq!(streamed.last().unwrap()["type"], "error");
    assert!(text(&streamed).starts_with("One more sentence. "), "{}", text(&streamed));
}

#[tokio::test]
async fn a_model_that_keeps_failing_is_left_alone_and_asked_again_later() {
    let model = LlmServer::start([Behaviour::Refuses(401, None)]).await.unwrap();
    let app = app_with(&model, &[("TUTOR_MODEL_REST_SECONDS", "6")]).await;
    let student = app.student().await;
    for _ in 0..3 {
        guide_answered(&app.create(&student, QUESTION).await, "failing");
    }
    let opened = Instant::now();
    guide_answered(&app.create(&student, QUESTION).await, "left alone");
    assert_eq!(model.asked().len(), 3, "not asked while it rests");
    model.behave([Behaviour::says("It measures. Why does it?")]);
    tokio::time::sleep(Duration::from_secs(6).saturating_sub(opened.elapsed()) + Duration::from_millis(50)).await;
    for _ in 0..2 {
        assert_eq!(text(&app.create(&student, QUESTION).await), "It measures. Why does it?");
    }
    assert_eq!(model.asked().len(), 5);
}

#[tokio::test]
async fn stopping_closes_the_connection_to_the_provider_within_a_second() {
    // Before the first words, within them, and in a pause.
    let scripts = [
        Behaviour::Mute,
        Behaviour::Slow(WORDS.repeat(50), Duration::from_millis(30)),
        Behaviour::Stalls(WORDS.into()),
    ];
    for behaviour in scripts {
        let model = LlmServer::start([behaviour.clone()]).await.unwrap();
        let app = app_with(&model, &[]).await;
        let student = app.student().await;
        let mut response = app.chatkit(&student, create(QUESTION)).await;
        let wanted = if matches!(behaviour, Behaviour::Mute) { "Thinking about it" } else { "text_delta" };
        let mut read = String::new();
        while !read.contains(wanted) {
            read.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
        }
        for _ in 0..100 {
            if !model.asked().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(model.left().len(), 0, "{behaviour:?}");
        let thread = thread_of(&parse(read.split_inclusive("\n\n").next().unwrap()));
        let asked = Instant::now();
        assert_eq!(app.call(&student, Method::POST, &format!("/threads/{thread}/stop"), None).await.0, 204);
        while model.left().is_empty() && asked.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let closed = *model.left().first().expect("the connection is closed");
        assert!(closed - asked < Duration::from_secs(1), "{behaviour:?}: {:?}", closed - asked);
        // The stream ends, and the turn has ended then.
        let rest = async { while response.chunk().await.unwrap().is_some() {} };
        tokio::time::timeout(Duration::from_secs(3), rest).await.expect("the stream ends");
        let status: String = sqlx::query_scalar("select status from tutor.turn").fetch_one(&app.pool).await.unwrap();
        assert_eq!(status, "stopped", "{behaviour:?}");
    }
}

#[tokio::test]
async fn the_key_is_in_no_log_line_and_no_stored_error_even_when_the_provider_repeats_it() {
    let log = Log::hear(Level::TRACE);
    let model = LlmServer::start([]).await.unwrap();
    let app = app_with(&model, IMPATIENT).await;
    let student = app.student().await;
    for behaviour in [Behaviour::Refuses(401, None), Behaviour::Refuses(500, None), Behaviour::Garbles(WORDS.into())] {
        model.behave([behaviour]);
        app.create(&student, QUESTION).await;
    }
    let errors: Vec<String> =
        sqlx::query_scalar("select coalesce(error, '') from tutor.turn").fetch_all(&app.pool).await.unwrap();
    let logged = log.text();
    assert!(logged.contains("the model gave no whole answer"), "the log is read");
    assert!(!logged.contains(KEY) && !errors.concat().contains(KEY));
}

#[tokio::test]
async fn a_tutor_that_cannot_search_the_lessons_says_so_and_answers_all_the_same() {
    let model =
        LlmServer::start([Behaviour::says("It measures what really happened [1]. Why does it?")]).await.unwrap();
    let app = app_with(&model, &[]).await;
    let student = app.student().await;
    sqlx::query("alter table learn.chunk rename to chunk_out_of_reach").execute(&app.pool).await.unwrap();
    let streamed = app.create(&student, QUESTION).await;
    assert_eq!(notices(&streamed), ["warning"]);
    assert_eq!(text(&streamed), "It measures what really happened. Why does it?");
    assert!(done(&streamed)["content"][0]["annotations"].as_array().unwrap().is_empty());
    let prompt = model.asked()[0].body.to_string();
    assert!(prompt.contains("no passages this time") && !prompt.contains("<passage number"), "{prompt}");
}
