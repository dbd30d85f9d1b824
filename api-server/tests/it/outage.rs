//! Postgres away: refused with words, caught up with afterwards, nothing shown that is not stored.

use std::time::{Duration, Instant};

use oauth::Role;
use reqwest::Response;
use serde_json::json;
use testkit::chaos::{Mode, Proxy};
use tokio::time::sleep;

use crate::{
    app::{App, Person, create, done, parse, problem, text, thread_of},
    paced::{Paced, Reading, place_of},
};

/// A process that reaches its database through a proxy that can fail.
async fn behind_a_proxy(tutor: &std::sync::Arc<Paced>) -> (App, String, Proxy, Person) {
    let app = App::answered_by(tutor, &[]).await;
    let mut url: url::Url = app.database_url().parse().unwrap();
    let target = (url.host_str().unwrap(), url.port().unwrap());
    let target = tokio::net::lookup_host(target).await.unwrap().next().unwrap();
    let proxy = Proxy::start(target).await.unwrap();
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(proxy.address().port())).unwrap();
    let base = app.replica_answered_by(tutor, &[("DATABASE_URL", url.as_str())]).await;
    let student = app.person(Role::Student).await;
    (app, base, proxy, student)
}

async fn ask(app: &App, base: &str, by: &Person) -> Response {
    app.chatkit_at(base, by, &create("Why?")).await
}

#[tokio::test]
async fn without_postgres_the_answer_is_503_and_five_seconds_after_its_return_200() {
    let (app, base, proxy, student) = behind_a_proxy(&Paced::words(5, 1)).await;
    Reading::of(ask(&app, &base, &student).await).read_whole().await;
    proxy.set(Mode::Refuse);
    for body in [create("Why?"), json!({"type": "threads.list", "params": {}})] {
        let refused = app.chatkit_at(&base, &student, &body).await;
        assert!(refused.headers().contains_key("retry-after"), "{:?}", refused.text().await);
        assert_eq!(problem(refused).await, (503, "database_unavailable".to_owned()));
    }
    proxy.set(Mode::Pass);
    let back = Instant::now();
    while ask(&app, &base, &student).await.status() != 200 {
        assert!(back.elapsed() < Duration::from_secs(5));
    }
    assert!(back.elapsed() < Duration::from_secs(5), "{:?}", back.elapsed());
}

#[tokio::test]
async fn a_turn_outlives_cuts_and_short_absences_of_postgres() {
    let (app, base, proxy, student) = behind_a_proxy(&Paced::words(120, 10)).await;
    let mut reading = Reading::of(ask(&app, &base, &student).await);
    reading.frames(10).await;
    proxy.cut();
    reading.frames(30).await;
    proxy.set(Mode::Stall);
    sleep(Duration::from_millis(700)).await;
    proxy.set(Mode::Pass);
    reading.frames(60).await;
    proxy.set(Mode::Refuse);
    sleep(Duration::from_millis(1_500)).await;
    proxy.set(Mode::Pass);
    let back = Instant::now();
    let stream = reading.read_whole().await;
    assert!(back.elapsed() < Duration::from_secs(5), "{:?}", back.elapsed());
    let streamed = parse(&stream);
    assert_eq!(done(&streamed)["content"][0]["text"], text(&streamed));
    assert_eq!(text(&streamed).split_whitespace().count(), 120);
    let stored: Vec<String> =
        sqlx::query_scalar("select frames from tutor.turn_frame order by last").fetch_all(&app.pool).await.unwrap();
    assert_eq!(stored.concat(), stream);
    let listed = app.ask_json(&student, "items.list", json!({"thread_id": thread_of(&streamed)})).await.1;
    assert_eq!(&listed["data"][0], done(&streamed));
}

#[tokio::test]
async fn while_postgres_is_away_a_stream_says_nothing_that_is_not_stored() {
    let (app, base, proxy, student) = behind_a_proxy(&Paced::words(2_000, 10)).await;
    let mut reading = Reading::of(ask(&app, &base, &student).await);
    reading.frames(10).await;
    let place = place_of(&reading.events());
    proxy.set(Mode::Refuse);
    // Until another process takes the silent one for dead and ends the turn with what is stored.
    app.settled(Duration::from_secs(15)).await;
    assert_eq!(app.statuses().await, ["interrupted"]);
    proxy.set(Mode::Pass);
    let stream = reading.read_whole().await;
    let elsewhere = Reading::of(app.read_on(&app.url, &student, &place, 0).await).read_whole().await;
    assert_eq!(stream, elsewhere, "the reader gets the end that was stored meanwhile");
    let streamed = parse(&stream);
    assert_eq!(streamed.last().unwrap()["type"], "error");
    let listed = app.ask_json(&student, "items.list", json!({"thread_id": place.0})).await.1;
    assert_eq!(&listed["data"][0], done(&streamed));
    assert_eq!(done(&streamed)["content"][0]["text"], text(&streamed));
}
