//! A text as it reads after undoing simple encodings.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// Shortest run that is taken for base64.
const RUN: usize = 24;

/// The text itself and what it would be if it were encoded.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut views = vec![text.to_owned(), text.chars().rev().collect(), text.chars().map(rot13).collect()];
    let decoded: String = text.split_whitespace().filter_map(decode).collect::<Vec<_>>().join("\n");
    if !decoded.is_empty() {
        views.push(decoded);
    }
    views
}

fn rot13(c: char) -> char {
    let turn = |base: u8| char::from(base + (c as u8 - base + 13) % 26);
    match c {
        'a'..='z' => turn(b'a'),
        'A'..='Z' => turn(b'A'),
        other => other,
    }
}

fn decode(run: &str) -> Option<String> {
    let run = run.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/');
    if run.len() < RUN {
        return None;
    }
    STANDARD_NO_PAD.decode(run).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}
