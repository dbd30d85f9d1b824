//! What admins do, over HTTP.

mod changes;
mod events;
mod impersonation;
mod people;
mod permissions;
mod propagation;

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::server::Server;

/// Registers and makes an admin; gives the session cookie.
pub(crate) async fn admin(server: &Server, email: &str) -> String {
    let cookie = server.sign_up(email).await;
    run(server, &format!(r#"update auth."user" set role = 'admin' where email = '{email}'"#)).await;
    cookie
}

/// The id of whoever has this address.
pub(crate) async fn id(server: &Server, email: &str) -> String {
    let sql = r#"select id::text from auth."user" where email = $1"#;
    sqlx::query_scalar(sql).bind(email).fetch_one(&server.pool).await.unwrap()
}

pub(crate) async fn run(server: &Server, sql: &str) {
    sqlx::query(AssertSqlSafe(sql)).execute(&server.pool).await.unwrap();
}

/// A POST to an admin endpoint: status and body.
pub(crate) async fn post(server: &Server, cookie: &str, verb: &str, body: Value) -> (u16, Value) {
    let response = server.api(&format!("/admin/{verb}"), Some(cookie), body).await;
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

/// A GET of an admin endpoint.
pub(crate) async fn get(server: &Server, cookie: &str, path: &str) -> (u16, Value) {
    let response = server.api_get(&format!("/admin/{path}"), Some(cookie)).await;
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

/// The events of a type, newest first, as an admin reads them.
pub(crate) async fn events(server: &Server, cookie: &str, kind: &str) -> Vec<Value> {
    let (status, page) = get(server, cookie, &format!("events?type={kind}")).await;
    assert_eq!(status, 200, "{page}");
    page["events"].as_array().unwrap().clone()
}

/// The code of an answer, or nothing.
pub(crate) fn code((status, body): &(u16, Value)) -> (u16, &str) {
    (*status, body["code"].as_str().unwrap_or_default())
}

/// A person to act upon.
pub(crate) async fn person(server: &Server, email: &str) -> (String, Value) {
    let cookie = server.sign_up(email).await;
    (cookie, json!({"userId": id(server, email).await}))
}
