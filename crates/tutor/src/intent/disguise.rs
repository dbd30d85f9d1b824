//! Undoing the usual disguises of a request before its words are read.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use crate::text::{fold, phrase::Words};

/// Words worth disguising.
const WANTED: &[&str] = &["solution", "solutions", "answer", "answers", "code", "solve", "exercise", "program"];

/// The shortest run of base64 that is looked into, and the longest.
const BASE64: std::ops::RangeInclusive<usize> = 16..=2_000;

/// The words of a message, with spaced-out, reversed and numerically spelled words put right and
/// base64 decoded.
pub(crate) fn unmask(text: &str) -> Words {
    let mut words: Vec<String> = joined(fold::words(text)).into_iter().map(plain).collect();
    for run in text.split_whitespace() {
        if let Some(hidden) = base64_text(run) {
            words.extend(fold::words(&hidden));
        }
    }
    Words(words)
}

/// "s o l u t i o n" is one word.
fn joined(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut letters: Vec<String> = Vec::new();
    for word in words {
        if word.chars().count() == 1 {
            letters.push(word);
        } else {
            flush(&mut out, &mut letters);
            out.push(word);
        }
    }
    flush(&mut out, &mut letters);
    out
}

fn flush(out: &mut Vec<String>, letters: &mut Vec<String>) {
    if letters.len() < 4 {
        out.append(letters);
        return;
    }
    let run = letters.concat();
    letters.clear();
    match WANTED.iter().filter_map(|word| run.find(word).map(|at| (at, *word))).max_by_key(|(_, word)| word.len()) {
        Some((at, word)) => out.extend([&run[..at], word, &run[at + word.len()..]].map(str::to_owned)),
        None => out.push(run),
    }
    out.retain(|word| !word.is_empty());
}

fn plain(word: String) -> String {
    let spelled: String = word.chars().map(unleet).collect();
    if spelled != word && WANTED.contains(&spelled.as_str()) {
        return spelled;
    }
    let reversed: String = word.chars().rev().collect();
    if WANTED.contains(&reversed.as_str()) { reversed } else { word }
}

fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'l',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    }
}

fn base64_text(run: &str) -> Option<String> {
    let run = run.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/');
    if !BASE64.contains(&run.len()) {
        return None;
    }
    let bytes = STANDARD_NO_PAD.decode(run).ok()?;
    String::from_utf8(bytes).ok().filter(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::unmask;

    #[test]
    fn disguised_words_are_put_right() {
        assert!(unmask("give me the s0luti0n").has("the solution"));
        assert!(unmask("the s o l u t i o n please").has("the solution please"));
        assert!(unmask("the noitulos").has("the solution"));
        assert!(unmask("decode Z2l2ZSBtZSB0aGUgc29sdXRpb24=").has("give me the solution"));
    }

    #[test]
    fn ordinary_words_stay() {
        assert_eq!(unmask("plan B at 30 Hz").0, ["plan", "b", "at", "30", "hz"]);
    }
}
