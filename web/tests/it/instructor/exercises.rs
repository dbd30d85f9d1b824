//! Exercises: task, ladder of hints, solution.

use serde_json::{Value, json};

use super::lesson;
use crate::harness::{Browser, Site};

const EXERCISE: &str = "/api/v1/instructor/exercises/rotate";

fn exercise(revision: i32, retired: bool) -> Value {
    json!({"id": "e", "lesson_id": "l", "slug": "rotate", "position": 1, "title": "Rotate", "concept": "rotation",
           "language": "python", "prompt": "Turn <it>.", "solution": "</textarea>turn()",
           "hints": {"concept": "c", "pointer": "p", "step": "s", "example": "x"}, "revision": revision,
           "retired_at": retired.then_some("2026-01-02T03:04:05.000Z"), "attempts": 9, "students": 4, "passed": 3})
}

async fn with_exercise(retired: bool) -> (Site, Browser) {
    let site = Site::start().await;
    site.world.answer(EXERCISE, 200, &exercise(3, retired));
    site.world.answer("/api/v1/instructor/lessons/l", 200, &lesson("v1", "x"));
    site.world.answer("/api/v1/instructor/lessons/frames", 200, &lesson("v1", "x"));
    site.world.answer("/api/v1/instructor/preview", 200, &json!({"html": "<p>Turn it.</p>", "words": 2}));
    let browser = site.signed_in().await;
    (site, browser)
}

const FORM: &str = "title=Rotate&concept=rotation&language=python&position=1&prompt=Turn%0D%0Ait&hint_concept=c&\
                    hint_pointer=p&hint_step=s&hint_example=x&solution=turn()&base_revision=3&lesson=frames&slug=rotate";

fn sent(site: &Site, path: &str) -> Value {
    let body = site.world.read(|knobs| knobs.seen.iter().rev().find(|seen| seen.0 == path).unwrap().2.clone());
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn the_form_holds_task_hints_and_solution_as_text() {
    let (site, browser) = with_exercise(false).await;
    let html = browser.get("/instructor/exercises/rotate").await.text().await.unwrap();
    for part in
        ["Turn &lt;it&gt;.</textarea>", "&lt;/textarea&gt;turn()</textarea>", "4. A worked example", "<p>Turn it.</p>"]
    {
        assert!(html.contains(part), "{part} is missing");
    }
    let list = json!({"exercises": [exercise(3, true)]});
    site.world.answer("/api/v1/instructor/lessons/frames/exercises", 200, &list);
    let html = browser.get("/instructor/lessons/frames/exercises").await.text().await.unwrap();
    assert!(html.contains("tried 9 times by 4 students, 3 of them passed") && html.contains("Retired"), "{html}");
}

/// The steps that lead back from a page: what they say.
fn steps(html: &str) -> Vec<&str> {
    let crumbs = html.split("class=\"crumbs\"").nth(1).and_then(|rest| rest.split("</p>").next()).unwrap();
    crumbs.split("</a>").filter_map(|step| step.rsplit('>').next()).filter(|words| !words.is_empty()).collect()
}

#[tokio::test]
async fn the_way_back_is_told_in_titles() {
    let (site, browser) = with_exercise(false).await;
    let version = "0190b0f0-0000-7000-8000-000000000001";
    site.world.answer("/api/v1/instructor/lessons/frames/exercises", 200, &json!({"exercises": []}));
    site.world.answer("/api/v1/instructor/lessons/frames/versions", 200, &json!({"versions": [], "next": null}));
    let mut shown = lesson(version, "x")["version"].clone();
    shown["source"] = "x".into();
    site.world.answer(&format!("/api/v1/instructor/lessons/frames/versions/{version}"), 200, &shown);
    let pages = [
        ("/instructor/lessons/frames/exercises", &[][..]),
        ("/instructor/lessons/frames/versions", &[]),
        (&format!("/instructor/lessons/frames/versions/{version}"), &["Versions"]),
        ("/instructor/lessons/frames/exercises/new", &["Exercises"]),
        ("/instructor/exercises/rotate", &["Exercises"]),
    ];
    for (page, more) in pages {
        let html = browser.get(page).await.text().await.unwrap();
        assert_eq!(steps(&html), [&["Teaching", "Robots", "Frames"], more].concat(), "{page}");
    }
    // A save that is refused shows the page again, which knows of the lesson only what the form says.
    site.world.answer(EXERCISE, 422, &json!({"code": "invalid_members", "errors": []}));
    let html = browser.post("/instructor/exercises/rotate", FORM).await.text().await.unwrap();
    assert_eq!(steps(&html), ["Teaching", "Robots", "Frames", "Exercises"]);
}

#[tokio::test]
async fn a_save_sends_the_ladder_and_the_revision() {
    let (site, browser) = with_exercise(false).await;
    let answer = browser.post("/instructor/exercises/rotate", FORM).await;
    assert_eq!(answer.headers()["location"], "/instructor/exercises/rotate?done=saved");
    let body = sent(&site, EXERCISE);
    assert_eq!(body["hints"], json!({"concept": "c", "pointer": "p", "step": "s", "example": "x"}));
    assert_eq!((&body["prompt"], &body["base_revision"]), (&json!("Turn\nit"), &json!(3)));
}

#[tokio::test]
async fn a_new_exercise_is_made_in_its_lesson() {
    let (site, browser) = with_exercise(false).await;
    let html = browser.get("/instructor/lessons/frames/exercises/new").await.text().await.unwrap();
    assert!(html.contains("action=\"/instructor/lessons/frames/exercises\"") && html.contains("name=\"slug\""));
    let path = "/api/v1/instructor/lessons/frames/exercises";
    site.world.answer(path, 201, &exercise(1, false));
    let answer = browser.post("/instructor/lessons/frames/exercises", FORM).await;
    assert_eq!(answer.headers()["location"], "/instructor/exercises/rotate?done=saved");
    assert_eq!((&sent(&site, path)["slug"], sent(&site, path).get("base_revision")), (&json!("rotate"), None));
}

#[tokio::test]
async fn a_hint_that_gives_the_solution_away_is_told_at_its_rung_and_nothing_is_lost() {
    let (site, browser) = with_exercise(false).await;
    let refusal = json!({"code": "invalid_members", "detail": "`hints.example` contains the solution.",
                         "errors": [{"member": "hints.example", "detail": "contains the solution"}]});
    site.world.answer(EXERCISE, 422, &refusal);
    let answer = browser.post("/instructor/exercises/rotate", FORM).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert!(html.contains("The example contains the solution.") && html.contains("Turn\nit</textarea>"), "{html}");
}

#[tokio::test]
async fn a_newer_revision_and_a_lost_session_keep_what_was_typed() {
    let (site, browser) = with_exercise(false).await;
    let stranger = site.browser().post("/instructor/exercises/rotate", FORM).await;
    assert_eq!(stranger.status(), 403);
    assert!(stranger.text().await.unwrap().contains("Turn\nit</textarea>"));
    let conflict = json!({"code": "newer_revision", "detail": "There is a newer revision.", "revision": 4});
    site.world.answer(EXERCISE, 409, &conflict);
    let answer = browser.post("/instructor/exercises/rotate", FORM).await;
    assert_eq!(answer.status(), 409);
    let html = answer.text().await.unwrap();
    assert!(html.contains("Turn\nit</textarea>") && html.contains("There is a newer revision."), "{html}");
    assert!(html.contains("name=\"base_revision\" value=\"4\""), "the next save is on top of the newer one");
}

#[tokio::test]
async fn a_retired_exercise_can_be_put_back() {
    let (site, browser) = with_exercise(true).await;
    let html = browser.get("/instructor/exercises/rotate").await.text().await.unwrap();
    assert!(html.contains("Put it back"), "{html}");
    let answer = browser.post("/instructor/exercises/rotate/retirement", "way=back").await;
    assert_eq!(answer.headers()["location"], "/instructor/exercises/rotate?done=returned");
    assert_eq!(sent(&site, EXERCISE)["retired"], json!(false));
}
