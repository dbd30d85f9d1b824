//! The routes of a service, read from the source of its router: axum cannot list them.

use std::collections::BTreeSet;

use serde_json::Value;

/// Method and path of every route in `source`, as `get /path`. A route is `.route("PATH", get(…).post(…))`; `prefix`
/// gives what a function's routes are nested under, by the function's name.
#[must_use]
pub fn routed(source: &str, prefix: impl Fn(&str) -> &'static str) -> BTreeSet<String> {
    let source = source.replace("\npub fn ", "\nfn ");
    let functions = source.split("\nfn ").skip(1);
    functions.flat_map(|function| of_function(function, prefix(name(function)))).collect()
}

/// Holds an OpenAPI document against the routes that [`routed`] found: what one has the other has.
///
/// # Panics
/// When they differ.
pub fn assert_described(document: &Value, routed: &BTreeSet<String>) {
    let described: BTreeSet<_> = operations(document).map(|(named, _)| named).collect();
    // Added to the router elsewhere.
    let elsewhere = ["get /livez", "get /readyz"].map(str::to_owned);
    let missing: Vec<_> = routed.difference(&described).collect();
    assert!(missing.is_empty(), "not described: {missing:?}");
    let surplus: Vec<_> = described.difference(routed).filter(|known| !elsewhere.contains(known)).collect();
    assert!(surplus.is_empty(), "described, not routed: {surplus:?}");
}

/// Holds an OpenAPI document to what every one needs: references lead somewhere, operations have an id of their own and
/// say what they answer.
///
/// # Panics
/// When they do not.
pub fn assert_whole(document: &Value) {
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let mut ids = BTreeSet::new();
    for (named, operation) in operations(document) {
        assert!(ids.insert(operation["operationId"].to_string()), "{}", operation["operationId"]);
        assert!(operation["responses"].as_object().is_some_and(|answers| !answers.is_empty()), "{named}");
    }
}

/// Every operation of a document, with its name as [`routed`] gives it.
fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        let known = methods.filter(|(name, _)| METHODS.contains(&name.as_str()));
        known.map(move |(name, operation)| (format!("{name} {path}"), operation))
    })
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn name(function: &str) -> &str {
    function.split(['(', '<']).next().unwrap_or_default()
}

fn of_function(function: &str, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for route in function.split(".route(").skip(1) {
        let Some((path, handlers)) = route.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
            continue; // a path that is computed: a style sheet
        };
        let handlers = handlers.split([';', '{', '}']).next().unwrap_or_default();
        let handlers = handlers.split(".fallback(").next().unwrap_or_default();
        for method in METHODS {
            if handlers.contains(&format!("{method}(")) {
                found.push(format!("{method} {prefix}{path}"));
            }
        }
    }
    found
}
