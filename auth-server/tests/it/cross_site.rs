//! Every POST that changes something, sent by a browser that holds a session and stands on a foreign page.

use reqwest::Response;

use crate::server::Server;

/// What a browser says about a foreign page: another origin, none that can be told, none at all.
const FOREIGN: [&[(&str, &str)]; 5] = [
    &[("origin", "https://evil.test")],
    &[("origin", "null")],
    &[],
    &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
    &[("referer", "https://evil.test/page")],
];

/// Routes that take POST and look at no cookie: the caller proves itself in the request. Everything else must refuse.
const WITHOUT_COOKIES: [&str; 8] = [
    "/oauth2/token",
    "/oauth2/revoke",
    "/oauth2/introspect",
    "/oauth2/userinfo",
    // Only asks; the person's answer is checked.
    "/oauth2/authorize",
    "/oauth2/logout",
    // Always 405: there is no deferred refresh.
    "/api/auth/get-session",
    // The identity provider's answer comes from elsewhere by nature; `state` binds it to the browser that began.
    "/api/auth/callback/google",
];

/// The paths that take POST, from the one list of routes: a new route is in this test at once.
fn paths() -> Vec<String> {
    let source = include_str!("../../src/routes.rs");
    let mut nested = "";
    let mut paths = Vec::new();
    for line in source.lines() {
        if let Some(name) = line.strip_prefix("fn ").and_then(|rest| rest.split(['(', '<']).next()) {
            nested = match name {
                "protocol" | "page_routes" => "",
                "administration" => "/api/auth/admin",
                _ => "/api/auth",
            };
        }
        let Some(path) = line.trim().strip_prefix(".route(\"").and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        if line.contains("post(") {
            paths.push(format!("{nested}{}", path.replace("{provider}", "google").replace("{token}", "x")));
        }
    }
    paths
}

/// Everything about people, as text: what must not change.
async fn everything(server: &Server) -> String {
    let mut all = String::new();
    for table in ["user", "account", "session", "verification", "oauth_consent", "oauth_application", "jwks"] {
        let sql = format!("select coalesce(jsonb_agg(t order by t::text), '[]')::text from auth.\"{table}\" t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&server.pool).await.unwrap();
        all.push_str(&rows);
    }
    all
}

async fn send(server: &Server, path: &str, cookie: &str, headers: &[(&str, &str)], json: bool) -> Response {
    let mut request = server.post(path).header("cookie", cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = if json {
        request.header("content-type", "application/json").body("{}")
    } else {
        request.header("content-type", "application/x-www-form-urlencoded").body("")
    };
    request.send().await.unwrap()
}

#[tokio::test]
async fn no_foreign_page_changes_anything_with_a_persons_cookie() {
    let server = Server::start_with(&[
        ("GOOGLE_CLIENT_ID", "g"),
        ("GOOGLE_CLIENT_SECRET", "g"),
        ("GITHUB_CLIENT_ID", "h"),
        ("GITHUB_CLIENT_SECRET", "h"),
    ])
    .await;
    let cookie = server.sign_up("ada@example.test").await;
    server.sql("update auth.\"user\" set role = 'admin', email_verified = true").await;
    let paths = paths();
    assert!(paths.len() > 20, "the list of routes reads differently: {paths:?}");
    let before = everything(&server).await;
    let mut holes = Vec::new();
    for path in paths.iter().filter(|path| !WITHOUT_COOKIES.contains(&path.as_str())) {
        for headers in FOREIGN {
            let response = send(&server, path, &cookie, headers, path.starts_with("/api/")).await;
            if response.status() != 403 || response.headers().contains_key("set-cookie") {
                holes.push(format!("{path} {headers:?}: {}", response.status()));
            }
        }
    }
    assert!(holes.is_empty(), "{}", holes.join("\n"));
    assert_eq!(everything(&server).await, before);
}

#[tokio::test]
async fn what_looks_at_no_cookie_changes_nothing_with_one() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    let before = everything(&server).await;
    for path in WITHOUT_COOKIES {
        for headers in FOREIGN {
            let response = send(&server, path, &cookie, headers, false).await;
            assert!(response.status().as_u16() < 500, "{path}");
            assert!(!response.headers().contains_key("set-cookie"), "{path} {headers:?}");
        }
    }
    assert_eq!(everything(&server).await, before);
}
