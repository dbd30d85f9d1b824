//! A title for the thread, from its question.

use super::wording::plain;
use crate::{Question, text::fold};

/// Longest title, in characters.
const LONGEST: usize = 60;

/// Words with which a question begins before it comes to its point.
const PREAMBLE: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "there",
    "please",
    "can",
    "could",
    "would",
    "you",
    "help",
    "me",
    "to",
    "explain",
    "tell",
    "ok",
    "okay",
    "so",
    "i",
    "dont",
    "understand",
    "want",
    "know",
    "about",
    "im",
    "wondering",
    "just",
    "and",
    "but",
    "well",
    "tutor",
    "describe",
];

/// The question's first sentence without its preamble, cut at a word.
pub(super) fn suggest(q: &Question<'_>) -> String {
    let line = q.text.lines().map(plain).find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default();
    let sentence = line.split_inclusive(['?', '!']).find(|part| part.split_whitespace().count() > 1).unwrap_or(&line);
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let start = words.iter().position(|word| !is_preamble(word)).unwrap_or(0);
    let title = cut(&words[start..]);
    if title.is_empty() {
        capitalised(&cut(&plain(fallback(q)).split(' ').collect::<Vec<_>>()))
    } else {
        capitalised(&title)
    }
}

fn fallback<'q>(q: &Question<'q>) -> &'q str {
    let names = [q.lesson_title.unwrap_or_default(), q.course_title, "Conversation"];
    names.into_iter().find(|name| name.chars().any(char::is_alphanumeric)).unwrap_or("Conversation")
}

fn is_preamble(word: &str) -> bool {
    fold::words(word).iter().all(|word| PREAMBLE.contains(&word.as_str()))
}

fn cut(words: &[&str]) -> String {
    let mut out = String::new();
    for word in words {
        let room = LONGEST - 1;
        let length = out.chars().count();
        if length == 0 {
            out.extend(word.chars().take(room));
        } else if length + 1 + word.chars().count() <= room {
            out.push(' ');
            out.push_str(word);
        } else {
            out.truncate(out.trim_end_matches([',', ';', ':', '-']).len());
            out.push('…');
            return out;
        }
    }
    out.truncate(out.trim_end_matches([' ', '.', ',', ';', ':', '!']).len());
    out
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        if first.is_ascii() { first.to_ascii_uppercase() } else { first }.to_string() + chars.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::suggest;
    use crate::Question;

    fn title(text: &str) -> String {
        suggest(&Question { text, lesson_title: Some("What is Physical AI?"), ..Question::default() })
    }

    #[test]
    fn a_title_is_the_point_of_the_question() {
        assert_eq!(title("Hi! Can you please explain what a closed loop is?"), "What a closed loop is?");
        assert_eq!(title("why\ndoes it fall"), "Why");
        assert_eq!(title("???"), "What is Physical AI?");
    }

    #[test]
    fn a_long_question_is_cut_at_a_word() {
        let long = title("Why does the robot's arm overshoot its target again and again although I lowered the gain?");
        assert!(long.chars().count() <= 60 && long.ends_with('…'), "{long}");
    }
}
