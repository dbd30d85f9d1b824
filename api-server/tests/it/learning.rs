//! Courses, lessons, progress, search.

use oauth::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{App, Person, problem};

#[tokio::test]
async fn the_catalogue_is_open_to_everybody_who_is_signed_in() {
    let app = App::start().await;
    let guest = app.unverified().await;
    let (status, list) = app.get(&guest, "/courses").await;
    assert_eq!((status, &list["courses"][0]["slug"]), (200, &json!("walking")));
    assert_eq!(list["courses"][0]["enrolled"], false);
    let (status, course) = app.get(&guest, "/courses/walking").await;
    assert_eq!(status, 200);
    assert_eq!(course["stages"].as_array().unwrap().len(), 2);
    assert_eq!(course["stages"][0]["locked"], true);
    assert_eq!(course["stages"][0]["lessons"][0]["title"], "Closed Loops");
    let by_id = format!("/courses/{}", course["id"].as_str().unwrap());
    assert_eq!(app.get(&guest, &by_id).await.1["slug"], "walking");
}

#[tokio::test]
async fn enrolling_opens_the_first_stage_and_only_that() {
    let app = App::start().await;
    let student = app.person(Role::Student).await;
    assert_eq!(code(&app, &student, "/lessons/closed-loops").await, (403, "not_enrolled".into()));
    let (status, enrolled) = app.put(&student, "/courses/walking/enrollment").await;
    assert_eq!((status, &enrolled["unlocked"][0]["slug"]), (200, &json!("basics")));
    let again = app.put(&student, "/courses/walking/enrollment").await.1;
    assert_eq!((&again["unlocked"], &again["enrolled_at"]), (&json!([]), &enrolled["enrolled_at"]));
    let course = app.get(&student, "/courses/walking").await.1;
    assert_eq!(course["continue_with"], "closed-loops");
    assert_eq!([&course["stages"][0]["locked"], &course["stages"][1]["locked"]], [false, true]);
}

#[tokio::test]
async fn a_lesson_is_rendered_with_its_surroundings_but_without_hints_and_solutions() {
    let app = App::start().await;
    let student = app.student().await;
    let (status, lesson) = app.get(&student, "/lessons/closed-loops").await;
    assert_eq!(status, 200);
    assert!(lesson["html"].as_str().unwrap().contains("id=\"comparing\""));
    assert_eq!(lesson["headings"][1]["anchor"], "comparing");
    assert_eq!((&lesson["previous"], &lesson["next"]["slug"]), (&Value::Null, &json!("sensors")));
    assert!(lesson["exercises"][0]["prompt_html"].as_str().unwrap().contains("<strong>twice</strong>"));
    let text = lesson.to_string();
    assert!(!text.contains("2 * error") && !text.contains("thermometer"), "{text}");
    for hint in ["difference between what you want", "40 degrees"] {
        assert!(!text.contains(hint), "{hint}");
    }
}

#[tokio::test]
async fn a_locked_stage_is_refused_in_lesson_completion_exercise_and_search() {
    let app = App::start().await;
    let student = app.student().await;
    let (status, refused) = app.get(&student, "/lessons/gaits").await;
    assert_eq!((status, &refused["code"]), (403, &json!("stage_locked")));
    assert_eq!((&refused["stage"]["slug"], &refused["opens_after"]["slug"]), (&json!("motion"), &json!("basics")));
    assert_eq!(refused["opens_after"]["remaining"], json!(["Closed Loops", "Sensors"]));
    let completion = app.put(&student, "/lessons/gaits/completion").await;
    assert_eq!((completion.0, &completion.1["code"]), (403, &json!("stage_locked")));
    let attempt =
        app.call(&student, Method::POST, "/exercises/name-the-gait/attempts", Some(json!({"text": "x"}))).await;
    assert_eq!((attempt.0, &attempt.1["code"]), (403, &json!("stage_locked")));
    let found = app.get(&student, "/search?q=quagmire%20trot%20deep%20mud").await.1;
    assert!(!found.to_string().contains("sink"), "{found}");
    let staff = app.instructor().await;
    let found = app.get(&staff, "/search?q=quagmire%20trot%20deep%20mud").await.1;
    assert_eq!(found["results"][0]["lesson"]["slug"], "gaits");
}

#[tokio::test]
async fn completing_what_is_required_opens_the_next_stage_once() {
    let app = App::start().await;
    let student = app.student().await;
    let (status, first) = app.put(&student, "/lessons/closed-loops/completion").await;
    assert_eq!((status, &first["unlocked"]), (200, &json!([])));
    let second = app.put(&student, "/lessons/sensors/completion").await.1;
    assert_eq!(second["unlocked"][0]["slug"], "motion");
    let again = app.put(&student, "/lessons/sensors/completion").await.1;
    assert_eq!((&again["unlocked"], &again["completed_at"]), (&json!([]), &second["completed_at"]));
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200);
    let found = app.get(&student, "/search?q=quagmire%20trot").await.1;
    assert_eq!(found["results"][0]["path"], "/lessons/gaits#the-quagmire-trot.1");
    assert_eq!(second["course_completed_at"], Value::Null);
    let last = app.put(&student, "/lessons/gaits/completion").await.1;
    assert!(last["course_completed_at"].is_string());
}

#[tokio::test]
async fn two_lessons_completed_at_the_same_moment_open_the_stage() {
    let app = App::start().await;
    for _ in 0..5 {
        let student = app.student().await;
        let (a, b) = tokio::join!(
            app.put(&student, "/lessons/closed-loops/completion"),
            app.put(&student, "/lessons/sensors/completion"),
        );
        let opened = [&a.1, &b.1].map(|answer| answer["unlocked"].as_array().unwrap().len());
        assert_eq!(opened.iter().sum::<usize>(), 1, "{a:?} {b:?}");
    }
}

#[tokio::test]
async fn leaving_closes_the_lessons_and_coming_back_keeps_what_was_reached() {
    let app = App::start().await;
    let student = app.student().await;
    app.put(&student, "/lessons/closed-loops/completion").await;
    app.put(&student, "/lessons/sensors/completion").await;
    let left = app.call(&student, Method::DELETE, "/courses/walking/enrollment", None).await;
    assert_eq!(left.0, 204);
    assert_eq!(code(&app, &student, "/lessons/closed-loops").await, (403, "not_enrolled".into()));
    assert_eq!(app.get(&student, "/search?q=encoder").await.1["results"], json!([]));
    app.put(&student, "/courses/walking/enrollment").await;
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200);
}

#[tokio::test]
async fn the_staff_of_a_course_read_all_of_it_without_taking_part() {
    let app = App::start().await;
    for staff in [app.instructor().await, app.person(Role::Admin).await] {
        assert_eq!(app.get(&staff, "/lessons/gaits").await.0, 200);
        let course = app.get(&staff, "/courses/walking").await.1;
        assert_eq!(course["stages"][1]["locked"], false);
    }
}

#[tokio::test]
async fn who_has_completed_a_course_can_begin_it_anew_and_keeps_what_was_reached() {
    let app = App::start().await;
    let student = app.student().await;
    for lesson in ["closed-loops", "sensors", "gaits"] {
        assert_eq!(app.put(&student, &format!("/lessons/{lesson}/completion")).await.0, 200);
    }
    assert!(app.get(&student, "/courses/walking").await.1["completed_at"].is_string());
    assert_eq!(app.put(&student, "/courses/walking/enrollment").await.0, 200);
    let course = app.get(&student, "/courses/walking").await.1;
    assert_eq!((&course["completed_at"], &course["completed_lessons"]), (&Value::Null, &json!(3)));
    assert_eq!(app.get(&student, "/lessons/gaits").await.0, 200);
}

#[tokio::test]
async fn an_instructor_of_another_course_is_here_as_a_student() {
    let app = App::start().await;
    let other = app.person(Role::Instructor).await;
    assert_eq!(code(&app, &other, "/lessons/closed-loops").await, (403, "not_enrolled".into()));
    assert_eq!(app.get(&other, "/search?q=encoder").await.1["results"], json!([]));
    assert_eq!(app.get(&other, "/courses/walking").await.1["stages"][0]["locked"], true);
    app.put(&other, "/courses/walking/enrollment").await;
    assert_eq!(app.get(&other, "/lessons/closed-loops").await.0, 200);
    assert_eq!(code(&app, &other, "/lessons/gaits").await, (403, "stage_locked".into()));
}

#[tokio::test]
async fn an_unproved_address_opens_neither_lessons_nor_enrolment_nor_search() {
    let app = App::start().await;
    let guest = app.unverified().await;
    for path in ["/lessons/closed-loops", "/search?q=loop", "/threads"] {
        assert_eq!(code(&app, &guest, path).await, (403, "email_unverified".into()), "{path}");
    }
    let (status, refused) = app.put(&guest, "/courses/walking/enrollment").await;
    assert_eq!((status, &refused["code"]), (403, &json!("email_unverified")));
}

async fn code(app: &App, person: &Person, path: &str) -> (u16, String) {
    problem(app.send(&person.token, Method::GET, path, None).await).await
}
