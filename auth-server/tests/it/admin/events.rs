//! Reading the event log.

use serde_json::Value;

use super::{admin, get, id, run};
use crate::server::Server;

async fn log(server: &Server, rows: &str) {
    run(server, &format!("insert into auth.auth_event_log (id, at, type, reason, email, ip_address) values {rows}"))
        .await;
}

fn ids(page: &Value) -> Vec<String> {
    page["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_hold_every_event_once_however_many_come_meanwhile() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    // Many with one time, so that the id must decide.
    let rows: Vec<_> = (0..25)
        .map(|n| format!("(gen_random_uuid(), '2026-01-01'::timestamptz + '{} s', 'x', null, null, '')", n / 10))
        .collect();
    log(&server, &rows.join(",")).await;
    let (mut seen, mut path) = (Vec::new(), "events?type=x&limit=4".to_owned());
    loop {
        let (status, page) = get(&server, &root, &path).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(ids(&page));
        log(&server, "(gen_random_uuid(), now(), 'x', null, null, '')").await;
        let Some(next) = page["next"].as_str() else { break };
        path = format!("events?type=x&limit=4&cursor={next}");
    }
    assert_eq!(seen.len(), 25);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 25);
    for bad in ["cursor=x", "from=x", "user=x", "failed=maybe", "format=xml"] {
        assert_eq!(get(&server, &root, &format!("events?{bad}")).await.1["code"], "VALIDATION_ERROR", "{bad}");
    }
}

#[tokio::test]
async fn filters_narrow_the_log() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    log(
        &server,
        "(gen_random_uuid(), '2026-01-01', 'a', 'wrong', 'x_y@x.test', '10.0.0.1'),
         (gen_random_uuid(), '2026-01-02', 'b', null, 'xzy@x.test', '10.0.0.2'),
         (gen_random_uuid(), '2026-01-03', 'c', 'operator', null, '10.0.0.2')",
    )
    .await;
    let count = async |query: &str| ids(&get(&server, &root, &format!("events?{query}")).await.1).len();
    assert_eq!(count("type=a,b").await, 2);
    assert_eq!(count("type=a&type=c").await, 2);
    assert_eq!(count("email=X_Y").await, 1, "case does not matter, wildcards mean themselves");
    assert_eq!(count("ip=10.0.0.2").await, 2);
    assert_eq!(count("reason=wrong").await, 1);
    assert_eq!(count("failed=true&type=a,b,c").await, 1);
    assert_eq!(count("failed=false&type=a,b,c").await, 2);
    assert_eq!(count("from=2026-01-02&to=2026-01-03").await, 1);
    assert_eq!(count(&format!("user={}", id(&server, "root@example.test").await)).await, 1);
    assert_eq!(count("email=root@").await, 1);
    assert_eq!(count("actor=00000000-0000-0000-0000-000000000000").await, 0);
    assert_eq!(count("client=nobody").await, 0);
}

#[tokio::test]
async fn csv_holds_everything_and_no_formula() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    let rows = vec!["(gen_random_uuid(), '2026-01-01T00:00:00.1239Z', 'x', null, '=cmd|calc', '')"; 1203];
    log(&server, &rows.join(",")).await;
    let request = server.get("/api/auth/admin/events?type=x").header("cookie", &root).header("accept", "text/csv");
    let response = request.send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    let text = response.text().await.unwrap();
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 1 + 1203 + 1, "the header, the rows, the end of the last line");
    assert!(lines[0].starts_with("at,type,reason,"));
    assert!(lines[1].starts_with("2026-01-01T00:00:00.123Z,x,,"), "{}", lines[1]);
    assert!(lines[1].contains("\"'=cmd|calc\""), "{}", lines[1]);
    let by_name = server.get("/api/auth/admin/events?type=x&format=csv&to=2025-01-01").header("cookie", &root);
    assert_eq!(by_name.send().await.unwrap().text().await.unwrap().lines().count(), 1);
}

#[tokio::test]
async fn the_summary_counts_by_day() {
    let server = Server::start().await;
    let root = admin(&server, "root@example.test").await;
    log(
        &server,
        "(gen_random_uuid(), '2026-01-01T23:59:59Z', 'password_reset_requested', null, 'a@x.test', ''),
         (gen_random_uuid(), '2026-01-01T01:00:00Z', 'password_reset_requested', null, 'b@x.test', ''),
         (gen_random_uuid(), '2026-01-02T00:00:00Z', 'password_reset', null, null, '')",
    )
    .await;
    let path = "events/summary?by=day&types=password_reset_requested,password_reset&from=2026-01-01&to=2026-01-03";
    let (status, summary) = get(&server, &root, path).await;
    assert_eq!(status, 200);
    let counts: Vec<_> =
        summary["counts"].as_array().unwrap().iter().map(|c| (c["day"].as_str(), c["count"].as_i64())).collect();
    assert_eq!(counts, [(Some("2026-01-01"), Some(2)), (Some("2026-01-02"), Some(1))]);
    assert_eq!(get(&server, &root, "events/summary?from=2020-01-01").await.0, 400);
}
