//! What pages of other origins may read.

use reqwest::Response;
use serde_json::json;

use crate::server::{Server, WEB};

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

fn is_readable(response: &Response) -> bool {
    header(response, "access-control-allow-origin") == Some(WEB)
        && header(response, "access-control-allow-credentials") == Some("true")
}

async fn sign_in(server: &Server, origin: &str) -> Response {
    let body = json!({"email": "nobody@example.test", "password": "Wrong-Horse-77"});
    server.post("/api/auth/sign-in/email").header("origin", origin).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_trusted_page_reads_when_to_come_again() {
    let server = Server::start_with(&[("LIMIT_SIGN_IN", "1")]).await;
    let first = sign_in(&server, WEB).await;
    assert!(first.status() == 401 && is_readable(&first));
    let limited = sign_in(&server, WEB).await;
    assert!(limited.status() == 429 && is_readable(&limited), "{limited:?}");
    assert!(limited.headers().contains_key("x-retry-after"));
    let exposed = header(&limited, "access-control-expose-headers").unwrap();
    assert!(["x-retry-after", "retry-after", "set-auth-jwt"].iter().all(|name| exposed.contains(name)), "{exposed}");
    let foreign = sign_in(&server, "https://evil.test").await;
    assert_eq!((foreign.status().as_u16(), header(&foreign, "access-control-allow-origin")), (429, None));
}

#[tokio::test]
async fn a_trusted_page_reads_that_its_request_is_too_large_and_that_we_fail() {
    let server = Server::start().await;
    let body = vec![b'x'; 1024 * 1024 + 1];
    let large = server.post("/api/auth/sign-in/email").header("origin", WEB).body(body).send().await.unwrap();
    assert!(large.status() == 413 && is_readable(&large), "{large:?}");
    assert!(header(&large, "x-request-id").is_some_and(|id| id.len() > 20), "{large:?}");
    server.sql("alter table auth.rate_limit rename to gone").await;
    let failed = sign_in(&server, WEB).await;
    assert!(failed.status() == 500 && is_readable(&failed), "{failed:?}");
}

#[tokio::test]
async fn preflights_name_trusted_origins_alone_and_the_token_endpoint_is_open_without_cookies() {
    let server = Server::start().await;
    let preflight = async |path: &str, origin: &str| {
        let request = server.http.request(reqwest::Method::OPTIONS, format!("{}{path}", server.url));
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "content-type").send().await.unwrap()
    };
    let trusted = preflight("/api/auth/sign-in/email", WEB).await;
    assert!(trusted.status() == 200 && is_readable(&trusted), "{trusted:?}");
    assert!(header(&trusted, "access-control-allow-headers").unwrap().contains("content-type"));
    let foreign = preflight("/api/auth/sign-in/email", "https://evil.test").await;
    assert_eq!(header(&foreign, "access-control-allow-origin"), None);
    let open = preflight("/oauth2/token", "https://evil.test").await;
    assert_eq!(header(&open, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&open, "access-control-allow-credentials"), None);
    let page = server.get("/sign-in").header("origin", WEB).send().await.unwrap();
    assert_eq!(header(&page, "access-control-allow-origin"), None, "pages are for people alone");
}
