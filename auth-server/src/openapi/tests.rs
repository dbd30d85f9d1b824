//! The description against the router's own source: what one has the other has.

use std::collections::BTreeSet;

use super::document;

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
    let routed = routed();
    assert!(routed.len() > 50, "{routed:?}");
    testkit::routes::assert_described(&document("http://localhost:3001"), &routed);
}

#[test]
fn every_operation_says_what_it_is_and_every_reference_leads_somewhere() {
    testkit::routes::assert_whole(&document("http://localhost:3001"));
}
