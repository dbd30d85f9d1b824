//! What admins do on the site.

mod events;
mod metrics;
mod roles;
mod users;

use oauth::Role;
use serde_json::{Value, json};

use crate::harness::{Browser, Site};

/// A site, and an admin who signed in as one.
async fn admin() -> (Site, Browser) {
    let site = Site::start().await;
    site.world.set(|knobs| (knobs.role, knobs.scope) = (Role::Admin, Some("openid api admin")));
    let browser = site.signed_in().await;
    (site, browser)
}

fn user(role: &str, banned: bool) -> Value {
    json!({"id": "0190b0f0-0000-7000-8000-0000000000aa", "name": "Mina <b>", "email": "mina@example.test",
           "emailVerified": false, "image": null, "createdAt": "2026-01-02T03:04:05.000Z",
           "updatedAt": "2026-01-02T03:04:05.000Z", "role": role, "banned": banned,
           "banReason": banned.then_some("spam"), "banExpires": banned.then_some("2026-02-02T03:04:05.000Z")})
}

fn event(kind: &str) -> Value {
    json!({"id": "e", "at": "2026-01-02T03:04:05.000Z", "type": kind, "reason": "operator",
           "userId": "0190b0f0-0000-7000-8000-0000000000aa", "userEmail": "mina@example.test", "actorId": null,
           "actorEmail": "root@example.test", "email": null, "clientId": null,
           "details": {"from": "student", "note": "</code><script>"}, "ipAddress": "192.0.2.1", "userAgent": "Firefox"})
}

/// What was sent last to `path`.
fn sent(site: &Site, path: &str) -> Value {
    let body = site.world.read(|knobs| knobs.seen.iter().rev().find(|seen| seen.0 == path).unwrap().2.clone());
    serde_json::from_slice(&body).unwrap()
}
