//! What admins see of the tutor's use.

use oauth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, Person};

/// So many days ago, as the database counts days.
async fn note(app: &App, user: Uuid, days_ago: i32, answered: i32, first: i64, total: i64) {
    sqlx::query(
        "insert into tutor.ai_usage_metric
             (user_id, day, messages, errors, answered, first_text_ms, total_ms, prompt_tokens, completion_tokens)
         values ($1, (now() at time zone 'utc')::date - $2, $3 + 1, 1, $3, $4, $5, 100, 10)",
    )
    .bind(user)
    .bind(days_ago)
    .bind(answered)
    .bind(first)
    .bind(total)
    .execute(&app.pool)
    .await
    .unwrap();
}

async fn usage(app: &App, admin: &Person, query: &str) -> Value {
    let (status, body) = app.get(admin, &format!("/admin/usage{query}")).await;
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn a_turn_is_on_its_persons_day_with_its_times() {
    let app = App::start().await;
    let student = app.student().await;
    app.create(&student, "What is feedback?").await;
    let admin = app.person(Role::Admin).await;
    let page = usage(&app, &admin, "").await;
    let day = &page["days"][0];
    assert_eq!(
        (&day["user_id"], &day["messages"], &day["errors"], &day["answered"]),
        (&json!(student.id), &json!(1), &json!(0), &json!(1))
    );
    assert_eq!(day["email"], format!("{}@example.test", student.id));
    assert!(day["total_ms"].as_i64().unwrap() >= day["first_text_ms"].as_i64().unwrap());
    assert_eq!((&page["totals"]["people"], &page["totals"]["messages"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn totals_are_those_of_the_filter_and_averages_go_by_turns() {
    let app = App::start().await;
    let (one, other, admin) =
        (app.person(Role::Student).await, app.person(Role::Student).await, app.person(Role::Admin).await);
    note(&app, one.id, 0, 1, 100, 1_000).await;
    note(&app, one.id, 1, 3, 900, 9_000).await;
    note(&app, other.id, 1, 0, 0, 0).await;
    note(&app, other.id, 40, 5, 1, 1).await;
    let page = usage(&app, &admin, "?limit=1").await;
    assert_eq!(page["days"].as_array().unwrap().len(), 1, "a page of one");
    assert_eq!(
        page["totals"],
        json!({"people": 2, "messages": 7, "errors": 3, "answered": 4, "first_text_ms": 250, "total_ms": 2500,
               "prompt_tokens": 300, "completion_tokens": 30})
    );
    let figures = |at: usize| {
        let day = &page["by_day"][at];
        [&day["people"], &day["messages"], &day["errors"], &day["tokens"]].map(|number| number.as_i64().unwrap())
    };
    assert_eq!((figures(0), figures(1)), ([2, 5, 2, 220], [1, 2, 1, 110]), "by day, oldest first, whatever the page");
    assert_eq!(page["by_day"].as_array().unwrap().len(), 2);
    let of_one = usage(&app, &admin, &format!("?user={}", one.id)).await;
    assert_eq!((&of_one["totals"]["people"], &of_one["totals"]["messages"]), (&json!(1), &json!(6)));
    let today = page["to"].as_str().unwrap();
    let today = usage(&app, &admin, &format!("?from={today}&to={today}")).await;
    assert_eq!(today["days"].as_array().unwrap().len(), 1);
    let nobody = usage(&app, &admin, &format!("?user={}", Uuid::now_v7())).await;
    assert_eq!(
        (&nobody["days"], &nobody["totals"]["first_text_ms"], &nobody["next"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn pages_hold_every_row_once_and_in_order() {
    let app = App::start().await;
    let admin = app.person(Role::Admin).await;
    for _ in 0..4 {
        let student = app.person(Role::Student).await;
        for day in 0..3 {
            note(&app, student.id, day, 1, 1, 1).await;
        }
    }
    let mut seen = Vec::new();
    let mut query = "?limit=5".to_owned();
    loop {
        let page = usage(&app, &admin, &query).await;
        seen.extend(
            page["days"].as_array().unwrap().iter().map(|day| (day["day"].to_string(), day["user_id"].to_string())),
        );
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=5&cursor={next}");
    }
    assert_eq!(seen.len(), 12);
    let mut sorted = seen.clone();
    sorted.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    sorted.dedup();
    assert_eq!(seen, sorted);
}

#[tokio::test]
async fn the_csv_holds_everything_and_no_formula() {
    let app = App::start().await;
    let admin = app.person(Role::Admin).await;
    for name in ["=1+1", "Ada, \"Countess\""] {
        let student = app.person(Role::Student).await;
        sqlx::query("update auth.\"user\" set name = $2 where id = $1")
            .bind(student.id)
            .bind(name)
            .execute(&app.pool)
            .await
            .unwrap();
        note(&app, student.id, 0, 0, 0, 0).await;
    }
    for (query, accept) in [("?format=csv&limit=1", "*/*"), ("", "text/csv")] {
        let request = app.http.get(format!("{}/api/v1/admin/usage{query}", app.url)).header("accept", accept);
        let response = request.bearer_auth(&admin.token).send().await.unwrap();
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
        let text = response.text().await.unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.starts_with("day,user_id,name,email,messages,"), "{text}");
        assert!(text.contains(",\"'=1+1\",") && text.contains(",\"Ada, \"\"Countess\"\"\","), "{text}");
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_by_name() {
    let app = App::start().await;
    let admin = app.person(Role::Admin).await;
    for (query, name) in [
        ("user=me", "user"),
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-02-02&to=2026-02-01", "from"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("format=xml", "format"),
    ] {
        let (status, body) = app.get(&admin, &format!("/admin/usage?{query}")).await;
        assert_eq!((status, &body["code"]), (400, &json!("bad_query")), "{query}");
        assert!(body["detail"].as_str().unwrap().contains(&format!("`{name}`")), "{body}");
    }
}

#[tokio::test]
async fn reindexing_is_begun_and_goes_on_by_itself() {
    let app = App::start().await;
    let admin = app.person(Role::Admin).await;
    sqlx::query("delete from learn.lesson_index").execute(&app.pool).await.unwrap();
    let (status, body) = app.call(&admin, reqwest::Method::POST, "/admin/reindex", None).await;
    assert_eq!((status, body), (202, json!({"status": "reindexing"})));
    for _ in 0..200 {
        let indexed: i64 =
            sqlx::query_scalar("select count(*) from learn.lesson_index").fetch_one(&app.pool).await.unwrap();
        if indexed == 4 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the lessons were not ingested");
}
