//! What each role may open, and when a change of role shows.

use oauth::Role;
use serde_json::json;

use crate::harness::Site;

async fn nav(browser: &crate::harness::Browser) -> (bool, bool) {
    let html = browser.get("/account").await.text().await.unwrap();
    (html.contains("href=\"/instructor\""), html.contains("href=\"/admin\""))
}

#[tokio::test]
async fn a_change_of_role_shows_on_the_next_page() {
    let site = Site::start().await;
    site.world.answer("/api/v1/me", 200, &json!({"tutor": {"limit": null, "remaining": null}}));
    let browser = site.signed_in().await;
    assert_eq!(nav(&browser).await, (false, false));
    for (epoch, role, expected) in
        [(1, Role::Instructor, (true, false)), (2, Role::Admin, (true, true)), (3, Role::Student, (false, false))]
    {
        site.world.set(|knobs| (knobs.role, knobs.epoch) = (role, epoch));
        assert_eq!(nav(&browser).await, expected, "{role:?}");
    }
    site.world.set(|knobs| (knobs.role, knobs.epoch) = (Role::Admin, 4));
    let landing = browser.get("/").await.text().await.unwrap();
    assert!(landing.contains("href=\"/admin\""), "on the landing page too");
}

#[tokio::test]
async fn a_page_beyond_ones_role_says_so_and_leads_to_the_dashboard() {
    let site = Site::start().await;
    let browser = site.signed_in().await;
    for code in ["staff_only", "admin_only", "admins_only"] {
        site.world.answer("/api/v1/lessons/frames", 403, &json!({"code": code}));
        let answer = browser.get("/lessons/frames").await;
        assert_eq!(answer.status(), 403);
        let html = answer.text().await.unwrap();
        assert!(html.contains("This page is not for your role") && html.contains("href=\"/dashboard\""), "{code}");
    }
}
