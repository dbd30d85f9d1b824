//! Whose pages these are.

use oauth::Role;
use serde_json::json;

use crate::harness::Site;

const PAGES: [&str; 4] = ["/admin", "/admin/users", "/admin/users/one", "/admin/events"];
const FILES: [&str; 3] = ["/admin/usage.csv", "/admin/events.csv", "/admin/resets.csv"];
/// What the pages ask first.
const ASKED: [&str; 8] = [
    "/api/v1/admin/usage",
    "/api/v1/admin/usage?format=csv",
    "/api/auth/admin/list-users?searchField=email&sortBy=createdAt&sortDirection=desc&limit=50&offset=0",
    "/api/auth/admin/get-user?id=one",
    "/api/auth/admin/events",
    "/api/auth/admin/events?format=csv",
    "/api/auth/admin/set-role",
    "/api/auth/admin/ban-user",
];

fn refuse(site: &Site) {
    for path in ASKED {
        site.world.answer(path, 403, &json!({"code": "admins_only", "message": "You are not allowed"}));
    }
}

#[tokio::test]
async fn a_visitor_is_sent_to_sign_in_and_back() {
    let site = Site::start().await;
    for path in PAGES.into_iter().chain(FILES) {
        let answer = site.browser().get(path).await;
        assert_eq!(answer.status(), 303, "{path}");
        let target = format!("/auth/login?return_to={}", path.replace('/', "%2F"));
        assert_eq!(answer.headers()["location"], target, "{path}");
    }
}

#[tokio::test]
async fn students_and_instructors_are_told_that_the_page_is_not_for_their_role() {
    for role in [Role::Student, Role::Instructor] {
        let site = Site::start().await;
        site.world.set(|knobs| knobs.role = role);
        refuse(&site);
        let browser = site.signed_in().await;
        for path in PAGES.into_iter().chain(["/admin/usage.csv", "/admin/events.csv"]) {
            let answer = browser.get(path).await;
            assert_eq!(answer.status(), 403, "{role} {path}");
            assert!(answer.text().await.unwrap().contains("This page is not for your role"), "{role} {path}");
        }
        for (path, form) in [("role", "role=admin"), ("ban", "reason=&seconds=60")] {
            let answer = browser.post(&format!("/admin/users/one/{path}"), form).await;
            assert_eq!(answer.status(), 403, "{role} {path}");
        }
    }
}

#[tokio::test]
async fn an_admin_who_signed_in_before_becoming_one_is_asked_to_sign_in_again() {
    let site = Site::start().await;
    site.world.set(|knobs| (knobs.role, knobs.scope) = (Role::Admin, Some("openid api")));
    refuse(&site);
    let answer = site.signed_in().await.get("/admin/users").await;
    assert_eq!(answer.status(), 403);
    let html = answer.text().await.unwrap();
    assert!(html.contains("Please sign in once more") && html.contains("return_to=%2Fadmin"), "{html}");
}

#[tokio::test]
async fn signing_in_asks_for_the_scope_admin_which_the_auth_server_gives_to_admins_alone() {
    let site = Site::start().await;
    let answer = site.browser().get("/auth/login").await;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.contains("scope=openid+email+profile+offline_access+api+admin"), "{location}");
}
