//! Does an answer ask, and do its citations hold?

use std::collections::HashSet;

use tutor::{Citation, Passage};

use super::lexer;
use crate::course::Course;

/// Share of a sentence's words that carry meaning which must stand in the passage that it cites.
pub const SUPPORT: f32 = 0.5;

/// Whether an answer contains a question outside of code and quotations: a sentence of at least
/// four words that ends with a question mark and cannot be answered by yes or no.
#[must_use]
pub fn asks(markdown: &str) -> bool {
    let prose: String = markdown.split("```").step_by(2).collect();
    let questions = prose.split_inclusive(['!', '?', '\n']).filter(|part| part.ends_with('?'));
    questions.map(|question| question.split_whitespace().count()).any(|words| words >= 4)
}

/// Whether a citation's anchor is in the course, and the passage supports the sentence before it.
#[must_use]
pub fn holds(course: &Course, passage: &Passage, citation: &Citation, markdown: &str) -> bool {
    let anchored = course.find(&passage.lesson_slug).is_ok_and(|(_, lesson)| lesson.anchors.contains(&passage.anchor));
    anchored && (shows(passage, markdown, citation) || supports(passage, &sentence_before(markdown, citation)))
}

/// Whether the marker stands in the line under a fence whose code is the passage's.
fn shows(passage: &Passage, markdown: &str, citation: &Citation) -> bool {
    let until: String = markdown.chars().take(citation.at).collect();
    let Some((before, line)) = until.rsplit_once("\n```\n") else { return false };
    let body = before.rsplit_once("```").map_or("", |(_, code)| code.split_once('\n').map_or("", |(_, body)| body));
    !line.trim().contains("\n\n") && !body.is_empty() && passage.markdown.contains(body)
}

fn supports(passage: &Passage, sentence: &str) -> bool {
    let place = format!("{} {} {}", passage.lesson_title, passage.heading_path.join(" "), passage.markdown);
    let known: HashSet<String> = lexer::meaning(&format!("{place} {}", passage.text)).into_iter().collect();
    let words = lexer::meaning(sentence);
    let met = words.iter().filter(|word| known.contains(*word)).count();
    words.is_empty() || met as f32 >= SUPPORT * words.len() as f32
}

/// The sentence that ends with, or just before, a marker.
fn sentence_before(markdown: &str, citation: &Citation) -> String {
    let until: String = markdown.chars().take(citation.at).collect();
    let said = until.rsplit_once('[').map_or(until.as_str(), |(before, _)| before);
    let said =
        said.trim_end().trim_end_matches(|c: char| c == ']' || c == '[' || c.is_ascii_digit() || c.is_whitespace());
    let body = said.trim_end_matches(['.', '!', '?', '*', '”', '"', ')']);
    let start = ["\n", ". ", "! ", "? ", "] "].iter().filter_map(|end| Some(body.rfind(end)? + end.len())).max();
    body[start.unwrap_or(0)..].to_owned()
}

#[cfg(test)]
mod tests {
    use tutor::Citation;

    use super::{asks, sentence_before};

    #[test]
    fn a_question_in_code_is_none() {
        assert!(asks("So it is. What would you change first?"));
        assert!(!asks("```\nwhat is this, really?\n```\nFine."));
    }

    #[test]
    fn the_sentence_before_a_marker_is_found_on_both_sides_of_the_full_stop() {
        for text in ["One. Two is here. [1]", "One. Two is here [1]."] {
            let at = text.find(']').map_or(0, |at| at + 1);
            assert_eq!(sentence_before(text, &Citation { number: 1, passage: 0, at }), "Two is here");
        }
    }
}
