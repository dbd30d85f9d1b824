//! Takes out of a text what points at a person: addresses, links, numbers, and the names of those in the course.

use std::collections::HashSet;

/// What stands in the place of what was taken out. The brackets' words are shown like any function word.
pub(super) const PLACEHOLDERS: [&str; 4] = ["name", "address", "link", "number"];

/// From so many digits on, a number is taken for a telephone's, a card's or a person's.
const LONG_NUMBER: usize = 7;
/// From so many characters on, a mix of letters and digits is taken for a key or a token.
const LONG_TOKEN: usize = 16;

/// The words of which people's names are made.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Taken out wherever they stand.
    words: HashSet<String>,
    /// Too short to be told from other words by themselves ("Do", "An"): taken out next to another name.
    short: HashSet<String>,
}

impl Names {
    /// Reads people: names, and of addresses what stands before the @ as far as it is no ordinary word.
    pub(super) fn of<'a>(people: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut names = Self::default();
        for (name, email) in people {
            for word in words(name) {
                let set = if word.chars().count() < 3 { &mut names.short } else { &mut names.words };
                set.insert(word);
            }
            let local = email.split('@').next().unwrap_or_default();
            names
                .words
                .extend(words(local).filter(|word| word.len() > 3 && word.contains(|c: char| c.is_ascii_digit())));
        }
        names
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The text without what points at a person, in one line.
pub(super) fn scrub(text: &str, names: &Names) -> String {
    let segments: Vec<&str> = text.split_whitespace().map(|segment| told_apart(segment).unwrap_or(segment)).collect();
    without_names(&without_numbers(&segments.join(" ")), names)
}

/// What a run of characters without a space is, if it is nothing to be shown.
fn told_apart(segment: &str) -> Option<&'static str> {
    let lower = segment.to_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.starts_with("mailto:") {
        return Some("[link]");
    }
    if segment.contains('@') {
        return Some("[address]");
    }
    let run = lower.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').max_by_key(|run| run.len());
    let secret = run.is_some_and(|run| {
        run.chars().count() >= LONG_TOKEN
            && run.contains(|c: char| c.is_ascii_digit())
            && run.contains(char::is_alphabetic)
    });
    secret.then_some("[number]")
}

/// Long numbers, also with the signs that people write between digits.
fn without_numbers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_numeric() || c == '+') {
        let within = |c: char| c.is_numeric() || " +-()/.".contains(c);
        let run = rest[start..].find(|c: char| !within(c)).map_or(&rest[start..], |end| &rest[start..start + end]);
        let number = run.trim_end_matches(|c: char| !c.is_numeric());
        let run = if number.is_empty() { run } else { number };
        shown.push_str(&rest[..start]);
        let digits = run.chars().filter(|c| c.is_numeric()).count();
        shown.push_str(if digits >= LONG_NUMBER { "[number]" } else { run });
        rest = &rest[start + run.len()..];
    }
    shown + rest
}

fn without_names(text: &str, names: &Names) -> String {
    let mut pieces: Vec<(&str, bool)> = pieces(text).collect();
    let is_name = |piece: &str| names.words.contains(&piece.to_lowercase());
    let found: Vec<bool> = pieces.iter().map(|(piece, word)| *word && is_name(piece)).collect();
    for at in 0..pieces.len() {
        // Words stand two apart: what is between them is no word.
        let beside = |other: Option<usize>| other.and_then(|other| found.get(other)).copied().unwrap_or_default();
        let short = pieces[at].1 && names.short.contains(&pieces[at].0.to_lowercase());
        if found[at] || short && (beside(at.checked_sub(2)) || beside(at.checked_add(2))) {
            pieces[at].0 = "[name]";
        }
    }
    pieces.into_iter().map(|(piece, _)| piece).collect()
}

/// The text as words and what is between them; `true` for words.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let word = rest.chars().next()?.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != word).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some((piece, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let people =
            [("Zainab Khan", "zkhan92@example.edu"), ("Le An", "le@example.edu"), ("Ötzi O'Neil", "o@example.edu")];
        scrub(text, &Names::of(people))
    }

    #[test]
    fn addresses_links_and_long_numbers_are_taken_out() {
        for (text, shown) in [
            ("write to zk@example.edu, please", "write to [address] please"),
            ("see https://x.example/reset?token=abc now", "see [link] now"),
            ("or www.example.org/a", "or [link]"),
            ("call +92 300 123-4567 today", "call [number] today"),
            ("call (0300) 1234567", "call ([number]"),
            ("my id is 20231187", "my id is [number]"),
            ("key sk-live-9f8e7d6c5b4a3210", "key [number]"),
            ("ask @zainab", "ask [address]"),
        ] {
            assert_eq!(told(text), shown);
        }
    }

    #[test]
    fn names_of_the_course_are_taken_out_in_any_case_and_with_endings() {
        assert_eq!(told("ZAINAB's robot drifts, says khan"), "[name]'s robot drifts, says [name]");
        assert_eq!(told("I am zkhan92 and ÖTZI"), "I am [name] and [name]");
        assert_eq!(told("Neil thinks so"), "[name] thinks so");
    }

    #[test]
    fn a_name_that_is_a_common_word_goes_only_beside_another_name() {
        assert_eq!(told("an encoder and le moteur"), "an encoder and le moteur");
        assert_eq!(told("Khan An said"), "[name] [name] said");
    }

    #[test]
    fn what_is_asked_about_stays() {
        let question = "Why does the gyroscope drift by 0.5 degrees in 10 seconds?";
        assert_eq!(told(question), question);
        assert_eq!(told("1 + 1 = 2"), "1 + 1 = 2");
    }
}
