//! Writing lessons: drafts, versions, conflicts.

use serde_json::{Value, json};

use super::{faults, get, lesson, post, put, save, with};
use crate::app::{App, Person};

async fn draft(app: &App, by: &Person) -> Value {
    let new = with(lesson("Balance", "## Standing\n\nOne leg."), json!({"slug": "balance", "stage": "basics"}));
    let (status, made) = post(app, by, "/courses/walking/lessons", new).await;
    assert_eq!(status, 201, "{made}");
    made
}

#[tokio::test]
async fn a_draft_is_there_for_staff_alone() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    let made = draft(&app, &teacher).await;
    assert_eq!((&made["state"], &made["changed"], &made["position"]), (&json!("draft"), &json!(true), &json!(4)));
    assert_eq!(made["version"]["title"], "Balance");
    assert_eq!(app.get(&student, "/lessons/balance").await.0, 404);
    let course = app.get(&student, "/courses/walking").await.1.to_string();
    assert!(!course.contains("Balance"), "{course}");
    let own = get(&app, &teacher, "/courses/walking").await.1;
    assert_eq!(own["stages"][0]["lessons"][3]["slug"], "balance");
}

#[tokio::test]
async fn faults_are_told_by_member() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let bad = json!({"slug": "No Slug", "title": "two\nlines", "summary": "", "minutes": -1, "concepts": [""],
                     "stage": "none", "position": 0, "markdown": " "});
    let named = faults(post(&app, &teacher, "/courses/walking/lessons", bad).await);
    let members = ["slug", "title", "summary", "minutes", "concepts", "position", "markdown", "stage"];
    assert_eq!(named, members);
    let taken = with(lesson("Sensors", "Again."), json!({"slug": "sensors", "stage": "basics"}));
    assert_eq!(faults(post(&app, &teacher, "/courses/walking/lessons", taken).await), ["slug"]);
    let long = with(lesson("Long", &"a".repeat(512 * 1024 + 1)), json!({"slug": "long", "stage": "basics"}));
    assert_eq!(faults(post(&app, &teacher, "/courses/walking/lessons", long).await), ["markdown"]);
    let nowhere = with(lesson("Nowhere", "Text."), json!({"slug": "nowhere"}));
    assert_eq!(faults(post(&app, &teacher, "/courses/walking/lessons", nowhere).await), ["stage"]);
}

#[tokio::test]
async fn a_lesson_in_a_stage_of_another_course_is_refused() {
    let app = App::start().await;
    let (admin, teacher) = (app.person(oauth::Role::Admin).await, app.instructor().await);
    post(&app, &admin, "/courses", json!({"slug": "flying", "title": "F", "summary": "S"})).await;
    let stage = json!({"slug": "wings", "title": "W", "summary": "S", "hours": 1});
    let flying = post(&app, &admin, "/courses/flying/stages", stage).await.1;
    let new = with(lesson("L", "Text."), json!({"slug": "l", "stage": flying["stages"][0]["id"]}));
    assert_eq!(faults(post(&app, &teacher, "/courses/walking/lessons", new).await), ["stage"]);
}

#[tokio::test]
async fn saving_over_a_newer_version_is_refused_and_names_it() {
    let app = App::start().await;
    let (one, other) = (app.instructor().await, app.instructor().await);
    let base = draft(&app, &one).await["version"]["id"].clone();
    let newer = save(&app, &other, "balance", lesson("Balance", "Two legs.")).await;
    let late = with(lesson("Balance", "Three legs."), json!({"base_version": base}));
    let (status, refused) = put(&app, &one, "/lessons/balance", late.clone()).await;
    assert_eq!((status, &refused["code"], &refused["version"]), (409, &json!("newer_version"), &newer));
    assert_eq!(get(&app, &one, "/lessons/balance").await.1["version"]["markdown"], "Two legs.");
    let rebased = with(late, json!({"base_version": newer}));
    assert_eq!(put(&app, &one, "/lessons/balance", rebased).await.0, 200);
}

#[tokio::test]
async fn of_two_saves_at_the_same_moment_one_wins() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let base = draft(&app, &teacher).await["version"]["id"].clone();
    let body = |text: &str| with(lesson("Balance", text), json!({"base_version": base}));
    let (a, b) = tokio::join!(
        put(&app, &teacher, "/lessons/balance", body("A.")),
        put(&app, &teacher, "/lessons/balance", body("B."))
    );
    let mut statuses = [a.0, b.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn versions_are_listed_by_page_shown_as_text_and_restored() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    draft(&app, &teacher).await;
    for number in 2..=5 {
        save(&app, &teacher, "balance", lesson("Balance", &format!("Text {number}."))).await;
    }
    let (_, page) = get(&app, &teacher, "/lessons/balance/versions?limit=3").await;
    let rest = format!("/lessons/balance/versions?limit=3&before={}", page["next"].as_str().unwrap());
    let (_, last) = get(&app, &teacher, &rest).await;
    let ids = |page: &Value| -> Vec<Value> {
        page["versions"].as_array().unwrap().iter().map(|version| version["id"].clone()).collect()
    };
    assert_eq!((ids(&page).len(), ids(&last).len(), &last["next"]), (3, 2, &Value::Null));
    let (oldest, newest) = (&ids(&last)[1], &ids(&page)[0]);
    let path = format!("/lessons/balance/versions/{}", oldest.as_str().unwrap());
    let shown = get(&app, &teacher, &path).await.1;
    let source = shown["source"].as_str().unwrap();
    assert!(source.starts_with("+++\n") && source.ends_with("+++\n\n## Standing\n\nOne leg."), "{source}");
    assert!(source.contains("title = \"Balance\""), "{source}");
    let stale = post(&app, &teacher, &format!("{path}/restore"), json!({"base_version": oldest})).await;
    assert_eq!((stale.0, &stale.1["version"]), (409, newest));
    let (status, restored) = post(&app, &teacher, &format!("{path}/restore"), json!({"base_version": newest})).await;
    assert_eq!((status, &restored["version"]["markdown"]), (201, &json!("## Standing\n\nOne leg.")));
    assert_ne!(&restored["version"]["id"], oldest);
}

#[tokio::test]
async fn versions_of_another_lesson_are_not_to_be_had_through_this_one() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let other = get(&app, &teacher, "/lessons/sensors").await.1["version"]["id"].clone();
    let base = draft(&app, &teacher).await["version"]["id"].clone();
    let path = format!("/lessons/balance/versions/{}", other.as_str().unwrap());
    assert_eq!(get(&app, &teacher, &path).await.0, 404);
    assert_eq!(post(&app, &teacher, &format!("{path}/restore"), json!({"base_version": base})).await.0, 404);
    assert_eq!(put(&app, &teacher, "/lessons/balance/publication", json!({"version": other})).await.0, 404);
}

#[tokio::test]
async fn a_preview_is_what_readers_will_see() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    let markdown = "## Standing\n\nOne *leg*, <script>alert(1)</script> $x^2$.\n\n```python\nprint(1)\n```\n";
    let (status, preview) = post(&app, &teacher, "/preview", json!({"markdown": markdown})).await;
    assert_eq!(status, 200);
    let html = preview["html"].as_str().unwrap();
    assert!(html.contains("id=\"standing\"") && !html.contains("<script"), "{html}");
    let version = save(&app, &teacher, "sensors", lesson("Sensors", markdown)).await;
    super::publish(&app, &teacher, "sensors", &version).await;
    let read = app.get(&student, "/lessons/sensors").await.1;
    assert_eq!((&read["html"], &read["headings"]), (&preview["html"], &preview["headings"]));
    assert_eq!(faults(post(&app, &teacher, "/preview", json!({"markdown": ""})).await), ["markdown"]);
}
