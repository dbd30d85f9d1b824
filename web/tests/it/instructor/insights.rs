//! Where students get stuck.

use serde_json::{Value, json};

use crate::harness::Site;

fn insights() -> Value {
    let lesson = json!({"id": "l", "slug": "frames", "title": "Frames"});
    json!({"course": {"id": "c", "slug": "robots", "title": "Robots"}, "from": "2026-01-01", "to": "2026-01-30",
           "questions": {"total": 1240, "stuck": 31, "positive": 7, "negative": 2},
           "by_lesson": [{"lesson": lesson, "questions": 40, "students": 12, "stuck": 30, "positive": 7, "negative": 2},
                         {"lesson": null, "questions": 2, "students": null, "stuck": 1, "positive": 0, "negative": 0}],
           "most_cited": [{"lesson": lesson, "anchor": "why", "heading": "Why", "path": "/lessons/frames#why", "cited": 9},
                          {"lesson": lesson, "anchor": "top", "heading": "", "path": "/lessons/frames#top", "cited": 1}],
           "exercises": [{"id": "e", "slug": "rotate", "title": "Rotate", "lesson": lesson, "attempts": 20, "failed": 15,
                          "students": 6, "passed": 4, "hints": {"concept": 8, "pointer": 5, "step": 3, "example": 1}}],
           "asked_alike": {"students_at_least": 3, "similarity_at_least": 0.6, "compared": 42, "questions":
               [{"text": "rotat … axis", "students": 3, "times": 5, "lesson": lesson}]}})
}

#[tokio::test]
async fn charts_have_names_descriptions_and_their_numbers_as_tables() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    site.world.answer("/api/v1/instructor/courses/robots/insights", 200, &insights());
    let html = browser.get("/instructor/courses/robots/insights").await.text().await.unwrap();
    for part in [
        "1\u{202f}240",
        "<title>Frames: 30 stuck, 10 other questions</title>",
        "Most often stuck: Frames, in 30 of 40 questions.",
        "Failed most often: Rotate, in 15 of 20 attempts.",
        "Outside of lessons",
        "fewer than 3",
        "rotat … axis",
        "/lessons/frames#why",
        "/lessons/frames#top",
        ">The beginning</a>",
        "<table class=\"data\">",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(!html.contains("style="), "no inline styles");
}

#[tokio::test]
async fn other_days_are_asked_for_and_days_that_are_no_period_are_told() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let path = "/api/v1/instructor/courses/robots/insights?from=2026-01-09&to=2026-01-02";
    let refusal = json!({"code": "invalid_members", "detail": "`from` is after `to`."});
    site.world.answer(path, 422, &refusal);
    let answer = browser.get("/instructor/courses/robots/insights?from=2026-01-09&to=2026-01-02").await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("is after"));
}
