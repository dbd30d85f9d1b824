//! Reading on: whatever is cut, every reader gets the same bytes, and the thread says what they say.

use std::time::Duration;

use oauth::Role;
use serde_json::{Value, json};

use crate::{
    app::{App, Person, create, done, parse, text, thread_of},
    paced::{Paced, Reading, place_of},
};

/// Numbers that look random and are the same every time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn piece(&mut self) -> String {
        const LETTERS: [&str; 12] =
            ["a", "Ω", "\n", " ", "\"", "\\", "🤖", "data: ", "`", "\u{2028}", "e\u{301}", "\u{1}"];
        (0..=self.below(6)).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }
}

/// What a ChatKit client holds at the end of a stream: items by events, nothing else.
fn reduce(events: &[Value]) -> Vec<Value> {
    let mut items: Vec<Value> = Vec::new();
    for event in events {
        let id = event["item_id"].as_str().or(event["item"]["id"].as_str()).unwrap_or_default().to_owned();
        let at = items.iter().position(|item| item["id"] == id.as_str());
        match (event["type"].as_str().unwrap(), at) {
            ("thread.item.added" | "thread.item.done", None) => items.push(event["item"].clone()),
            // The last word on an item is its `done`; it must not say anything that was not streamed.
            ("thread.item.done", Some(at)) => assert_eq!(items[at], event["item"]),
            ("thread.item.removed", Some(at)) => drop(items.remove(at)),
            ("thread.item.updated", Some(at)) => grow(&mut items[at]["content"], &event["update"]),
            _ => {}
        }
    }
    items
}

fn grow(content: &mut Value, update: &Value) {
    let part = usize::try_from(update["content_index"].as_u64().unwrap()).unwrap();
    match update["type"].as_str().unwrap().rsplit_once('.').unwrap().1 {
        "added" => content.as_array_mut().unwrap().insert(part, update["content"].clone()),
        "text_delta" => {
            let longer = content[part]["text"].as_str().unwrap().to_owned() + update["delta"].as_str().unwrap();
            content[part]["text"] = json!(longer);
        }
        "annotation_added" => content[part]["annotations"].as_array_mut().unwrap().push(update["annotation"].clone()),
        "done" => assert_eq!(content[part]["text"], update["content"]["text"]),
        other => panic!("{other}"),
    }
}

/// The thread's items say what the stream said.
pub(crate) async fn agrees(app: &App, by: &Person, stream: &str) {
    let events = parse(stream);
    let params = json!({"thread_id": thread_of(&events), "order": "asc", "limit": 100});
    let listed = app.ask_json(by, "items.list", params).await.1;
    assert_eq!(Value::from(reduce(&events)).to_string(), listed["data"].to_string());
    let whole = app.ask_json(by, "threads.get_by_id", json!({"thread_id": thread_of(&events)})).await.1;
    assert_eq!(whole["items"]["data"], listed["data"]);
}

#[tokio::test]
async fn a_socket_cut_at_twenty_random_points_changes_no_byte() {
    let tutor = Paced::words(60, 5);
    let app = App::answered_by(&tutor, &[("TUTOR_DAILY_LIMIT", "100")]).await;
    let replica = app.replica_answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let mut dice = Dice(0x5eed);
    for cut in 0..20 {
        let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
        let at = 2 + dice.below(60);
        let had = reading.frames(at).await;
        drop(reading);
        let place = place_of(&parse(&had));
        let base = if dice.below(2) == 0 { &app.url } else { &replica };
        let rest = Reading::of(app.read_on(base, &student, &place, at).await).read_whole().await;
        let whole = Reading::of(app.read_on(&app.url, &student, &place, 0).await).read_whole().await;
        assert_eq!(format!("{had}{rest}"), whole, "cut {cut} after {at} frames");
        assert_eq!(text(&parse(&whole)).split_whitespace().count(), 60);
        agrees(&app, &student, &whole).await;
    }
}

#[tokio::test]
async fn two_tabs_and_a_third_at_another_process_see_the_same() {
    let tutor = Paced::words(60, 5);
    let app = App::answered_by(&tutor, &[]).await;
    let replica = app.replica_answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let mut first = Reading::of(app.chatkit(&student, create("Why?")).await);
    first.frames(10).await;
    let place = place_of(&first.events());
    let second = Reading::of(app.read_on(&app.url, &student, &place, 0).await);
    let third = Reading::of(app.read_on(&replica, &student, &place, 0).await);
    let (first, second, third) = tokio::join!(first.read_whole(), second.read_whole(), third.read_whole());
    assert_eq!(first, second);
    assert_eq!(first, third);
    agrees(&app, &student, &first).await;
}

#[tokio::test]
async fn the_thread_says_what_the_stream_said_whatever_the_text_and_wherever_it_is_stopped() {
    let mut dice = Dice(0xca5e);
    for round in 0..6 {
        let tutor = Paced::saying((0..30).map(|_| dice.piece()).collect(), 3);
        let app = App::answered_by(&tutor, &[]).await;
        let student = app.person(Role::Student).await;
        let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
        if round % 2 == 0 {
            reading.frames(3 + dice.below(20)).await;
            app.stop_at(&app.url, &student, &place_of(&reading.events()).0).await;
        }
        let stream = reading.read_whole().await;
        agrees(&app, &student, &stream).await;
    }
}

#[tokio::test]
async fn no_frame_is_read_before_it_is_in_the_database() {
    let tutor = Paced::words(60, 5);
    let app = App::answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
    let mut looks = 0;
    while reading.more().await {
        let stored: Vec<String> =
            sqlx::query_scalar("select frames from tutor.turn_frame order by last").fetch_all(&app.pool).await.unwrap();
        assert!(stored.concat().starts_with(&reading.read), "{} is not stored", reading.read);
        looks += 1;
    }
    assert!(looks > 5, "read in {looks} pieces");
    assert_eq!(done(&reading.events())["content"][0]["text"], text(&reading.events()));
}

#[tokio::test]
async fn while_frames_cannot_be_stored_nobody_sees_them() {
    let tutor = Paced::words(60, 5);
    let app = App::answered_by(&tutor, &[]).await;
    let student = app.person(Role::Student).await;
    let mut reading = Reading::of(app.chatkit(&student, create("Why?")).await);
    reading.frames(10).await;
    let mut lock = app.pool.begin().await.unwrap();
    sqlx::query("lock table tutor.turn_frame in access exclusive mode").execute(&mut *lock).await.unwrap();
    let seen = tokio::time::timeout(Duration::from_millis(500), async { while reading.more().await {} }).await;
    assert!(seen.is_err(), "the stream waits");
    let stored: Vec<String> =
        sqlx::query_scalar("select frames from tutor.turn_frame order by last").fetch_all(&mut *lock).await.unwrap();
    assert_eq!(stored.concat(), reading.read);
    lock.rollback().await.unwrap();
    agrees(&app, &student, &reading.read_whole().await).await;
}
