//! The routes of a service, read from the source of its router: axum cannot list them.

use std::collections::BTreeSet;

/// Method and path of every route in `source`, as `get /path`. A route is `.route("PATH", get(…).post(…))`; `prefix`
/// gives what a function's routes are nested under, by the function's name.
#[must_use]
pub fn routed(source: &str, prefix: impl Fn(&str) -> &'static str) -> BTreeSet<String> {
    let source = source.replace("\npub fn ", "\nfn ");
    let functions = source.split("\nfn ").skip(1);
    functions.flat_map(|function| of_function(function, prefix(name(function)))).collect()
}

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
        for method in ["get", "post", "put", "patch", "delete"] {
            if handlers.contains(&format!("{method}(")) {
                found.push(format!("{method} {prefix}{path}"));
            }
        }
    }
    found
}
