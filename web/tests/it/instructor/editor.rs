//! The editor of lessons.

use serde_json::{Value, json};

use super::{course, form, lesson};
use crate::harness::{Browser, Site};

const LESSON: &str = "/api/v1/instructor/lessons/frames";
/// What `form()` sends, as the page shows it again.
const KEPT: &str = "## Why\nBecause &lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>";

async fn with_lesson() -> (Site, Browser) {
    let site = Site::start().await;
    site.world.answer(LESSON, 200, &lesson("v1", "\n# <b>Old</b> & words"));
    site.world.answer("/api/v1/instructor/courses/robots", 200, &course());
    let preview = json!({"html": "<p id=\"x\">As read</p>", "headings": [], "words": 3});
    site.world.answer("/api/v1/instructor/preview", 200, &preview);
    let browser = site.signed_in().await;
    (site, browser)
}

/// What the API was sent last at `path`.
fn sent(site: &Site, path: &str) -> Value {
    let body = site.world.read(|knobs| knobs.seen.iter().rev().find(|seen| seen.0 == path).unwrap().2.clone());
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn the_newest_text_stands_in_the_form_as_text_and_beside_it_as_readers_see_it() {
    let (_site, browser) = with_lesson().await;
    let html = browser.get("/instructor/lessons/frames").await.text().await.unwrap();
    assert!(html.contains("\n\n# &lt;b&gt;Old&lt;/b&gt; &amp; words</textarea>"), "{html}");
    assert!(html.contains("<p id=\"x\">As read</p>") && html.contains("3 words"));
    for part in ["value=\"v1\"", "frame, axis", "1. Foundations", "/instructor/lessons/frames/retirement"] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(html.contains("/assets/editor.") && html.contains("/assets/staff."));
}

#[tokio::test]
async fn a_save_goes_to_the_api_and_back_to_the_page() {
    let (site, browser) = with_lesson().await;
    let answer = browser.post("/instructor/lessons/frames", &form(&[("required", "yes")])).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/instructor/lessons/frames?done=saved");
    let body = sent(&site, LESSON);
    assert_eq!(body["markdown"], "## Why\nBecause </textarea><script>alert(1)</script>");
    assert_eq!((&body["base_version"], &body["minutes"], &body["required"]), (&json!("v1"), &json!(12), &json!(true)));
    let html = browser.get("/instructor/lessons/frames?done=saved").await.text().await.unwrap();
    assert!(html.contains("Readers see it when you publish it") && html.contains("data-saved=\"yes\""));
}

#[tokio::test]
async fn saving_and_publishing_publishes_the_version_that_was_saved() {
    let (site, browser) = with_lesson().await;
    site.world.answer(LESSON, 200, &lesson("v2", "new"));
    site.world.answer(&format!("{LESSON}/publication"), 200, &lesson("v2", "new"));
    let answer = browser.post("/instructor/lessons/frames", &form(&[("action", "publish")])).await;
    assert_eq!(answer.headers()["location"], "/instructor/lessons/frames?done=published");
    assert_eq!(sent(&site, &format!("{LESSON}/publication")), json!({"version": "v2"}));
}

#[tokio::test]
async fn without_scripts_the_preview_is_a_button_that_saves_nothing() {
    let (site, browser) = with_lesson().await;
    let answer = browser.post("/instructor/lessons/frames", &form(&[("action", "preview")])).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains(KEPT));
    assert!(site.world.read(|knobs| knobs.seen.iter().all(|seen| seen.0 != LESSON)), "nothing was saved");
}

#[tokio::test]
async fn a_newer_version_is_told_and_the_text_kept_ready_to_go_on_top() {
    let (site, browser) = with_lesson().await;
    let conflict = json!({"code": "newer_version", "detail": "There is a newer version by Ada.", "version": "v9",
                          "saved_at": "2026-01-02T09:00:00.000Z"});
    site.world.answer(LESSON, 409, &conflict);
    let answer = browser.post("/instructor/lessons/frames", &form(&[])).await;
    assert_eq!(answer.status(), 409);
    let html = answer.text().await.unwrap();
    for part in [KEPT, "There is a newer version by Ada.", "2 Jan 2026, 09:00 UTC", "Read the newer one"] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(html.contains("name=\"base_version\" value=\"v9\""), "the next save is on top of the newer one");
    assert!(html.contains("/instructor/lessons/frames/versions/v9"), "{html}");
}

#[tokio::test]
async fn a_session_that_ended_while_writing_costs_no_word() {
    let (site, browser) = with_lesson().await;
    // Never signed in, or the cookie is gone.
    let stranger = site.browser().post("/instructor/lessons/frames", &form(&[])).await;
    // Signed out elsewhere: the session's refresh is refused.
    site.world.set(|knobs| (knobs.epoch, knobs.refuse_refresh) = (1, true));
    let ended = browser.post("/instructor/lessons/frames", &form(&[])).await;
    let new = site.browser().post("/instructor/courses/robots/lessons", &form(&[("slug", "new-one")])).await;
    for answer in [stranger, ended, new] {
        assert_eq!(answer.status(), 403);
        let html = answer.text().await.unwrap();
        assert!(
            html.contains(KEPT) && html.contains("you are signed out") && html.contains("value=\"Frames\""),
            "{html}"
        );
    }
}

#[tokio::test]
async fn an_api_that_is_away_costs_no_word() {
    let (site, browser) = with_lesson().await;
    site.world.answer(LESSON, 503, &json!({"code": "unavailable"}));
    let answer = browser.post("/instructor/lessons/frames", &form(&[("stage", "other")])).await;
    assert_eq!(answer.status(), 503);
    let html = answer.text().await.unwrap();
    assert!(html.contains(KEPT) && html.contains("does not answer"), "{html}");
    assert!(html.contains("name=\"stage\" value=\"other\""), "what was chosen stays chosen");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field() {
    let (site, browser) = with_lesson().await;
    let refusal = json!({"code": "invalid_members", "detail": "`summary` is empty.",
                         "errors": [{"member": "summary", "detail": "is empty"}]});
    site.world.answer(LESSON, 422, &refusal);
    let answer = browser.post("/instructor/lessons/frames", &form(&[("summary", "")])).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert!(html.contains(KEPT) && html.contains("The summary is empty."), "{html}");
    assert!(html.contains("aria-describedby=\"summary-error summary-hint\""), "{html}");
    let answer = browser.post("/instructor/lessons/frames", &form(&[("minutes", "soon")])).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("The reading time must be a whole number."));
}

#[tokio::test]
async fn a_new_lesson_is_made_in_its_course() {
    let (site, browser) = with_lesson().await;
    let html = browser.get("/instructor/courses/robots/lessons/new?stage=st").await.text().await.unwrap();
    assert!(html.contains("action=\"/instructor/courses/robots/lessons\"") && html.contains("name=\"slug\""), "{html}");
    let path = "/api/v1/instructor/courses/robots/lessons";
    site.world.answer(path, 201, &lesson("v1", "x"));
    let answer = browser.post("/instructor/courses/robots/lessons", &form(&[("slug", "frames")])).await;
    assert_eq!(answer.headers()["location"], "/instructor/lessons/frames?done=saved");
    let body = sent(&site, path);
    assert_eq!((&body["slug"], body.get("base_version")), (&json!("frames"), None));
}

/// What the page says when the text is saved and readers do not get it; `save` is where the save goes at the API.
async fn unpublished(refusal: (u16, Value), save: &str, address: &str) -> (u16, String) {
    let (site, browser) = with_lesson().await;
    site.world.answer(save, 200, &lesson("v2", "new"));
    site.world.answer(&format!("{LESSON}/publication"), refusal.0, &refusal.1);
    let answer = browser.post(address, &form(&[("action", "publish"), ("slug", "frames")])).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn what_is_saved_but_cannot_be_published_says_why_on_a_page_that_can_try_again() {
    let places = [
        (LESSON, "/instructor/lessons/frames"),
        ("/api/v1/instructor/courses/robots/lessons", "/instructor/courses/robots/lessons"),
    ];
    for (save, address) in places {
        let refusal = json!({"code": "staff_only", "detail": "You no longer teach this course."});
        let (status, html) = unpublished((403, refusal), save, address).await;
        assert_eq!(status, 403, "{address}");
        for part in
            ["Saved, but not published", "You no longer teach this course.", KEPT, "name=\"base_version\" value=\"v2\""]
        {
            assert!(html.contains(part), "{part} is missing at {address}");
        }
        assert!(html.contains("<form method=\"post\" action=\"/instructor/lessons/frames\""), "a lesson that is there");
        assert!(html.contains("data-saved=\"yes\"") && !html.contains("Not saved"), "nothing is lost: {address}");
        let (status, html) = unpublished((503, json!({"code": "unavailable"})), save, address).await;
        assert_eq!(status, 503, "{address}");
        assert!(html.contains("A part of the site does not answer"), "{address}");
    }
}

#[tokio::test]
async fn the_script_is_answered_with_the_rendered_text_and_strangers_with_a_problem() {
    let (site, browser) = with_lesson().await;
    let answer = browser.post("/instructor/preview", "markdown=%23%20Hi").await;
    assert_eq!((answer.status().as_u16(), answer.headers()["x-words"].to_str().unwrap()), (200, "3"));
    assert_eq!(answer.text().await.unwrap(), "<p id=\"x\">As read</p>");
    assert_eq!(sent(&site, "/api/v1/instructor/preview"), json!({"markdown": "# Hi"}));
    assert_eq!(site.browser().post("/instructor/preview", "markdown=x").await.status(), 401);
    site.world.answer("/api/v1/instructor/preview", 403, &json!({"code": "staff_only"}));
    assert_eq!(browser.post("/instructor/preview", "markdown=x").await.status(), 403);
}

#[tokio::test]
async fn versions_are_listed_shown_and_restored() {
    let (site, browser) = with_lesson().await;
    let old = "0190b0f0-0000-7000-8000-000000000001";
    let versions = json!({"versions": [{"id": old, "title": "Frames", "author": null, "edited": false, "published": true,
                                        "length": 12345, "created_at": "2025-01-02T03:04:05.000Z"}], "next": old});
    site.world.answer(&format!("{LESSON}/versions"), 200, &versions);
    let html = browser.get("/instructor/lessons/frames/versions").await.text().await.unwrap();
    for part in [old, "the course’s files", "12\u{202f}345 characters", "Published", "?before="] {
        assert!(html.contains(part), "{part} is missing");
    }
    let mut shown = lesson(old, "Old words")["version"].clone();
    shown["source"] = "+++\ntitle = \"Frames\"\n+++\n\nOld <i>words</i>".into();
    site.world.answer(&format!("{LESSON}/versions/{old}"), 200, &shown);
    let html = browser.get(&format!("/instructor/lessons/frames/versions/{old}")).await.text().await.unwrap();
    assert!(html.contains("Old &lt;i&gt;words") && html.contains("Restore this version"), "{html}");
    let path = format!("{LESSON}/versions/{old}/restore");
    site.world.answer(&path, 201, &lesson("v3", "Old words"));
    let answer = browser.post(&format!("/instructor/lessons/frames/versions/{old}/restore"), "base_version=v1").await;
    assert_eq!(answer.headers()["location"], "/instructor/lessons/frames?done=restored");
    assert_eq!(sent(&site, &path), json!({"base_version": "v1"}));
}
