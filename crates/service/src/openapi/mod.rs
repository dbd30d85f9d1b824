//! A service's description (OpenAPI 3.1), written down operation by operation.
//!
//! Handlers stay free of it: every service lists its [`operation`]s in a module of its own, with [`schema`] for what
//! goes in and out, and a test of its own holds the list against its router.

pub mod operation;
pub mod schema;

use serde_json::{Map, Value, json};

use operation::{Operation, get};
use schema::{anything, object_with, text};

/// A whole description.
#[derive(Clone, Debug)]
pub struct Description<'a> {
    /// The service's name.
    pub title: &'a str,
    /// What it is for, and what holds everywhere.
    pub about: &'a str,
    /// Its address.
    pub server: &'a str,
    /// The areas in the order of the reference, with what each is for.
    pub areas: &'a [(&'a str, &'a str)],
    /// Every operation.
    pub operations: &'a [Operation],
    /// The named schemas.
    pub schemas: Value,
    /// How a caller may prove who they are.
    pub security_schemes: Value,
}

impl Description<'_> {
    /// As OpenAPI 3.1.
    #[must_use]
    pub fn document(self) -> Value {
        let mut paths = Map::new();
        for operation in self.operations {
            let methods = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            methods[operation.method] = operation.describe();
        }
        let tags: Vec<Value> =
            self.areas.iter().map(|(name, text)| json!({"name": name, "description": text})).collect();
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": self.title,
                "version": env!("CARGO_PKG_VERSION"),
                "description": self.about,
                "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
            },
            "servers": [{"url": self.server}],
            "tags": tags,
            "paths": paths,
            "components": {"schemas": self.schemas, "securitySchemes": self.security_schemes},
        })
    }
}

/// What [`crate::health`] answers, and the description itself.
#[must_use]
pub fn upkeep() -> Vec<Operation> {
    let ready = object_with([("status", text())], [("service", text()), ("why", text())]);
    let away = "Something that it needs is away";
    vec![
        get("/livez", "Whether the process lives").answers(200, "It does", "text/plain", text()),
        get("/readyz", "Whether it can serve").ok("It can", ready.clone()).answers(
            503,
            away,
            "application/json",
            ready,
        ),
        get("/openapi.json", "This description").ok("OpenAPI 3.1", anything()),
    ]
}
