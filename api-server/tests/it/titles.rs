//! What threads are called, and how they are found again.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, Person, add, create, events, parse, thread_of, types};

async fn rename(app: &App, by: &Person, thread: &str, title: &str) -> (u16, Value) {
    app.ask_json(by, "threads.update", json!({"thread_id": thread, "title": title})).await
}

/// The titles of the threads that a search finds.
async fn found(app: &App, by: &Person, query: &str) -> Vec<String> {
    let url = format!("{}/api/v1/threads", app.url);
    let request = app.http.get(url).query(&[("q", query)]).bearer_auth(&by.token);
    let page: Value = request.send().await.unwrap().json().await.unwrap();
    let threads = page["threads"].as_array().expect("a page").iter();
    threads.map(|thread| thread["title"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_title_is_kept_as_one_line_that_can_be_seen() {
    let app = App::start().await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is drift?").await);
    for (given, kept) in [
        ("  Drift,\n again ", "Drift, again"),
        ("<b>\"100%\" \\ ' 🤖", "<b>\"100%\" \\ ' 🤖"),
        ("a\u{202E}b", "ab"),
        (&"机".repeat(200), &"机".repeat(200)),
    ] {
        let (status, renamed) = rename(&app, &student, &thread, given).await;
        assert_eq!((status, renamed["title"].as_str()), (200, Some(kept)));
    }
    for bad in ["", " \n\t", "\u{200B}", &"x".repeat(201)] {
        let (status, problem) = rename(&app, &student, &thread, bad).await;
        assert_eq!((status, &problem["code"]), (422, &json!("bad_title")), "{bad:?}");
    }
    let (status, problem) = rename(&app, &student, &thread, "a\u{0}").await;
    assert_eq!((status, &problem["code"]), (400, &json!("nul_in_text")));
    let stored = app.ask_json(&student, "threads.get_by_id", json!({"thread_id": thread})).await.1;
    assert_eq!(stored["title"], json!("机".repeat(200)));
}

#[tokio::test]
async fn a_title_that_a_person_chose_is_not_replaced_by_the_tutors() {
    let app = App::start().await;
    let student = app.student().await;
    let mut response = app.chatkit(&student, create("What does a closed loop measure?")).await;
    let mut read = String::from_utf8(response.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    let thread = thread_of(&parse(read.split_inclusive("\n\n").next().unwrap()));
    assert_eq!(rename(&app, &student, &thread, "My question").await.0, 200);
    read.push_str(&response.text().await.unwrap());
    let first = parse(&read);
    let told = first.iter().filter(|event| event["type"] == "thread.updated");
    for event in told {
        assert_eq!(event["thread"]["title"], "My question", "the stream tells of no other title");
    }
    let second = events(app.chatkit(&student, add(&thread, "And what is the error?")).await).await;
    assert!(!types(&second).contains(&"thread.updated"));
    let stored = app.ask_json(&student, "threads.get_by_id", json!({"thread_id": thread})).await.1;
    assert_eq!(stored["title"], "My question");
}

#[tokio::test]
async fn a_conversation_that_goes_on_moves_to_the_top_and_a_new_name_moves_nothing() {
    let app = App::start().await;
    let student = app.student().await;
    let older = thread_of(&app.create(&student, "What is drift?").await);
    let newer = thread_of(&app.create(&student, "What is feedback?").await);
    let order = async || -> Vec<String> {
        let page = app.get(&student, "/threads").await.1;
        page["threads"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    rename(&app, &student, &older, "Drift").await;
    assert_eq!(order().await, [newer.clone(), older.clone()]);
    events(app.chatkit(&student, add(&older, "And what is an encoder?")).await).await;
    assert_eq!(order().await, [older, newer]);
}

#[tokio::test]
async fn conversations_are_found_by_the_words_of_title_and_messages() {
    let app = App::start().await;
    let (student, other) = (app.student().await, app.student().await);
    let questions = ["What is ÜBERSHOOT of the motor?", "Is 100% of a_long_name fine?", "What is c:\\temp?"];
    for (question, title) in questions.iter().zip(["One", "Two", "Three"]) {
        let thread = thread_of(&app.create(&student, question).await);
        rename(&app, &student, &thread, title).await;
    }
    for (query, titles) in [
        ("übershoot", &["One"][..]),
        ("MOTOR Shoot", &["One"]),
        ("motor name", &[]),
        ("100%", &["Two"]),
        ("10%0", &[]),
        ("a_long", &["Two"]),
        ("a%long", &[]),
        ("c:\\temp", &["Three"]),
        ("c:%temp", &[]),
        ("\\", &["Three"]),
        ("tWo", &["Two"]),
        ("' or 1=1 --", &[]),
        ("  ", &["Three", "Two", "One"]),
    ] {
        assert_eq!(found(&app, &student, query).await, titles, "{query}");
        if !query.trim().is_empty() {
            assert_eq!(found(&app, &other, query).await, [""; 0], "{query}");
        }
    }
    for (path, status) in [(format!("/threads?q={}", "x".repeat(201)), 413), ("/threads?q=a%00b".to_owned(), 400)] {
        assert_eq!(app.get(&student, &path).await.0, status);
    }
}

#[tokio::test]
async fn what_the_model_alone_is_told_is_not_found() {
    let app = App::start().await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is drift?").await);
    sqlx::query(
        "insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, hidden, created_at)
         values ('shcx_1', $1, 'sdk_hidden_context', '{}', 'zebra', true, now())",
    )
    .bind(&thread)
    .execute(&app.pool)
    .await
    .unwrap();
    assert_eq!(found(&app, &student, "zebra").await.len(), 0);
    assert_eq!(found(&app, &student, "drift").await.len(), 1);
}

#[tokio::test]
async fn the_search_among_one_persons_many_messages_is_quick() {
    let app = App::start().await;
    let student = app.student().await;
    many_threads(&app, &student, 4_000).await;
    // As the database does it by itself every minute.
    sqlx::query("vacuum analyze tutor.chatkit_thread, tutor.chatkit_thread_item").execute(&app.pool).await.unwrap();
    let mut fastest = std::time::Duration::MAX;
    for _ in 0..3 {
        let start = std::time::Instant::now();
        assert_eq!(found(&app, &student, "needle 77").await, ["Thread 77"]);
        fastest = fastest.min(start.elapsed());
    }
    // Nearly four million characters, all of them read.
    assert!(fastest.as_millis() < 500, "{fastest:?}");
}

/// Threads with a question and an answer each, as they are after months.
pub(crate) async fn many_threads(app: &App, by: &Person, count: i32) {
    for step in [
        "insert into tutor.chatkit_thread (id, user_id, title, created_at, updated_at)
         select 'thr_' || n, $1, 'Thread ' || n, now(), now() + n * interval '1 second' from generate_series(1, $2) n",
        "insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, created_at)
         select 'msg_' || n || '_' || k, 'thr_' || n, 'assistant_message', '{}',
                case when n = 77 and k = 2 and $1 is not null then 'the needle 77 is here' else repeat('hay ' || n, 60) end, now()
         from generate_series(1, $2) n, generate_series(1, 2) k",
    ] {
        sqlx::query(step).bind(by.id).bind(count).execute(&app.pool).await.unwrap();
    }
}

#[tokio::test]
async fn four_thousand_threads_are_one_cheap_page_and_page_by_cursor() {
    let app = App::start().await;
    let student = app.student().await;
    many_threads(&app, &student, 4_000).await;
    let list = async |params: Value| app.ask_json(&student, "threads.list", params).await.1;
    let ids = |page: &Value| -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut fastest = std::time::Duration::MAX;
    let mut whole = Value::Null;
    for _ in 0..5 {
        let start = std::time::Instant::now();
        whole = list(json!({"limit": 9999, "order": "desc"})).await;
        fastest = fastest.min(start.elapsed());
    }
    // An optimised build needs a twentieth; this one reads the answer as slowly as it writes it, on a shared machine.
    assert!(fastest.as_millis() < 2_000, "{fastest:?}");
    assert_eq!((ids(&whole).len(), &whole["has_more"], whole.get("after")), (4_000, &json!(false), None));
    let mut paged = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = list(json!({"limit": 999, "order": "desc", "after": after})).await;
        paged.extend(ids(&page));
        after = page["after"].clone();
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(paged, ids(&whole));
    let oldest = list(json!({"order": "asc"})).await;
    assert_eq!((ids(&oldest).len(), &oldest["has_more"], &oldest["after"]), (20, &json!(true), &json!("thr_20")));
    let (mut seen, mut after) = (0, String::new());
    loop {
        let page = app.call(&student, Method::GET, &format!("/threads?limit=200{after}"), None).await.1;
        let threads = page["threads"].as_array().unwrap();
        seen += threads.len();
        after = format!("&after={}", threads.last().unwrap()["id"].as_str().unwrap());
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen, 4_000);
}

#[tokio::test]
async fn a_lesson_that_left_the_course_is_no_longer_named_as_a_conversations_place() {
    let app = App::start().await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, "What is drift?").await);
    sqlx::query("update tutor.chatkit_thread set lesson_id = (select id from learn.lesson limit 1) where id = $1")
        .bind(&thread)
        .execute(&app.pool)
        .await
        .unwrap();
    let lesson = async || app.get(&student, "/threads").await.1["threads"][0]["lesson"].clone();
    assert!(lesson().await["slug"].is_string());
    sqlx::query("update learn.lesson set published_version = null").execute(&app.pool).await.unwrap();
    assert_eq!(lesson().await, Value::Null);
    assert_eq!(app.ask_json(&student, "threads.get_by_id", json!({"thread_id": thread})).await.0, 200);
}
