//! Who may do what: every route × everybody, with the status each gets. A route without a row fails the test.

mod table;
mod teaching;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use oauth::Role;
use reqwest::Method;
use serde_json::json;

use crate::app::{App, Person, create, events, thread_of};
use table::{ROWS, Row};

/// Those whom a row speaks of, in its order.
const WHO: [&str; 6] = ["nobody", "unverified", "student", "other student", "instructor", "admin"];

/// New people for every row, so that no row depends on what another did.
struct People {
    /// In the order of [`WHO`], without nobody.
    signed_in: [Person; 5],
    /// A conversation of the student's.
    thread: String,
}

impl People {
    async fn new(app: &App, wants_thread: bool) -> Self {
        let student = app.student().await;
        let thread = if wants_thread {
            thread_of(&events(app.chatkit(&student, create("What is feedback?")).await).await)
        } else {
            String::new()
        };
        let instructor = app.instructor().await;
        let other = app.person(Role::Student).await;
        let admin = app.person(Role::Admin).await;
        Self { signed_in: [app.unverified().await, student, other, instructor, admin], thread }
    }

    /// The path with its parameters filled in.
    fn fill(&self, path: &str) -> String {
        let known = [
            ("{course}", "walking"),
            ("{lesson}", "closed-loops"),
            ("{exercise}", "double-the-error"),
            ("{thread}", &self.thread),
            ("{stage}", "basics"),
            ("{user}", "0192d3f0-7e4a-7000-8000-0123456789ab"),
            ("{version}", "0192d3f0-7e4a-7000-8000-0123456789ab"),
        ];
        known.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
    }
}

#[tokio::test]
async fn everybody_gets_what_the_table_says_on_every_route() {
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "1000")]).await;
    let mut wrong = Vec::new();
    for row in ROWS.iter().chain(teaching::ROWS) {
        let body = row.body.map(|body| serde_json::from_str(body).unwrap());
        let wants_thread = row.route.contains("{thread}") || row.body.is_some_and(|body| body.contains("{thread}"));
        let people = People::new(&app, wants_thread).await;
        let got = join_all((0..WHO.len()).map(|who| status(&app, row, &people, who, body.clone()))).await;
        for (who, (got, expected)) in WHO.iter().zip(got.into_iter().zip(row.expected)) {
            if got != expected {
                wrong.push(format!("{} {} as {who}: {got} instead of {expected}", row.route, row.query));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn status(app: &App, row: &Row, people: &People, who: usize, body: Option<serde_json::Value>) -> u16 {
    let (method, path) = row.route.split_once(' ').unwrap();
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let mut request = app.http.request(method, format!("{}{}{}", app.url, people.fill(path), row.query));
    if let Some(person) = who.checked_sub(1).map(|index| &people.signed_in[index]) {
        request = request.bearer_auth(&person.token);
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(people.fill(&body.to_string()));
    }
    request.send().await.unwrap().status().as_u16()
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let described: BTreeSet<String> = api_server::openapi::operations()
        .iter()
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect();
    let rows: BTreeSet<String> = ROWS.iter().chain(teaching::ROWS).map(|row| row.route.to_owned()).collect();
    let missing: Vec<_> = described.difference(&rows).collect();
    assert!(missing.is_empty(), "routes without a row in access/table.rs: {missing:?}");
    let surplus: Vec<_> = rows.difference(&described).collect();
    assert!(surplus.is_empty(), "rows without a route: {surplus:?}");
}

#[tokio::test]
async fn what_is_refused_to_a_role_is_a_problem_with_a_code() {
    let app = App::start().await;
    let stranger = app.person(Role::Student).await;
    let refused = app.call(&stranger, Method::GET, "/lessons/closed-loops", None).await;
    assert_eq!((refused.0, &refused.1["code"]), (403, &json!("not_enrolled")));
}
