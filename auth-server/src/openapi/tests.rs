//! The description against the router's own source: what one has the other has.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use super::{document, operations};

/// Method and path of every route that routes.rs has, as `get /path`.
///
/// axum cannot list its routes, so they are read from the source: `.route("PATH", get(…).post(…))`, and the prefix of
/// the function that a `.nest` names.
fn routed() -> BTreeSet<String> {
    let source = include_str!("../routes.rs");
    let source = source.replace("\npub fn ", "\nfn ");
    source.split("\nfn ").flat_map(of_function).collect()
}

fn of_function(function: &str) -> Vec<String> {
    let prefix = match function.split(['(', '<']).next().unwrap_or_default() {
        "account_api" | "own_account" | "own_sessions" | "social_sign_in" | "client_registration" | "own_consents" => {
            "/api/auth"
        }
        "administration" => "/api/auth/admin",
        _ => "",
    };
    routes(function).into_iter().map(|(method, path)| format!("{method} {prefix}{path}")).collect()
}

fn routes(function: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for route in function.split(".route(").skip(1) {
        let Some((path, handlers)) = route.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
            continue; // a path that is computed: the style sheet
        };
        let handlers = handlers.split(".fallback(").next().unwrap();
        for method in ["get", "post", "put", "patch", "delete"] {
            if handlers.contains(&format!("{method}(")) {
                found.push((method, path.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_route_is_described_and_every_described_route_is_there() {
    let described: BTreeSet<String> =
        operations().iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    let routed = routed();
    assert!(routed.len() > 50, "{routed:?}");
    // Added to the router elsewhere.
    let elsewhere = ["get /livez", "get /readyz"].map(str::to_owned);
    let missing: Vec<_> = routed.difference(&described).collect();
    assert!(missing.is_empty(), "not described: {missing:?}");
    let surplus: Vec<_> = described.difference(&routed).filter(|known| !elsewhere.contains(known)).collect();
    assert!(surplus.is_empty(), "described, not routed: {surplus:?}");
}

#[test]
fn every_operation_says_what_it_is_and_every_reference_leads_somewhere() {
    let document = document("http://localhost:3001");
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let described = operation.describe();
        assert!(ids.insert(described["operationId"].to_string()), "{}", described["operationId"]);
        assert!(!described["responses"].as_object().unwrap().is_empty(), "{}", operation.path);
    }
}
