//! Courses and their stages.

use oauth::Role;
use serde_json::{Value, json};

use super::{delete, faults, get, lesson, post, put, with};
use crate::app::App;

fn stage(title: &str) -> Value {
    json!({"title": title, "summary": "S.", "hours": 2, "outcomes": ["Stand"]})
}

fn stages(course: &Value) -> Vec<(i64, &str)> {
    let stages = course["stages"].as_array().unwrap().iter();
    stages.map(|stage| (stage["number"].as_i64().unwrap(), stage["slug"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn an_admin_makes_a_course_and_an_instructor_does_not() {
    let app = App::start().await;
    let (admin, teacher) = (app.person(Role::Admin).await, app.instructor().await);
    let new = json!({"slug": "flying", "title": " Flying Machines ", "summary": "Wings."});
    assert_eq!(post(&app, &teacher, "/courses", new.clone()).await.0, 403);
    let (status, made) = post(&app, &admin, "/courses", new.clone()).await;
    assert_eq!((status, &made["title"], &made["language"]), (201, &json!("Flying Machines"), &json!("en")));
    assert_eq!(faults(post(&app, &admin, "/courses", new).await), ["slug"]);
    let bad = json!({"slug": "Flying!", "title": "", "summary": "a\u{0}", "language": "no language"});
    assert_eq!(faults(post(&app, &admin, "/courses", bad).await), ["slug", "title", "summary", "language"]);
    let listed = get(&app, &admin, "/courses").await.1;
    assert_eq!(listed["courses"].as_array().unwrap().len(), 2);
    assert_eq!(get(&app, &teacher, "/courses").await.1["courses"][0]["slug"], "walking");
}

#[tokio::test]
async fn a_course_is_renamed_for_its_readers() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    let face = json!({"title": "Walkers", "summary": "All that walks.", "language": "pt-BR"});
    assert_eq!(put(&app, &teacher, "/courses/walking", face).await.0, 200);
    let seen = app.get(&student, "/courses/walking").await.1;
    assert_eq!((&seen["title"], &seen["language"]), (&json!("Walkers"), &json!("pt-BR")));
}

#[tokio::test]
async fn stages_are_added_moved_and_removed() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let new = with(stage("Before"), json!({"slug": "before", "number": 1}));
    let (status, made) = post(&app, &teacher, "/courses/walking/stages", new.clone()).await;
    assert_eq!((status, stages(&made)), (201, vec![(1, "before"), (2, "basics"), (3, "motion")]));
    assert_eq!(faults(post(&app, &teacher, "/courses/walking/stages", new).await), ["slug"]);
    let moved = with(stage("Before"), json!({"number": 3}));
    let (_, moved) = put(&app, &teacher, "/courses/walking/stages/before", moved).await;
    assert_eq!(stages(&moved), [(1, "basics"), (2, "motion"), (3, "before")]);
    let (_, renamed) = put(&app, &teacher, "/courses/walking/stages/basics", stage("The Basics")).await;
    assert_eq!((&renamed["stages"][0]["title"], &renamed["stages"][0]["number"]), (&json!("The Basics"), &json!(1)));
    assert_eq!(delete(&app, &teacher, "/courses/walking/stages/before").await, 204);
    assert_eq!(delete(&app, &teacher, "/courses/walking/stages/before").await, 404);
    assert_eq!(delete(&app, &teacher, "/courses/walking/stages/motion").await, 409);
    assert_eq!(stages(&get(&app, &teacher, "/courses/walking").await.1), [(1, "basics"), (2, "motion")]);
}

#[tokio::test]
async fn a_stage_that_is_open_stays_open_however_the_stages_move() {
    let app = App::start().await;
    let (teacher, student) = (app.instructor().await, app.student().await);
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 403);
    // The second stage becomes the first: that opens it, and what was open stays so.
    let first = with(stage("Motion"), json!({"number": 1}));
    assert_eq!(put(&app, &teacher, "/courses/walking/stages/motion", first).await.0, 200);
    for lesson in ["gaits", "closed-loops"] {
        assert_eq!(app.get(&student, &format!("/lessons/{lesson}")).await.0, 200, "{lesson}");
    }
    let last = with(stage("Motion"), json!({"number": 2}));
    put(&app, &teacher, "/courses/walking/stages/motion", last).await;
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200);
}

#[tokio::test]
async fn seeding_leaves_alone_what_people_have_changed() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    put(&app, &teacher, "/courses/walking", json!({"title": "Walkers", "summary": "All that walks."})).await;
    let first = with(stage("Moves"), json!({"number": 1}));
    put(&app, &teacher, "/courses/walking/stages/motion", first).await;
    let new = with(lesson("Mine", "My words."), json!({"slug": "mine", "stage": "basics"}));
    post(&app, &teacher, "/courses/walking/lessons", new).await;
    let before = get(&app, &teacher, "/courses/walking").await.1;
    crate::app::seed(&app.pool, &crate::app::fixture()).await;
    assert_eq!(get(&app, &teacher, "/courses/walking").await.1, before);
}
