//! People: search, role, ban, sessions, teaching.

use serde_json::json;

use super::{admin, event, sent, user};
use crate::harness::Site;

const ID: &str = "0190b0f0-0000-7000-8000-0000000000aa";

fn with_person(site: &Site, role: &str, banned: bool) {
    site.world.answer(&format!("/api/auth/admin/get-user?id={ID}"), 200, &user(role, banned));
    let session = json!({"id": "s", "token": "handle", "userId": ID, "expiresAt": "2026-01-09T03:04:05.000Z",
                         "createdAt": "2026-01-02T03:04:05.000Z", "updatedAt": "2026-01-02T03:04:05.000Z",
                         "ipAddress": "192.0.2.7", "userAgent": "Firefox/140", "impersonatedBy": null});
    site.world.answer("/api/auth/admin/list-user-sessions", 200, &json!({"sessions": [session]}));
    let events = json!({"events": [event("role_changed")], "next": null});
    site.world.answer(&format!("/api/auth/admin/events?user={ID}&limit=10"), 200, &events);
}

#[tokio::test]
async fn people_are_found_by_address_name_role_and_ban() {
    let (site, browser) = admin().await;
    let path = "/api/auth/admin/list-users?searchField=name&searchValue=mina&filterField=role&filterValue=student\
                &sortBy=createdAt&sortDirection=desc&limit=50&offset=50";
    site.world.answer(path, 200, &json!({"users": [user("student", true)], "total": 120}));
    let html = browser.get("/admin/users?q=mina&field=name&show=student&page=2").await.text().await.unwrap();
    for part in ["Mina &lt;b&gt;", "Banned", "Unverified", "120 people", "Page 2 of 3", "page=3", "page=1", ID] {
        assert!(html.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn a_person_has_a_page_with_everything_that_can_be_done() {
    let (site, browser) = admin().await;
    with_person(&site, "student", false);
    let html = browser.get(&format!("/admin/users/{ID}")).await.text().await.unwrap();
    for part in ["Mina &lt;b&gt;", "Firefox/140", "value=\"handle\"", "192.0.2.7", "Role changed", "For ever"] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(!html.contains("Teaching"), "students teach nothing");
    with_person(&site, "student", true);
    let html = browser.get(&format!("/admin/users/{ID}?done=banned")).await.text().await.unwrap();
    for part in ["Lift the ban", "Reason: spam", "2 Feb 2026", "signed out everywhere"] {
        assert!(html.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn a_role_a_ban_and_sessions_go_to_the_account_api_with_the_admins_name_on_them() {
    let (site, browser) = admin().await;
    let calls = [
        ("role", "role=instructor", "set-role", json!({"userId": ID, "role": "instructor"})),
        (
            "ban",
            "reason=+spam&seconds=86400",
            "ban-user",
            json!({"userId": ID, "banReason": "spam", "banExpiresIn": 86400}),
        ),
        ("ban", "reason=&seconds=", "ban-user", json!({"userId": ID})),
        ("ban", "reason=&seconds=soon", "ban-user", json!({"userId": ID, "banExpiresIn": "soon"})),
        ("unban", "", "unban-user", json!({"userId": ID})),
        ("sessions", "session=handle", "revoke-user-session", json!({"sessionToken": "handle"})),
        ("sessions", "session=", "revoke-user-sessions", json!({"userId": ID})),
    ];
    for (form, body, call, expected) in calls {
        let path = format!("/api/auth/admin/{call}");
        site.world.answer(&path, 200, &json!({"success": true}));
        let request = browser.request(http::Method::POST, &format!("/admin/users/{ID}/{form}"));
        let request = request.header("origin", &site.url).header("user-agent", "Firefox/140");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = browser.send(request.body(body.to_owned())).await;
        assert_eq!(answer.status(), 303, "{form} {body}");
        assert!(answer.headers()["location"].to_str().unwrap().starts_with(&format!("/admin/users/{ID}?done=")));
        assert_eq!(sent(&site, &path), expected, "{form} {body}");
        let headers = site.world.read(|knobs| knobs.seen.last().unwrap().1.clone());
        assert_eq!(
            (&headers["user-agent"], &headers["x-forwarded-for"]),
            (&"Firefox/140".parse().unwrap(), &"127.0.0.1".parse().unwrap())
        );
        assert!(!headers.contains_key("cookie"));
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_told_in_the_words_of_the_account_api() {
    let (site, browser) = admin().await;
    let refusal =
        json!({"code": "LAST_ADMIN", "message": "This is the last admin. Make somebody else an admin first."});
    site.world.answer("/api/auth/admin/set-role", 400, &refusal);
    let answer = browser.post(&format!("/admin/users/{ID}/role"), "role=student").await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("This is the last admin."));
}

#[tokio::test]
async fn an_instructor_is_put_on_a_courses_list_and_taken_from_it() {
    let (site, browser) = admin().await;
    with_person(&site, "instructor", false);
    let courses = json!({"courses": [{"id": "c", "slug": "robots", "title": "Robots", "summary": "s", "language": "en",
                                      "published_lessons": 1, "other_lessons": 0, "students": 0}]});
    site.world.answer("/api/v1/instructor/courses", 200, &courses);
    let staff = json!({"staff": [{"id": ID, "name": "Mina", "email": "m@example.test", "active": true}]});
    site.world.answer("/api/v1/instructor/courses/robots/staff", 200, &json!({"staff": []}));
    let html = browser.get(&format!("/admin/users/{ID}")).await.text().await.unwrap();
    assert!(html.contains("Put on the list"), "{html}");
    site.world.answer("/api/v1/instructor/courses/robots/staff", 200, &staff);
    let html = browser.get(&format!("/admin/users/{ID}")).await.text().await.unwrap();
    assert!(html.contains("Take from the list"), "{html}");
    site.world.answer(&format!("/api/v1/instructor/courses/robots/staff/{ID}"), 200, &json!({}));
    let answer = browser.post(&format!("/admin/users/{ID}/teaching"), "course=robots&way=on").await;
    assert_eq!(answer.headers()["location"], format!("/admin/users/{ID}?done=teaching"));
}
