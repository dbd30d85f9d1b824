//! Pages made of what the API answers.

use serde_json::{Value, json};

use crate::harness::{Browser, Site};

fn course(enrolled: bool) -> Value {
    let lesson = |slug: &str| {
        json!({"slug": slug, "title": "Frames", "summary": "Where things are", "minutes": 12,
                                       "required": true, "complete": false})
    };
    let stage = |number: u32, slug: &str, title: &str, locked: bool| {
        json!({"number": number, "slug": slug, "title": title, "summary": "s", "hours": 4, "outcomes": ["Do it"],
               "locked": locked, "complete": false, "lessons": [lesson(&format!("{slug}-one"))]})
    };
    json!({"slug": "physical-ai", "title": "Physical AI", "summary": "Robots", "enrolled": enrolled,
           "completed_at": null, "required_lessons": 2, "completed_lessons": 0, "continue_with": "foundations-one",
           "stages": [stage(1, "foundations", "Foundations", !enrolled), stage(2, "ros2-simulation", "ROS 2", true)]})
}

fn lesson() -> Value {
    json!({"slug": "frames", "title": "Frames & <b>axes</b>", "summary": "s", "minutes": 12, "complete": false,
           "enrolled": true, "course": {"slug": "physical-ai", "title": "Physical AI"},
           "stage": {"slug": "foundations", "title": "Foundations"},
           "html": "<h2 id=\"why\">Why</h2><p id=\"why.1\">Because.</p>",
           "headings": [{"level": 2, "text": "Why", "anchor": "why"}],
           "exercises": [{"slug": "rotate", "title": "Rotate", "prompt_html": "<p>Turn it.</p>", "attempts": 1,
                          "passed": false, "last_attempt": "</textarea><script>alert(1)</script>", "solution": null}],
           "previous": null, "next": {"slug": "sensors", "title": "Sensors", "locked": false}})
}

async fn with_course(enrolled: bool) -> (Site, Browser) {
    let site = Site::start().await;
    site.world.answer("/api/v1/courses", 200, &json!({"courses": [course(enrolled)]}));
    site.world.answer("/api/v1/courses/physical-ai", 200, &course(enrolled));
    site.world.answer("/api/v1/me", 200, &json!({"tutor": {"limit": 20, "remaining": 17}}));
    site.world.answer("/api/v1/threads", 200, &json!({"threads": []}));
    let browser = site.signed_in().await;
    (site, browser)
}

async fn text(browser: &Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_dashboard_says_how_far_and_where_to_go_on() {
    let (_site, browser) = with_course(true).await;
    let html = text(&browser, "/dashboard").await;
    for part in ["Physical AI", "/lessons/foundations-one", "Locked", "0 of 2 lessons", "of 20 questions left"] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(!html.contains("Enrol in this course") && !html.contains("verify your e-mail"));
}

#[tokio::test]
async fn who_is_not_enrolled_is_offered_to() {
    let (site, browser) = with_course(false).await;
    assert!(text(&browser, "/dashboard").await.contains("Enrol in this course"));
    site.world.answer("/api/v1/courses/physical-ai/enrollment", 200, &json!({}));
    let answer = browser.post("/courses/physical-ai/enrollment", "").await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (303, &"/dashboard".parse().unwrap()));
}

#[tokio::test]
async fn who_takes_part_can_leave_by_a_form_that_says_what_it_means() {
    let (site, browser) = with_course(true).await;
    for path in ["/dashboard", "/courses/physical-ai"] {
        let html = text(&browser, path).await;
        let form = html.split("action=\"/courses/physical-ai/leaving\"").nth(1).expect(path);
        assert!(html.contains("<summary>Leave this course</summary>"), "it asks first: {path}");
        assert!(form.contains("deleted 30 days after it ended for you"), "{path}");
    }
    let enrollment = "/api/v1/courses/physical-ai/enrollment";
    site.world.answer(enrollment, 204, &json!({}));
    let answer = browser.post("/courses/physical-ai/leaving", "").await;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!((answer.status().as_u16(), location.as_str()), (303, "/courses/physical-ai?done=left"));
    assert!(site.world.read(|knobs| knobs.seen.iter().any(|seen| seen.0 == enrollment)));
    assert!(!text(&browser, &location).await.contains("You left this course"), "not as long as one takes part");
    site.world.answer("/api/v1/courses/physical-ai", 200, &course(false));
    let html = text(&browser, &location).await;
    assert!(html.contains("You left this course") && html.contains("Enrol in this course"));
    assert!(!html.contains("/leaving"), "who does not take part has nothing to leave");
    assert_eq!(browser.post("/courses/none/leaving", "").await.status(), 404);
}

#[tokio::test]
async fn an_unverified_person_sees_the_banner_until_the_next_load_after_verifying() {
    let site = Site::start().await;
    site.world.set(|knobs| knobs.verified = false);
    site.world.answer("/api/v1/courses", 200, &json!({"courses": [course(false)]}));
    site.world.answer("/api/v1/courses/physical-ai", 200, &course(false));
    let browser = site.signed_in().await;
    let html = text(&browser, "/dashboard").await;
    assert!(html.contains("Please verify your e-mail address") && !html.contains("Enrol in this course"));
    // Verified in another tab: the epoch grew, and the open session's token is stale.
    site.world.set(|knobs| (knobs.verified, knobs.epoch) = (true, 1));
    let html = text(&browser, "/dashboard").await;
    assert!(!html.contains("Please verify your e-mail address") && html.contains("Enrol in this course"));
}

#[tokio::test]
async fn a_lesson_has_its_text_its_contents_and_forms_that_work_without_scripts() {
    let site = Site::start().await;
    site.world.answer("/api/v1/lessons/frames", 200, &lesson());
    let browser = site.signed_in().await;
    let html = text(&browser, "/lessons/frames").await;
    for part in [
        "<p id=\"why.1\">Because.</p>",
        "href=\"#why\"",
        "/lessons/frames/completion",
        "/exercises/rotate/attempts",
        "<a href=\"/courses/physical-ai\">Physical AI</a>",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(html.contains("Frames &amp; &lt;b&gt;axes&lt;/b&gt;"), "a title is text");
    assert!(!html.contains("<script>alert") && !html.contains("</textarea><script"), "an answer is text");
    assert!(!html.contains("leptos-island"), "no island without its code");
}

#[tokio::test]
async fn refusals_become_pages_that_say_what_to_do() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let locked = json!({"code": "stage_locked", "detail": "It opens after Foundations.",
                        "opens_after": {"remaining": ["Sensors"]}});
    let refusals = [
        (403, locked, "It opens after Foundations."),
        (403, json!({"code": "email_unverified"}), "Verify your e-mail address first"),
        (
            403,
            json!({"code": "not_enrolled", "detail": "Enrol.", "course": {"slug": "physical-ai"}}),
            "/courses/physical-ai/enrollment",
        ),
        (404, json!({"code": "not_found"}), "There is nothing here"),
        (503, json!({"code": "x"}), "We will be right back"),
    ];
    for (status, body, words) in refusals {
        site.world.answer("/api/v1/lessons/frames", status, &body);
        let answer = browser.get("/lessons/frames").await;
        assert_eq!(answer.status(), status);
        let html = answer.text().await.unwrap();
        assert!(html.contains(words), "{words} is missing");
        assert_eq!(html.contains("Still to complete"), words.contains("Foundations"));
    }
}

#[tokio::test]
async fn an_answer_is_judged_and_leads_back_to_its_exercise() {
    let site = Site::start().await;
    let judged = json!({"passed": false, "attempts": 2, "message": "Kept."});
    site.world.answer("/api/v1/exercises/rotate/attempts", 201, &judged);
    let browser = site.signed_in().await;
    let answer = browser.post("/exercises/rotate/attempts", "lesson=frames&text=a%0D%0A%3Cb%3E").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/lessons/frames?tried=rotate&passed=0#exercise-rotate");
    let sent = site.world.read(|knobs| knobs.seen.last().unwrap().2.clone());
    assert_eq!(sent, r#"{"text":"a\n<b>"}"#, "line ends as the author typed them");
}

#[tokio::test]
async fn a_tried_exercise_says_how_it_went_and_shows_what_was_sent_as_text() {
    let site = Site::start().await;
    let mut lesson = lesson();
    lesson["exercises"] = json!([{"slug": "rotate", "title": "Rotate", "prompt_html": "<p>Turn.</p>", "attempts": 2,
        "passed": false, "last_attempt": "</code></pre><script>alert(1)</script>"}]);
    site.world.answer("/api/v1/lessons/frames", 200, &lesson);
    let browser = site.signed_in().await;
    let html = browser.get("/lessons/frames?tried=rotate&passed=0").await.text().await.unwrap();
    assert!(html.contains("Not there yet") && html.contains("2 attempts"), "{html}");
    assert!(!html.contains("<script>alert"), "{html}");
    for path in ["/lessons/frames", "/lessons/frames?tried=other&passed=1", "/lessons/frames?tried=rotate&tried=rotate"]
    {
        let html = browser.get(path).await.text().await.unwrap();
        assert!(!html.contains("Not there yet") && html.contains("Turn."), "{path}");
    }
}

#[tokio::test]
async fn a_visitor_is_sent_to_sign_in_and_back() {
    let site = Site::start().await;
    let answer = site.browser().get("/lessons/frames?thread=thr_1").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/auth/login?return_to=%2Flessons%2Fframes%3Fthread%3Dthr_1");
}

#[tokio::test]
async fn a_form_or_query_of_the_wrong_shape_gets_a_page() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let form = browser.post("/exercises/one/attempts", "txt=1").await;
    let callback = browser.get("/auth/callback?state=a&state=b").await;
    let login = browser.get("/auth/login?return_to=a&return_to=b").await;
    let method = browser.get("/auth/logout").await;
    for (answer, status) in [(form, 400), (callback, 400), (login, 400), (method, 405)] {
        let path = answer.url().path().to_owned();
        assert_eq!(answer.status(), status, "{path}");
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        assert_eq!(kind.as_deref(), Some("text/html; charset=utf-8"), "{path}");
        assert!(!answer.text().await.unwrap().contains("eserialize"), "{path}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_gets_a_page_in_the_words_of_the_api() {
    let site = Site::start().await;
    let refusal = json!({"code": "text_too_long", "detail": "At most 20000 characters are allowed."});
    site.world.answer("/api/v1/exercises/one/attempts", 413, &refusal);
    let answer = site.signed_in().await.post("/exercises/one/attempts", "text=1&lesson=a").await;
    assert_eq!(answer.status(), 413);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert!(answer.text().await.unwrap().contains("At most 20000 characters"));
}

#[tokio::test]
async fn the_catalogue_lists_courses_and_each_has_a_page() {
    let (site, browser) = with_course(false).await;
    let html = text(&browser, "/courses").await;
    for part in ["Physical AI", "/courses/physical-ai/enrollment", "Look inside"] {
        assert!(html.contains(part), "{part} is missing");
    }
    let html = text(&browser, "/courses/physical-ai").await;
    assert!(html.contains("Enrol in this course") && html.contains("/stages/foundations"));
    site.world.answer("/api/v1/courses", 200, &json!({"courses": [course(true)]}));
    assert!(text(&browser, "/courses").await.contains("Open the course"));
    assert_eq!(browser.get("/courses/none").await.status(), 404);
}

#[tokio::test]
async fn conversations_can_be_searched_and_paged() {
    let site = Site::start().await;
    let thread = json!({"id": "thr_1", "title": "A <b> loop", "lesson": {"slug": "frames", "title": "Frames"},
                        "updated_at": "2026-11-03T09:05:00.000Z"});
    let page = json!({"threads": [thread], "has_more": true});
    site.world.answer("/api/v1/threads?q=loop&limit=30", 200, &page);
    site.world.answer("/api/v1/threads?q=loop&after=thr_1&limit=30", 200, &json!({"threads": [], "has_more": false}));
    let browser = site.signed_in().await;
    let html = text(&browser, "/threads?q=loop").await;
    for part in ["A &lt;b&gt; loop", "/lessons/frames?thread=thr_1", "3 Nov 2026", "/threads?q=loop&amp;after=thr_1"] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert!(text(&browser, "/threads?q=loop&after=thr_1").await.contains("Nothing with"));
}

#[tokio::test]
async fn a_conversation_without_a_lesson_is_read_on_a_page_of_its_own() {
    let site = Site::start().await;
    let line = json!({"id": "thr_1", "title": "Old", "lesson": null, "updated_at": "2026-11-03T09:05:00.000Z"});
    site.world.answer("/api/v1/threads?limit=30", 200, &json!({"threads": [line], "has_more": false}));
    let question = json!({"type": "user_message", "content": [{"type": "input_text", "text": "Why <b>?"}], "quoted_text": "a & b"});
    let answer = json!({"type": "assistant_message", "content": [{"type": "output_text", "text": "**Look** <i>here</i>", "annotations": []}]});
    let hidden = json!({"type": "sdk_hidden_context", "content": "for the model"});
    // The thread and the page of its items: both are asked for at the one endpoint.
    let both = json!({"title": "A <loop>", "created_at": "2026-11-01T08:00:00.000Z",
                      "data": [question, answer, hidden], "has_more": true, "after": "msg_2"});
    site.world.answer("/api/v1/chatkit", 200, &both);
    let browser = site.signed_in().await;
    assert!(text(&browser, "/threads").await.contains("href=\"/threads/thr_1\""));
    let html = text(&browser, "/threads/thr_1").await;
    for part in [
        "A &lt;loop&gt;",
        "1 Nov 2026",
        "Why &lt;b&gt;?",
        "a &amp; b",
        "<strong>Look</strong>",
        "/threads/thr_1?after=msg_2",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    for part in ["<i>here</i>", "for the model"] {
        assert!(!html.contains(part), "{part} is in {html}");
    }
    site.world.answer(
        "/api/v1/chatkit",
        404,
        &json!({"status": 404, "code": "not_found", "detail": "No such thread."}),
    );
    assert_eq!(browser.get("/threads/thr_2").await.status(), 404);
}

#[tokio::test]
async fn the_account_page_leads_to_ones_data_and_to_three_ways_out() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let html = text(&browser, "/account").await;
    let auth = &site.world.issuer_url;
    for part in [
        "href=\"/api/v1/me/data\"".to_owned(),
        format!("{auth}/account/data"),
        format!("{auth}/account/delete"),
        "action=\"/auth/logout\"".to_owned(),
        "action=\"/auth/logout/browser\"".to_owned(),
        "action=\"/auth/logout/everywhere\"".to_owned(),
    ] {
        assert!(html.contains(&part), "{part} is missing");
    }
}

#[tokio::test]
async fn no_text_of_a_person_is_ever_the_child_of_a_textarea() {
    // Leptos 0.8 does not escape it there. One component may fill it, with HTML that it escapes itself.
    let mut checked = 0;
    for folder in ["../web/src", "../crates/ui/src", "../auth-server/src"] {
        for file in sources(std::path::Path::new(folder)) {
            let source = std::fs::read_to_string(&file).unwrap();
            for tag in source.split("<textarea ").skip(1) {
                checked += 1;
                let tag = tag.split("</textarea").next().unwrap();
                assert!(tag.ends_with('>'), "{}: it has a child: {tag:.120}", file.display());
                let filled = tag.contains("inner_html=") && !tag.contains("inner_html=escaped(");
                assert!(!filled, "{}: {tag:.120}", file.display());
            }
        }
    }
    assert!(checked >= 2);
}

fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}
