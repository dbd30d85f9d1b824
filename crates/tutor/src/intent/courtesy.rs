//! Messages that are nothing but politeness.

use crate::{Courtesy, text::phrase::Words};

const HELLO: &[&str] =
    &["hi", "hello", "hey", "heya", "hiya", "howdy", "greetings", "yo", "morning", "afternoon", "evening"];
const THANKS: &[&str] = &[
    "thanks",
    "thank",
    "thx",
    "ty",
    "tysm",
    "cheers",
    "great",
    "cool",
    "awesome",
    "perfect",
    "nice",
    "helpful",
    "brilliant",
    "wonderful",
    "excellent",
    "appreciate",
    "appreciated",
    "helped",
];
const GOODBYE: &[&str] = &["bye", "goodbye", "cya", "farewell", "goodnight"];
const AROUND: &[&str] = &[
    "there",
    "tutor",
    "everyone",
    "all",
    "again",
    "good",
    "you",
    "u",
    "so",
    "much",
    "very",
    "a",
    "lot",
    "for",
    "your",
    "the",
    "help",
    "that",
    "this",
    "it",
    "was",
    "is",
    "really",
    "are",
    "how",
    "today",
    "doing",
    "ok",
    "okay",
    "now",
    "and",
    "my",
    "friend",
    "dear",
    "sir",
    "madam",
    "teacher",
    "see",
    "later",
    "well",
    "got",
    "i",
    "me",
    "wow",
    "explanation",
    "answer",
    "makes",
    "sense",
    "to",
    "in",
    "night",
    "oh",
    "yes",
    "of",
    "kind",
];
const WHO: &[&str] = &[
    "who are you",
    "what are you",
    "what can you do",
    "are you a robot",
    "are you a bot",
    "are you an ai",
    "are you human",
    "are you a human",
    "are you real",
    "are you a person",
    "how can you help",
    "what is your name",
    "whats your name",
    "how do you work",
    "are you chatgpt",
    "which model are you",
    "what model are you",
];

/// The courtesy that a message is, if it is nothing else.
pub(super) fn read(words: &Words) -> Option<Courtesy> {
    if words.len() <= 9 && words.any(WHO) {
        return Some(Courtesy::WhoAreYou);
    }
    let polite = |word: &String| [HELLO, THANKS, GOODBYE, AROUND].iter().any(|list| list.contains(&word.as_str()));
    if words.is_empty() || words.len() > 14 || !words.0.iter().all(polite) {
        return None;
    }
    if words.one_of(GOODBYE) || words.any(&["see you", "good night"]) {
        Some(Courtesy::Goodbye)
    } else if words.one_of(THANKS) || words.any(&["got it", "makes sense"]) {
        Some(Courtesy::Thanks)
    } else if words.one_of(HELLO) || words.has("how are you") {
        Some(Courtesy::Hello)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Courtesy, read};
    use crate::text::{fold::words, phrase::Words};

    fn courtesy(text: &str) -> Option<Courtesy> {
        read(&Words(words(text)))
    }

    #[test]
    fn politeness_is_recognised() {
        assert_eq!(courtesy("Hello there!"), Some(Courtesy::Hello));
        assert_eq!(courtesy("Thank you so much, that was helpful"), Some(Courtesy::Thanks));
        assert_eq!(courtesy("ok bye, see you later"), Some(Courtesy::Goodbye));
        assert_eq!(courtesy("Who are you?"), Some(Courtesy::WhoAreYou));
    }

    #[test]
    fn a_polite_question_is_a_question() {
        assert_eq!(courtesy("Hi, what is a sensor?"), None);
        assert_eq!(courtesy("thanks, and why does it oscillate?"), None);
    }
}
