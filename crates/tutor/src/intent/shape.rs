//! The shape of a question: what kind of answer it expects.

use crate::text::{phrase::Words, terms::is_subject};

/// The kind of question, for the tone of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// "Why …?"
    Why,
    /// "How …?"
    How,
    /// "What is the difference between …?"
    Compare,
    /// Anything else.
    Other,
}

const QUESTION_WORDS: &[&str] = &[
    "what", "whats", "why", "how", "hows", "when", "where", "wheres", "which", "who", "whos", "whose", "can", "could",
    "do", "does", "did", "is", "are", "was", "were", "should", "would", "will", "may", "explain", "describe", "define",
    "tell", "show", "give", "compare", "help", "teach", "and", "but", "so",
];

/// The kind of question a message is.
pub(super) fn read(words: &Words) -> Shape {
    let compares = ["difference", "differ", "different", "compare", "versus", "vs", "compared"];
    if words.one_of(&compares) {
        Shape::Compare
    } else if words.one_of(&["why"]) || words.has("how come") {
        Shape::Why
    } else if words.one_of(&["how"]) {
        Shape::How
    } else {
        Shape::Other
    }
}

/// "I don't know", "I'm stuck", "no idea": said about nothing in particular.
pub(super) fn is_stuck(words: &Words) -> bool {
    is_lost(words) && subjects(words) < 2
}

/// The same, whatever it is said about.
pub(super) fn is_lost(words: &Words) -> bool {
    words.any(&[
        "i dont know",
        "dont know",
        "do not know",
        "no idea",
        "no clue",
        "im stuck",
        "i am stuck",
        "am stuck",
        "still stuck",
        "not sure",
        "give up",
        "dont get it",
        "dont understand",
        "do not understand",
        "still dont",
        "help me",
        "need help",
        "im lost",
        "i am lost",
        "im confused",
        "i am confused",
        "cant do it",
        "cant figure",
        "no progress",
        "makes no sense",
        "too hard",
        "too difficult",
    ]) || words.0.iter().any(|word| matches!(word.as_str(), "stuck" | "idk" | "dunno" | "help" | "confused" | "lost"))
}

/// "Where do I start?"
pub(super) fn is_start(words: &Words) -> bool {
    words.any(&[
        "where do i start",
        "where do i begin",
        "where should i start",
        "where should i begin",
        "where to start",
        "where to begin",
        "where can i start",
        "how do i start",
        "how do i begin",
        "how should i start",
        "how should i begin",
        "how to start",
        "how to begin",
        "get started",
        "getting started",
        "what should i learn first",
        "what should i read first",
        "what do i learn first",
        "what should i study first",
        "what should i do first",
        "what do i do first",
        "what comes first",
        "what first",
        "where do we start",
        "where do we begin",
    ])
}

/// "What next?"
pub(super) fn is_next(words: &Words) -> bool {
    words.any(&[
        "what next",
        "whats next",
        "what is next",
        "what now",
        "what should i do next",
        "what should i read next",
        "what should i learn next",
        "what should i study next",
        "what do i do next",
        "what do i do now",
        "what should i do now",
        "what comes next",
        "where do i go from here",
        "where to go next",
        "finished this lesson",
        "finished the lesson",
        "done with this lesson",
        "done with the lesson",
        "completed this lesson",
    ])
}

/// "What is X?", "what does X mean?", for an X of few words.
pub(crate) fn is_definition(words: &Words) -> bool {
    let asks = words.any(&["define", "definition of", "meaning of", "what is meant by", "whats meant by"])
        || (words.has("what does") && words.one_of(&["mean", "stand", "do"]))
        || (words.has("what do") && words.one_of(&["mean"]))
        || words.any(&["what is", "what are", "whats", "what exactly is", "what exactly are", "whats a"]);
    let other = words.any(&[
        "difference",
        "why",
        "how",
        "what is the best",
        "what is the reason",
        "what is the point",
        "what is the purpose",
        "what is the role",
        "example of",
        "what are the steps",
        "what is wrong",
        "whats wrong",
        "what is going on",
        "what is happening",
    ]);
    asks && !other && (1..=4).contains(&subjects(words))
}

/// "Is this right?"
pub(super) fn is_check(words: &Words) -> bool {
    let judged =
        words.one_of(&["right", "correct", "wrong", "ok", "okay", "check", "review", "feedback", "work", "working"]);
    let own = words.any(&[
        "my code",
        "my answer",
        "my solution",
        "my attempt",
        "my program",
        "my version",
        "is this",
        "is it",
        "am i",
        "did i",
        "this is my",
        "i wrote",
        "i tried",
        "i have",
    ]);
    judged && own
}

/// A statement: an answer to the tutor's question, most likely.
pub(super) fn is_statement(text: &str, words: &Words) -> bool {
    !text.contains('?') && !words.0.first().is_some_and(|word| QUESTION_WORDS.contains(&word.as_str()))
}

fn subjects(words: &Words) -> usize {
    words.0.iter().filter(|word| is_subject(word)).count()
}

#[cfg(test)]
mod tests {
    use super::{is_definition, is_next, is_start, is_stuck};
    use crate::intent::unmask;

    #[test]
    fn stuck_is_about_nothing_in_particular() {
        assert!(is_stuck(&unmask("I don't know")) && is_stuck(&unmask("no idea, sorry")));
        assert!(!is_stuck(&unmask("I don't understand why closed loops oscillate")));
    }

    #[test]
    fn a_definition_asks_for_few_words() {
        assert!(is_definition(&unmask("What does latency mean?")) && is_definition(&unmask("define closed loop")));
        assert!(!is_definition(&unmask("What is the difference between a node and a topic?")));
    }

    #[test]
    fn orientation_is_recognised() {
        assert!(is_start(&unmask("Where do I start?")) && is_next(&unmask("ok, what's next?")));
    }
}
