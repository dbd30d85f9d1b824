//! Cookies: what we set is read back among whatever neighbours, and no value is read in two ways.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth::cookie::{SignedValue, pairs};

const NAME: &str = "better-auth.session_token";

fuzz_target!(|data: &[u8]| {
    check_line(data);
    let split = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    check_set_among(&data[..split], &data[split..]);
});

fn check_line(line: &[u8]) {
    for (name, value) in pairs(line) {
        assert!(!name.contains(['=', ';']) && !value.contains(';'));
        if let Some(signed) = SignedValue::parse(value) {
            assert_eq!(SignedValue::parse(&signed.encode()).as_ref(), Some(&signed));
        }
    }
}

fn check_set_among(neighbours: &[u8], secret: &[u8]) {
    let value = String::from_utf8_lossy(secret).into_owned();
    let signed = SignedValue { value, signature: neighbours.iter().take(32).copied().collect() };
    let encoded = signed.encode();
    assert!(encoded.is_ascii() && !encoded.contains([';', ',', ' ', '"', '\\', '\r', '\n', '=']));
    let ours = format!("{NAME}={encoded}");
    let line = [neighbours, b";", ours.as_bytes(), b"; ", neighbours].concat();
    let read: Vec<_> = pairs(&line).filter(|pair| *pair == (NAME, encoded.as_str())).collect();
    assert!(!read.is_empty());
    assert_eq!(SignedValue::parse(read[0].1).as_ref(), Some(&signed));
}
