//! Basic credentials: what is read is unambiguous, and what a client writes is read back.
#![no_main]

use base64::{Engine, engine::general_purpose::STANDARD};
use libfuzzer_sys::fuzz_target;
use oauth::BasicCredentials;

fuzz_target!(|text: &str| {
    check_read(text);
    // Also past the base64, which mutations would hardly get through.
    check_read(&format!("Basic {}", STANDARD.encode(text)));
    if let Some((id, secret)) = text.split_once('\n') {
        check_written(id, secret);
    }
});

fn check_read(header: &str) {
    let Some(credentials) = BasicCredentials::parse(header) else { return };
    assert!(header.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic ")));
    assert!(!credentials.client_id.contains('\0'));
    let as_sent = BasicCredentials::secret_as_sent(header).expect("the same header");
    assert!(as_sent.contains(['+', '%']) || as_sent == credentials.client_secret);
    let written = credentials.to_header();
    assert!(written.is_ascii() && !written.contains(['\r', '\n']));
    assert_eq!(BasicCredentials::parse(&written).as_ref(), Some(&credentials));
}

fn check_written(id: &str, secret: &str) {
    let credentials = BasicCredentials { client_id: id.to_owned(), client_secret: secret.to_owned() };
    let read = BasicCredentials::parse(&credentials.to_header());
    assert_eq!(read, (!id.contains('\0')).then_some(credentials));
}
