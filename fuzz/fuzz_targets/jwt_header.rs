//! A header that passes says RS256, names a known key's id and brings nothing of its own, by another reader's account.
#![no_main]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use oauth::jwt::Header;
use serde_json::Value;

fuzz_target!(|text: &str| {
    check(text);
    // Also past the base64, which mutations would hardly get through.
    check(&format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(text)));
});

fn check(jwt: &str) {
    let Ok(header) = Header::parse(jwt) else { return };
    let parts: Vec<&str> = jwt.split('.').collect();
    assert_eq!(parts.len(), 3);
    let json = URL_SAFE_NO_PAD.decode(parts[0]).expect("base64url");
    // An array would be read member by member: a JOSE header is an object.
    let value: Value = serde_json::from_slice(&json).expect("JSON");
    let members = value.as_object().expect("an object");
    assert_eq!(members["alg"], "RS256");
    assert_eq!(members["kid"], header.kid.as_str());
    for own in ["jku", "jwk", "x5u", "x5c", "crit"] {
        assert!(!members.contains_key(own), "{own}");
    }
    let typ = members.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let expected = typ == "at+jwt" || typ == "application/at+jwt";
    assert_eq!(header.is_type("at+jwt"), expected);
}
