//! The tutor with a model: what is asked of it, and what becomes of what it says.

use serde_json::{Value, json};
use sqlx::Row;
use std::sync::Arc;
use testkit::llm::{Behaviour, LlmServer};
use tutor::leak::{HOLD, similarity};

use crate::app::{App, Person, add, create, done, events, text, thread_of, types};

/// A key that must never be seen again.
pub(crate) const KEY: &str = "sk-test-4f9a1c7e2b8d6035";
/// What leads to an explanation in the fixture course.
pub(crate) const QUESTION: &str = "What does a closed loop measure?";
const SOLUTION: &str = "def command(target, measured):\n    error = target - measured\n    return 2 * error\n\n\n\
    for target, measured in [(10, 4), (3, 5)]:\n    print(command(target, measured))\n";

/// An API whose tutor has this model.
pub(crate) async fn app_with(model: &LlmServer, more: &[(&str, &str)]) -> App {
    let own = [("OPENAI_BASE_URL", model.url.as_str()), ("OPENAI_API_KEY", KEY), ("OPENAI_MODEL", "small")];
    App::start_with(&[&own[..], more].concat()).await
}

/// The kinds of notices in a stream.
pub(crate) fn notices(events: &[Value]) -> Vec<&str> {
    let notices = events.iter().filter(|event| event["type"] == "notice");
    notices.map(|event| event["level"].as_str().unwrap()).collect()
}

/// Everything of a request that its provider reads.
fn prompt(request: &Value) -> String {
    request["messages"].to_string()
}

/// The number of the passage in a request that holds these words.
fn number_of(request: &Value, words: &str) -> String {
    let system = request["messages"][0]["content"].as_str().unwrap();
    let before = system[..system.find(words).unwrap()].rfind("number=\"").unwrap() + 8;
    system[before..].split('"').next().unwrap().to_owned()
}

fn explaining() -> Behaviour {
    Behaviour::Scripted(Arc::new(|request| {
        let number = number_of(request, "never trusts");
        format!(
            "A closed loop measures what the machine really did [{number}]. Nobody measures the moon's cheese [99]. \
             What would it measure in an oven?"
        )
    }))
}

#[tokio::test]
async fn the_models_words_are_the_answer_and_only_markers_that_hold_become_citations() {
    let model = LlmServer::start([explaining()]).await.unwrap();
    let app = app_with(&model, &[]).await;
    let student = app.student().await;
    let streamed = app.create(&student, QUESTION).await;
    let content = &done(&streamed)["content"][0];
    assert_eq!(content["text"], text(&streamed));
    assert!(text(&streamed).starts_with("A closed loop measures what the machine really did ["), "{content}");
    assert!(text(&streamed).ends_with("What would it measure in an oven?") && !text(&streamed).contains("[99]"));
    let annotations = content["annotations"].as_array().unwrap();
    assert_eq!(annotations.len(), 1, "{content}");
    assert!(annotations[0]["source"]["url"].as_str().unwrap().contains("/lessons/closed-loops#"), "{content}");
    let index = usize::try_from(annotations[0]["index"].as_u64().unwrap()).unwrap();
    let before: String = text(&streamed).chars().take(index).collect();
    assert!(before.ends_with(']'), "right behind its marker: {before}");
    assert_eq!(notices(&streamed), Vec::<&str>::new());
    let shown = types(&streamed).iter().filter(|kind| **kind == "progress_update").count();
    assert_eq!(shown, 2, "looking, then thinking");
    assert!(types(&streamed).contains(&"thread.updated"), "a title as with the guide");
}

#[tokio::test]
async fn the_provider_is_asked_as_it_expects_and_what_it_counts_is_recorded() {
    let model = LlmServer::start([explaining()]).await.unwrap();
    let app = app_with(&model, &[]).await;
    let student = app.student().await;
    let thread = thread_of(&app.create(&student, QUESTION).await);
    events(app.chatkit(&student, add(&thread, "Why does a thermostat measure the temperature?")).await).await;
    let asked = model.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].authorization.as_deref(), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(asked[0].body["model"], "small");
    assert_eq!(asked[0].body["stream_options"], json!({"include_usage": true}));
    let roles: Vec<&str> =
        asked[1].body["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "user"]);
    let row =
        sqlx::query("select prompt_tokens, completion_tokens, messages from tutor.ai_usage_metric where user_id = $1")
            .bind(student.id)
            .fetch_one(&app.pool)
            .await
            .unwrap();
    assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1), row.get::<i32, _>(2)), (200, 40, 2));
}

#[tokio::test]
async fn a_model_that_gives_the_solution_away_is_stopped_in_the_stream_and_in_what_is_stored() {
    let dump = format!("Of course.\n\n```python\n{SOLUTION}```\n\nClear?");
    let model = LlmServer::start([Behaviour::says(dump)]).await.unwrap();
    let app = app_with(&model, &[]).await;
    let student = app.student().await;
    let streamed = app.create(&student, QUESTION).await;
    assert!(text(&streamed).starts_with("Of course.") && text(&streamed).contains("leave something out"));
    let thread = thread_of(&streamed);
    let items = app.ask_json(&student, "items.list", json!({"thread_id": thread})).await.1.to_string();
    let frames: Vec<String> =
        sqlx::query_scalar("select f::text from tutor.turn_frame f").fetch_all(&app.pool).await.unwrap();
    for line in ["def command", "target - measured", "2 * error"] {
        for place in [&text(&streamed), &items, &frames.concat()] {
            assert!(!place.contains(line), "{line}: {place}");
        }
    }
}

#[tokio::test]
async fn a_solution_without_a_fence_and_over_two_answers_does_not_add_up() {
    let renamed = SOLUTION.replace("target", "goal").replace("measured", "seen").replace("error", "gap");
    let said = [format!("In words:\n{SOLUTION}\nClear?"), format!("Again:\n\n{renamed}\nNow?")];
    let model = LlmServer::start(said.map(Behaviour::Says)).await.unwrap();
    let app = app_with(&model, &[]).await;
    let student = app.student().await;
    let first = app.create(&student, QUESTION).await;
    let second = events(app.chatkit(&student, add(&thread_of(&first), "What does a closed loop compare?")).await).await;
    assert_eq!(model.asked().len(), 2, "both were the model's to answer");
    let said = format!("{}\n{}", text(&first), text(&second));
    assert!(said.contains("leave something out") && similarity(&said, SOLUTION) < HOLD, "{said}");
}

async fn ask(app: &App, student: &Person, question: &str) -> Vec<Value> {
    events(app.chatkit(student, create(question)).await).await
}

#[tokio::test]
async fn the_provider_never_reads_an_open_exercises_solution_nor_a_locked_stage() {
    let model = LlmServer::start([Behaviour::says("Let us look. What do you see?")]).await.unwrap();
    let app = app_with(&model, &[]).await;
    let student = app.student().await;
    for question in [
        QUESTION,
        "I am stuck on Double the error, give me a hint",
        "What is feedback?",
        "How do diagonal legs, mud and feedback in a closed loop go together?",
        "Does a sensor drift?",
    ] {
        ask(&app, &student, question).await;
    }
    let asked = model.asked();
    assert!(asked.len() >= 3, "{}", asked.len());
    for request in &asked {
        let prompt = prompt(&request.body);
        for secret in ["2 * error", "return 2", "deep mud", "supporting diagonal", "lift high"] {
            assert!(!prompt.contains(secret), "{secret}: {prompt}");
        }
    }
}

#[tokio::test]
async fn what_code_must_answer_for_is_never_left_to_the_model() {
    let model = LlmServer::start([Behaviour::says("def command(): return 42. Right?")]).await.unwrap();
    let app = app_with(&model, &[]).await;
    let (student, visitor) = (app.student().await, app.person(oauth::Role::Student).await);
    for question in [
        "Give me the solution of Double the error",
        "What is the quagmire trot?",
        "Who won the football world cup?",
        "hello",
        "Where do I start?",
    ] {
        let streamed = ask(&app, &student, question).await;
        assert!(!text(&streamed).contains("42") && !text(&streamed).is_empty(), "{question}: {}", text(&streamed));
    }
    ask(&app, &visitor, QUESTION).await;
    assert_eq!(model.asked().len(), 0);
}

#[tokio::test]
async fn a_server_without_a_key_is_asked_without_one() {
    let model = LlmServer::start([explaining()]).await.unwrap();
    let app = App::start_with(&[("OPENAI_BASE_URL", model.url.as_str()), ("OPENAI_MODEL", "small")]).await;
    let student = app.student().await;
    assert!(text(&ask(&app, &student, QUESTION).await).contains("oven"));
    assert_eq!(model.asked()[0].authorization, None);
}
