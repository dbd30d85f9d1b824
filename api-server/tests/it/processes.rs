//! Real processes that are killed, and told to stop.

use std::{process::Stdio, time::Duration};

use reqwest::StatusCode;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::{
    app::{App, Person, create, done, events, parse, problem, text},
    paced::{Reading, place_of},
};

/// An api-server of its own; killed with this value.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    async fn start(app: &App) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_api-server"))
            .env_clear()
            .envs([
                ("INTELLISTACK_ENV", "development"),
                ("DATABASE_URL", &app.database_url()),
                ("AUTH_URL", app.issuer.url()),
                ("API_URL", &url),
                ("API_ADDR", &format!("127.0.0.1:{port}")),
                ("WEB_URL", "http://localhost:3000"),
                ("EMBEDDINGS", "off"),
            ])
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let process = Self { child, url };
        for _ in 0..600 {
            if app.http.get(format!("{}/readyz", process.url)).send().await.is_ok_and(|it| it.status() == 200) {
                return process;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the process did not become ready");
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    }
}

async fn asked(app: &App, process: &Process, by: &Person) -> Reading {
    Reading::of(app.chatkit_at(&process.url, by, &create("What does a closed loop measure?")).await)
}

#[tokio::test]
async fn a_process_killed_in_mid_answer_leaves_an_interrupted_turn_that_can_be_retried() {
    let app = App::start().await;
    let student = app.student().await;
    let mut process = Process::start(&app).await;
    let mut reading = asked(&app, &process, &student).await;
    reading.frames(9).await;
    let place = place_of(&reading.events());
    process.child.kill().await.unwrap();
    // A reader at another process sees the end as soon as it is known.
    let read = Reading::of(app.read_on(&app.url, &student, &place, 0).await);
    let stream = tokio::time::timeout(Duration::from_secs(12), read.read_whole()).await.expect("within seconds");
    let streamed = parse(&stream);
    assert_eq!(app.statuses().await, ["interrupted"]);
    assert!(stream.starts_with(reading.read.rsplit_once("\n\n").unwrap().0));
    assert_eq!(streamed.last().unwrap(), &json!({"type": "error", "code": "stream.error", "allow_retry": true}));
    let listed = app.ask_json(&student, "items.list", json!({"thread_id": place.0})).await.1;
    assert_eq!(&listed["data"][0], done(&streamed));
    assert_eq!(done(&streamed)["content"][0]["text"], text(&streamed));
    let retry = json!({"type": "threads.retry_after_item", "params": {"thread_id": place.0, "item_id": place.1}});
    let again = events(app.chatkit(&student, retry).await).await;
    let listed = app.ask_json(&student, "items.list", json!({"thread_id": place.0})).await.1;
    assert_eq!(listed["data"], json!([done(&again), streamed[1]["item"]]));
}

#[tokio::test]
async fn a_process_told_to_stop_finishes_its_answers_takes_no_new_ones_and_ends() {
    let app = App::start().await;
    let student = app.student().await;
    let mut process = Process::start(&app).await;
    let mut reading = asked(&app, &process, &student).await;
    reading.frames(7).await;
    process.signal("-TERM");
    tokio::time::sleep(Duration::from_millis(150)).await;
    let refused = app.chatkit_at(&process.url, &student, &create("And what is the error?")).await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(problem(refused).await, (503, "shutting_down".to_owned()));
    let ready = app.http.get(format!("{}/readyz", process.url)).send().await.unwrap().status();
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    let streamed = parse(&reading.read_whole().await);
    assert_eq!(done(&streamed)["content"][0]["text"], text(&streamed));
    assert_eq!(app.statuses().await, ["done"]);
    let ended = tokio::time::timeout(Duration::from_secs(5), process.child.wait()).await;
    assert!(ended.expect("it ends").unwrap().success());
}
