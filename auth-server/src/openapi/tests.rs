//! The description against the router's own source: what one has the other has.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use super::{document, operations};

/// What routes.rs has. The prefix of a function is that of the `.nest` that names it.
fn routed() -> BTreeSet<String> {
    testkit::routes::routed(include_str!("../routes.rs"), |function| match function {
        "account_api" | "own_account" | "own_sessions" | "social_sign_in" | "client_registration" | "own_consents" => {
            "/api/auth"
        }
        "administration" => "/api/auth/admin",
        _ => "",
    })
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
