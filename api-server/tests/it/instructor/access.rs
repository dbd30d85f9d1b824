//! Who may do it.

use oauth::Role;
use reqwest::Method;
use serde_json::json;

use super::{delete, get};
use crate::app::App;

const GETS: [&str; 7] = [
    "/courses/walking",
    "/courses/walking/staff",
    "/courses/walking/insights",
    "/lessons/sensors",
    "/lessons/sensors/versions",
    "/lessons/closed-loops/exercises",
    "/exercises/double-the-error",
];

/// Changes that would be refused for their content, too: who may not is told so first.
const CHANGES: [(Method, &str); 13] = [
    (Method::PUT, "/courses/walking"),
    (Method::POST, "/courses/walking/stages"),
    (Method::PUT, "/courses/walking/stages/basics"),
    (Method::DELETE, "/courses/walking/stages/basics"),
    (Method::POST, "/courses/walking/lessons"),
    (Method::PUT, "/lessons/sensors"),
    (Method::PUT, "/lessons/sensors/publication"),
    (Method::DELETE, "/lessons/sensors/publication"),
    (Method::POST, "/lessons/closed-loops/exercises"),
    (Method::PUT, "/exercises/double-the-error"),
    (Method::DELETE, "/exercises/double-the-error"),
    (Method::PUT, "/courses/walking/staff/0192d3f0-7e4a-7000-8000-0123456789ab"),
    (Method::DELETE, "/courses/walking/staff/0192d3f0-7e4a-7000-8000-0123456789ab"),
];

#[tokio::test]
async fn students_are_told_that_this_is_for_staff() {
    let app = App::start().await;
    let student = app.student().await;
    for path in GETS.iter().chain(&["/courses"]) {
        let (status, body) = get(&app, &student, path).await;
        assert_eq!((status, &body["code"]), (403, &json!("staff_only")), "{path}");
    }
    let preview = app.call(&student, Method::POST, "/instructor/preview", Some(json!({"markdown": "a"}))).await;
    assert_eq!((preview.0, &preview.1["code"]), (403, &json!("staff_only")));
}

#[tokio::test]
async fn what_others_teach_is_not_there() {
    let app = App::start().await;
    let other = app.person(Role::Instructor).await;
    assert_eq!(get(&app, &other, "/courses").await.1["courses"], json!([]));
    for path in GETS {
        assert_eq!(get(&app, &other, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn no_change_is_made_by_who_does_not_teach_the_course() {
    let app = App::start().await;
    let written = json!({"slug": "x", "title": "T", "summary": "S", "minutes": 1, "markdown": "M", "hours": 1,
        "base_version": "0192d3f0-7e4a-7000-8000-0123456789ab", "base_revision": 1, "stage": "basics",
        "concept": "c", "language": "text", "prompt": "p", "solution": "s",
        "hints": {"concept": "c", "pointer": "p", "step": "s", "example": "e"}});
    let version = json!({"version": "0192d3f0-7e4a-7000-8000-0123456789ab"});
    let before = state(&app).await;
    for person in [app.student().await, app.person(Role::Instructor).await] {
        for (method, path) in CHANGES {
            let body = if path.ends_with("publication") { &version } else { &written };
            let (status, answer) =
                app.call(&person, method.clone(), &format!("/instructor{path}"), Some(body.clone())).await;
            assert!(matches!(status, 403 | 404), "{method} {path}: {status} {answer}");
        }
    }
    assert_eq!(state(&app).await, before);
}

/// Everything that could have changed.
async fn state(app: &App) -> String {
    sqlx::query_scalar(
        "select (select string_agg(c::text, ';' order by c.id) from learn.course c)
             || (select string_agg(s::text, ';' order by s.id) from learn.stage s)
             || (select string_agg(l::text, ';' order by l.id) from learn.lesson l)
             || (select string_agg(e::text, ';' order by e.id) from learn.exercise e)
             || (select count(*) from learn.lesson_version) || ' ' || (select count(*) from learn.course_staff)",
    )
    .fetch_one(&app.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn who_is_no_instructor_any_more_teaches_nothing() {
    let app = App::start().await;
    let former = app.instructor().await;
    let student = app.with_claims(oauth::AccessClaims { role: Role::Student, ..former.claims });
    assert_eq!(get(&app, &student, "/courses/walking").await.0, 403);
}

#[tokio::test]
async fn the_list_of_staff_is_kept_by_admins_and_holds_at_the_next_request() {
    let app = App::start().await;
    let (admin, teacher) = (app.person(Role::Admin).await, app.person(Role::Instructor).await);
    let path = format!("/courses/walking/staff/{}", teacher.id);
    let by_instructor = app.instructor().await;
    assert_eq!(delete(&app, &by_instructor, &path).await, 403);
    for _ in 0..2 {
        assert_eq!(app.call(&admin, Method::PUT, &format!("/instructor{path}"), None).await.0, 204);
    }
    assert_eq!(get(&app, &teacher, "/courses/walking").await.0, 200);
    let staff = get(&app, &teacher, "/courses/walking/staff").await.1;
    assert_eq!(staff["staff"].as_array().unwrap().len(), 2);
    assert_eq!(delete(&app, &admin, &path).await, 204);
    assert_eq!(get(&app, &teacher, "/courses/walking").await.0, 404);
}

#[tokio::test]
async fn only_instructors_can_be_put_on_the_list() {
    let app = App::start().await;
    let (admin, student) = (app.person(Role::Admin).await, app.student().await);
    for (person, status, code) in [
        (student.id.to_string(), 422, "not_an_instructor"),
        ("0192d3f0-7e4a-7000-8000-0123456789ab".to_owned(), 404, "not_found"),
        ("sam".to_owned(), 404, "not_found"),
    ] {
        let path = format!("/instructor/courses/walking/staff/{person}");
        let (got, body) = app.call(&admin, Method::PUT, &path, None).await;
        assert_eq!((got, &body["code"]), (status, &json!(code)));
    }
}

#[tokio::test]
async fn an_unproved_address_teaches_nothing() {
    let app = App::start().await;
    let teacher = app.instructor().await;
    let unproved = app.with_claims(oauth::AccessClaims { email_verified: false, ..teacher.claims });
    let (status, body) = get(&app, &unproved, "/courses/walking").await;
    assert_eq!((status, &body["code"]), (403, &json!("email_unverified")));
}
