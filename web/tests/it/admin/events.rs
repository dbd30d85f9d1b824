//! The event log.

use serde_json::json;

use super::{admin, event};

#[tokio::test]
async fn the_log_is_filtered_paged_and_shown_as_text() {
    let (site, browser) = admin().await;
    let path =
        "/api/auth/admin/events?type=role_changed&email=mina&ip=192.0.2.1&failed=false&from=2026-01-01&to=2026-02-01";
    site.world.answer(path, 200, &json!({"events": [event("role_changed")], "next": "n&xt"}));
    let filter = "type=role_changed&email=mina&ip=192.0.2.1&failed=false&from=2026-01-01&to=2026-01-31";
    let answer = browser.get(&format!("/admin/events?{filter}")).await;
    assert_eq!(answer.status(), 200);
    let html = answer.text().await.unwrap();
    for part in ["Role changed", "operator", "mina@example.test", "root@example.test", "192.0.2.1", "cursor=n%26xt"] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(!html.contains("<script>\"") && html.contains("&lt;script&gt;"), "details are text");
    assert!(html.contains("/admin/events.csv?type=role_changed&amp;email=mina"), "{html}");
}

#[tokio::test]
async fn the_same_filter_as_a_file() {
    let (site, browser) = admin().await;
    let answer = (
        "/api/auth/admin/events?type=sign_in&format=csv".to_owned(),
        200,
        "text/csv".to_owned(),
        "at,type\r\n".to_owned(),
    );
    site.world.set(|knobs| knobs.answers.push(answer));
    let answer = browser.get("/admin/events.csv?type=sign_in").await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"text/csv".parse().unwrap()));
    assert!(!answer.headers().contains_key("set-cookie"), "cookies of other servers stop here");
    assert_eq!(answer.text().await.unwrap(), "at,type\r\n");
}
