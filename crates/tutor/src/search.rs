//! What to look for in the lessons.

use crate::{
    Said, Speaker,
    intent::{is_definition, unmask},
    text::{phrase::Words, terms},
};

/// Below this many subject words a message leans on what was said before.
pub(crate) const SHORT: usize = 2;

/// Longest quotation that takes part in a search, in characters.
const QUOTED: usize = 400;

/// The text to retrieve passages with: the message, what it quotes, and, when it is too short to
/// stand alone ("why?", "and then?"), the student's earlier question.
#[must_use]
pub fn search_text(text: &str, quoted: Option<&str>, history: &[Said]) -> String {
    let mut out = text.trim().to_owned();
    if let Some(quoted) = quoted.map(str::trim).filter(|quoted| !quoted.is_empty()) {
        out.push('\n');
        out.extend(quoted.chars().take(QUOTED));
    }
    if let Some(earlier) = earlier_question(text, history) {
        out.push('\n');
        out.push_str(earlier);
    }
    out
}

/// The latest message of the student that names a subject, when this one hardly does.
pub(crate) fn earlier_question<'h>(text: &str, history: &'h [Said]) -> Option<&'h str> {
    if !leans_back(text) {
        return None;
    }
    let mut mine = history.iter().rev().filter(|said| said.by == Speaker::Student);
    mine.find(|said| !terms::content(&said.text).is_empty()).map(|said| said.text.as_str())
}

/// A message without a subject of its own ("why?"), or with a pronoun in its place ("how fast is it?").
fn leans_back(text: &str) -> bool {
    let words = unmask(text);
    let subjects = terms::content(text).len();
    let brief = subjects < SHORT && words.len() <= 3 && !is_definition(&words);
    let pronoun =
        words.len() <= 8 && words.one_of(&["it", "its", "they", "them", "this", "that", "those", "these", "then"]);
    subjects == 0 || brief || pronoun || is_reply(&words)
}

/// A short try at an answer: its subject is that of the tutor's question.
fn is_reply(words: &Words) -> bool {
    let first = words.0.first().map_or("", String::as_str);
    let replies = ["because", "maybe", "perhaps", "probably", "yes", "no", "so", "well", "like", "cause", "cuz"];
    words.len() <= 12
        && (replies.contains(&first) || words.find("i think") == Some(0) || words.find("i guess") == Some(0))
}

#[cfg(test)]
mod tests {
    use super::search_text;
    use crate::{Said, Speaker};

    fn thread() -> Vec<Said> {
        vec![
            Said { by: Speaker::Student, text: "How does a PID controller work?".into() },
            Said { by: Speaker::Tutor, text: "It measures.".into() },
        ]
    }

    #[test]
    fn a_short_message_takes_its_subject_from_the_thread() {
        assert!(search_text("why?", None, &thread()).contains("PID controller"));
        assert!(search_text("and how fast is it?", None, &thread()).contains("PID controller"));
    }

    #[test]
    fn a_full_question_stands_alone() {
        let text = "What does a lidar sensor measure?";
        assert_eq!(search_text(text, None, &thread()), text);
    }

    #[test]
    fn the_selection_takes_part() {
        assert!(search_text("explain this", Some("torque limits"), &[]).contains("torque limits"));
    }
}
