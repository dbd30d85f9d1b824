//! Whatever comes in, the answer is a refusal in the words of the protocol, never a failure of ours.

use reqwest::{Method, RequestBuilder};

use crate::server::Server;

const PATHS: [&str; 30] = [
    "/",
    "/sign-in",
    "/sign-up",
    "/check-email",
    "/verify-email",
    "/forgot-password",
    "/reset-password",
    "/account",
    "/account/end-session",
    "/oauth2/authorize",
    "/oauth2/token",
    "/oauth2/revoke",
    "/oauth2/userinfo",
    "/api/auth/sign-up/email",
    "/api/auth/sign-in/email",
    "/api/auth/get-session",
    "/api/auth/list-sessions",
    "/api/auth/revoke-session",
    "/api/auth/revoke-other-sessions",
    "/api/auth/send-verification-email",
    "/api/auth/verify-email",
    "/api/auth/change-password",
    "/api/auth/request-password-reset",
    "/api/auth/reset-password",
    "/api/auth/reset-password/%FF%00",
    "/api/auth/token",
    // Those that sign out come last.
    "/sign-out",
    "/oauth2/logout",
    "/api/auth/sign-out",
    "/api/auth/revoke-sessions",
];

const QUERIES: [&str; 6] = [
    "",
    "?token=%00&client_id=%00",
    "?token=%FF%FE&callbackURL=%FF&client_id=web&redirect_uri=%FF",
    "?a=1&a=2",
    "?=&&&=%&%zz",
    "?continue=/oauth2/authorize%3Fclient_id%3D%2500&client_id=web&redirect_uri=http://localhost:3000/auth/callback&max_age=99999999999999999999",
];

const FORMS: [&str; 8] = [
    "",
    "%",
    "email=%00&password=%00&token=%00&continue=%00",
    "email=%FF@x.test&password=%FF&name=%FF",
    "grant_type=authorization_code&client_id=web&code=%F0%9F%92%A9&redirect_uri=x&code_verifier=%FF",
    "grant_type=refresh_token&client_id=%F0%9F%92%A9&client_secret=&refresh_token=&token=x",
    "email=a@x.test&email=b@x.test",
    "session=00000000-0000-0000-0000-000000000000&email=a%40x.test&password=x&name=%0D%0A&token=a.b.c&id_token_hint=a.b.c&access_token=a.b.c",
];

const BODIES: [&str; 9] = [
    "",
    "null",
    "[]",
    "{",
    "{\"email\":1,\"password\":[],\"token\":{},\"newPassword\":null,\"rememberMe\":\"x\"}",
    "{\"email\":\"a\\u0000@x.test\",\"password\":\"\\u0000\",\"token\":\"\\u0000\",\"newPassword\":\"\\u0000\"}",
    "{\"email\":\"a@x.test\",\"password\":\"\\ud800\"}",
    "{\"email\":\"a@x.test\",\"callbackURL\":\"http://[\",\"redirectTo\":\"/\\n\"}",
    "{\"email\":\"a@x.test\",\"password\":\"x\",\"name\":\"x\",\"token\":\"x\",\"newPassword\":\"x\",\"currentPassword\":\"x\"}",
];

async fn is_refused_politely(what: &str, request: RequestBuilder) {
    let status = request.send().await.unwrap().status();
    assert!(!status.is_server_error(), "{status}: {what}");
}

/// As a browser that is signed in, from our own pages.
fn dressed(server: &Server, cookie: &str, method: Method, path: &str) -> RequestBuilder {
    let request = server.http.request(method, format!("{}{path}", server.url));
    request.header("origin", &server.url).header("cookie", cookie)
}

#[tokio::test]
async fn no_query_makes_a_failure() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    for path in PATHS {
        for query in QUERIES {
            let target = format!("{path}{query}");
            is_refused_politely(&target, dressed(&server, &cookie, Method::GET, &target)).await;
        }
    }
}

#[tokio::test]
async fn no_form_makes_a_failure() {
    let server = Server::start_with(&[("LIMIT_ACCOUNT_SIGN_IN", "100000")]).await;
    let cookie = server.sign_up("ada@example.test").await;
    for path in PATHS {
        for body in FORMS {
            let request = dressed(&server, &cookie, Method::POST, path);
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
            is_refused_politely(&format!("{path} {body}"), request).await;
        }
    }
}

#[tokio::test]
async fn no_json_makes_a_failure() {
    let server = Server::start().await;
    let cookie = server.sign_up("ada@example.test").await;
    for path in PATHS.into_iter().filter(|path| path.starts_with("/api/")) {
        for body in BODIES {
            let request = dressed(&server, &cookie, Method::POST, path);
            let request = request.header("content-type", "application/json").body(body);
            is_refused_politely(&format!("{path} {body}"), request).await;
        }
        let bytes = dressed(&server, &cookie, Method::POST, path).header("content-type", "application/json");
        is_refused_politely(path, bytes.body(vec![b'{', b'"', 0xff, 0xfe, b'"', b'}'])).await;
        let deep = dressed(&server, &cookie, Method::POST, path).header("content-type", "application/json");
        is_refused_politely(path, deep.body("[".repeat(100_000))).await;
    }
}

#[tokio::test]
async fn no_header_makes_a_failure() {
    let server = Server::start().await;
    let names =
        ["cookie", "origin", "referer", "authorization", "content-type", "user-agent", "accept", "x-request-id"];
    let values: [&[u8]; 6] =
        [b"", b"\xff\xfe", b"better-auth.session_token=%FF.%00", b"Basic /////w==", b"Bearer a.b.c", b"\"\\;=,"];
    for path in PATHS {
        for name in names {
            for value in values {
                let value = http::HeaderValue::from_bytes(value).unwrap();
                let get = server.get(path).header(name, &value);
                is_refused_politely(&format!("GET {path} {name}: {value:?}"), get).await;
                let post = server.post(path).header(name, &value).body("a=b");
                is_refused_politely(&format!("POST {path} {name}: {value:?}"), post).await;
            }
        }
    }
}
