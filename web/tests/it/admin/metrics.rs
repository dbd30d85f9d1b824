//! The tutor's use, sign-ins and the reset funnel.

use serde_json::{Value, json};

use super::admin;
use crate::harness::Site;

fn usage() -> Value {
    json!({"from": "2026-01-01", "to": "2026-01-30", "days": [], "next": null,
           "totals": {"people": 12, "messages": 3456, "errors": 6, "answered": 3450, "first_text_ms": 420,
                      "total_ms": 2000, "prompt_tokens": 100, "completion_tokens": 23},
           "by_day": [{"day": "2026-01-07", "people": 9, "messages": 3000, "errors": 5, "tokens": 123}]})
}

fn with_counts(site: &Site) {
    let count = |kind: &str, reason: Option<&str>, count: i64| json!({"day": "2026-01-08", "type": kind, "reason": reason, "count": count, "people": 1});
    let counts = json!({"from": "2026-01-01", "to": "2026-01-31", "counts": [
        count("password_reset_requested", None, 8), count("password_reset_opened", None, 6),
        count("password_reset", None, 4), count("password_reset_failed", Some("expired"), 2),
        count("sign_in_failed", Some("password"), 3), count("sign_in_failed", Some("locked"), 4)]});
    let types = "password_reset_requested%2Cpassword_reset_opened%2Cpassword_reset%2Cpassword_reset_failed%2Csign_in\
                 %2Csign_in_failed%2Csign_up";
    let path = format!("/api/auth/admin/events/summary?types={types}&from=2026-01-01&to=2026-01-31");
    site.world.answer(&path, 200, &counts);
}

#[tokio::test]
async fn use_and_funnel_are_drawn_with_their_numbers_as_tables() {
    let (site, browser) = admin().await;
    site.world.answer("/api/v1/admin/usage", 200, &usage());
    with_counts(&site);
    let html = browser.get("/admin").await.text().await.unwrap();
    for part in [
        "3\u{202f}456",
        "420 ms",
        "Busiest on 7 Jan 2026: 3\u{202f}000 messages of 9 people.",
        "4 of 8 links led to a new password, 50 %. 2 times a link did not count.",
        "<title>Opened it: 6 times</title>",
        "0 succeeded, 7 failed",
        "/admin/usage.csv?from=2026-01-01&amp;to=2026-01-30",
        "/admin/resets.csv?from=2026-01-01&amp;to=2026-01-30",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert!(
        html.matches("<table class=\"data\">").count() >= 5 && !html.contains("style="),
        "tables, no inline styles"
    );
}

#[tokio::test]
async fn the_funnel_by_day_is_a_file() {
    let (site, browser) = admin().await;
    with_counts(&site);
    let answer = browser.get("/admin/resets.csv?from=2026-01-01&to=2026-01-30").await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("day,requested,opened,reset,failed\r\n2026-01-01,0,0,0,0\r\n"), "{text}");
    assert!(text.contains("2026-01-08,8,6,4,2\r\n") && text.ends_with("2026-01-30,0,0,0,0\r\n"), "{text}");
}

#[tokio::test]
async fn use_by_person_is_passed_on_as_a_file() {
    let (site, browser) = admin().await;
    let path = "/api/v1/admin/usage?format=csv&from=2026-01-01&to=2026-01-30".to_owned();
    site.world.set(|knobs| knobs.answers.push((path, 200, "text/csv".to_owned(), "day\r\n".to_owned())));
    let answer = browser.get("/admin/usage.csv?from=2026-01-01&to=2026-01-30").await;
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (200, "day\r\n".to_owned()));
}
