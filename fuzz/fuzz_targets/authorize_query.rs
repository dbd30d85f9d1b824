//! A query that is read means one thing: each name once, no NUL, and written again it reads the same.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use oauth::{CodeChallenge, Parameters, ScopeSet, parameters::MAX_PARAMETERS};
use url::form_urlencoded;

fuzz_target!(|query: &str| {
    let Ok(parameters) = Parameters::parse(query) else { return };
    let encoded = parameters.encode();
    assert_eq!(Parameters::parse(&encoded).as_ref(), Ok(&parameters));
    assert!(encoded.is_ascii() && !encoded.contains(['\r', '\n', ' ', '"', '<', '\\']));
    assert_each_once(&encoded, &parameters);
    assert_values(&parameters);
});

fn assert_each_once(encoded: &str, parameters: &Parameters) {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
    assert!(pairs.len() <= MAX_PARAMETERS);
    let mut names = HashSet::new();
    for (name, value) in &pairs {
        assert!(!name.contains('\0') && !value.contains('\0'));
        assert!(names.insert(name) || name == "resource", "{name:?} twice");
        if name != "resource" {
            assert_eq!(parameters.get(name), Some(value.as_str()).filter(|value| !value.is_empty()));
        }
        assert_eq!(parameters.without(name).get(name), None);
    }
}

fn assert_values(parameters: &Parameters) {
    if let Some(Ok(scopes)) = parameters.get("scope").map(str::parse::<ScopeSet>) {
        assert_eq!(scopes.to_string().parse::<ScopeSet>().ok(), Some(scopes.clone()));
        assert!(scopes.is_within(&scopes));
    }
    if let Some(text) = parameters.get("code_challenge") {
        let is_digest = text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        assert!(CodeChallenge::parse(text).is_err() || is_digest, "{text:?}");
    }
}
