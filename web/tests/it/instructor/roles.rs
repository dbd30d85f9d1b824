//! Whose pages these are.

use serde_json::json;

use crate::harness::Site;

const PAGES: [&str; 8] = [
    "/instructor",
    "/instructor/courses/robots",
    "/instructor/courses/robots/insights",
    "/instructor/courses/robots/lessons/new",
    "/instructor/lessons/frames",
    "/instructor/lessons/frames/versions",
    "/instructor/lessons/frames/exercises",
    "/instructor/exercises/rotate",
];

#[tokio::test]
async fn a_visitor_is_sent_to_sign_in_and_back() {
    let site = Site::start().await;
    for path in PAGES {
        let answer = site.browser().get(path).await;
        assert_eq!(answer.status(), 303, "{path}");
        let target = format!("/auth/login?return_to={}", path.replace('/', "%2F"));
        assert_eq!(answer.headers()["location"], target, "{path}");
    }
}

#[tokio::test]
async fn a_student_is_told_that_the_page_is_not_for_their_role() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let refusal = json!({"code": "staff_only", "detail": "Only instructors and admins can do this."});
    for path in PAGES {
        site.world.answer(&format!("/api/v1{path}"), 403, &refusal);
        let asked = path.strip_suffix("/lessons/new").unwrap_or(path);
        for api in [
            asked,
            path.strip_suffix("/versions").unwrap_or(asked),
            "/instructor/lessons/frames",
            "/instructor/courses",
        ] {
            site.world.answer(&format!("/api/v1{api}"), 403, &refusal);
        }
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), 403, "{path}");
        assert!(answer.text().await.unwrap().contains("This page is not for your role"), "{path}");
    }
    for path in ["publication", "retirement"] {
        site.world.answer("/api/v1/instructor/lessons/frames/publication", 403, &refusal);
        let answer = browser.post(&format!("/instructor/lessons/frames/{path}"), "version=v1").await;
        assert_eq!(answer.status(), 403, "{path}");
    }
}

#[tokio::test]
async fn an_instructor_sees_the_courses_they_teach_and_their_lessons() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    let courses = json!({"courses": [{"id": "c", "slug": "robots", "title": "Robots", "summary": "s", "language": "en",
                                      "published_lessons": 27, "other_lessons": 1, "students": 30}]});
    site.world.answer("/api/v1/instructor/courses", 200, &courses);
    site.world.answer("/api/v1/instructor/courses/robots", 200, &super::course());
    let html = browser.get("/instructor").await.text().await.unwrap();
    assert!(html.contains("/instructor/courses/robots/insights") && html.contains("27"), "{html}");
    let html = browser.get("/instructor/courses/robots").await.text().await.unwrap();
    for part in ["/instructor/lessons/frames", "Unpublished changes", "2 Jan 2026, 03:04 UTC", "lessons/new?stage=st"] {
        assert!(html.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn a_role_given_a_moment_ago_holds_on_the_next_page() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    site.world.set(|knobs| (knobs.role, knobs.epoch) = (oauth::Role::Instructor, 1));
    site.world.answer("/api/v1/instructor/courses", 200, &json!({"courses": []}));
    let answer = browser.get("/instructor").await;
    assert_eq!((answer.status().as_u16(), site.world.read(|knobs| knobs.refreshes)), (200, 1));
    assert!(answer.text().await.unwrap().contains("No course lists you yet"));
}
