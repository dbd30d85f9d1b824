//! Judging an attempt by comparison with the canonical solution.
//!
//! Nothing is run. Code counts as passed when it is close to the canonical solution with identifiers, comments and
//! layout folded; prose when it uses most of the words that carry the canonical answer. So a right answer written in
//! quite another way may go unrecognised, which is why the answer to an attempt never says "wrong".

use std::collections::BTreeSet;

/// From this similarity on, code is the solution in other clothes.
const SAME_CODE: f32 = 0.6;
/// The share of the canonical answer's telling words that prose must use.
const SAME_WORDS: f32 = 0.45;
/// Shorter words tell nothing about an answer.
const TELLING: usize = 4;

/// Whether `attempt` counts as solving the exercise.
#[must_use]
pub fn passes(language: &str, attempt: &str, solution: &str) -> bool {
    if attempt.trim() == solution.trim() {
        return true;
    }
    match language {
        "text" => shared_words(attempt, solution) >= SAME_WORDS,
        _ => tutor::leak::similarity(attempt, solution) >= SAME_CODE,
    }
}

fn shared_words(attempt: &str, solution: &str) -> f32 {
    let wanted = telling_words(solution);
    if wanted.is_empty() {
        return 0.0;
    }
    let given = telling_words(attempt);
    let shared = wanted.intersection(&given).count();
    ratio(shared, wanted.len())
}

/// The different words of `text` that are long enough, folded to a crude stem so that "samples" is "sample".
fn telling_words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= TELLING);
    words.map(|word| word.to_lowercase().chars().take(6).collect()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "The robot is an open loop because nothing measures the wheel; add an encoder and compare.";

    #[test]
    fn prose_that_makes_the_same_points_passes() {
        assert!(passes("text", "Open loop: nothing measures the wheels of the robot, so add an encoder.", ANSWER));
    }

    #[test]
    fn prose_about_something_else_does_not() {
        assert!(!passes("text", "Because it is better that way.", ANSWER));
        assert!(!passes("text", "", ANSWER));
    }

    #[test]
    fn code_with_other_names_and_comments_passes_and_other_code_does_not() {
        let solution = "def area(r):\n    return 3.14 * r * r\n\nfor x in [1, 2]:\n    print(area(x))\n";
        let renamed =
            "# mine\ndef circle(radius):\n    return 3.14 * radius * radius\nfor n in [1, 2]:\n    print(circle(n))";
        assert!(passes("python", renamed, solution));
        assert!(!passes("python", "print('hello')", solution));
    }
}
