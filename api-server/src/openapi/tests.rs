//! The description against the router's own source: what one has the other has.

use std::collections::BTreeSet;

use super::document;

/// What routes.rs has.
fn routed() -> BTreeSet<String> {
    testkit::routes::routed(include_str!("../routes.rs"), |function| match function {
        "router" => "",
        _ => "/api/v1",
    })
}

#[test]
fn every_route_is_described_and_every_described_route_is_there() {
    let routed = routed();
    assert!(routed.len() > 12, "{routed:?}");
    testkit::routes::assert_described(&document("http://localhost:8000", "http://localhost:3001"), &routed);
}

#[test]
fn every_operation_says_what_it_is_and_every_reference_leads_somewhere() {
    testkit::routes::assert_whole(&document("http://localhost:8000", "http://localhost:3001"));
}
