//! Keeping canonical solutions away from students who have not passed.
//!
//! [`similarity`] measures how much of a solution stands in a text, whatever its identifiers,
//! comments and layout; [`Guard`] reads a stream and lets through what gives nothing away.

mod guard;
mod runs;
mod secret;
mod tokens;
mod views;

pub use guard::Guard;
pub(crate) use guard::complete;

use secret::prepare;

/// From this similarity on, a text is taken to contain the solution.
pub const LEAK: f32 = 0.8;

/// From this similarity on, [`Guard`] holds text back: below [`LEAK`], so that the rest of a
/// conversation cannot add the missing lines.
pub const HOLD: f32 = 0.45;

/// The share of a solution that a text contains, 0 to 1.
///
/// Code is compared by its structure (names, types, comments and layout folded; operators, numbers
/// and foreign methods kept, in whatever language), markup by its words, prose by its subject words
/// in order. A text that hides the solution backwards, rotated by 13 letters, in base64, as bytes
/// or codes, spelled out, or read aloud is decoded first.
#[must_use]
pub fn similarity(answer: &str, solution: &str) -> f32 {
    let (secrets, wanted) = prepare(&[solution]);
    secrets.first().map_or(0.0, |secret| secret.share_in(answer, &wanted))
}

#[cfg(test)]
mod tests {
    use super::{HOLD, LEAK, similarity};

    const SOLUTION: &str = "def control_rate(bandwidth, margin):\n    \"\"\"Rate in Hz.\"\"\"\n    rate = 2 * bandwidth\n    \
        safe = rate * margin  # stay clear of the limit\n    if safe < 10:\n        return 10\n    return round(safe)\n";

    #[test]
    fn a_solution_with_other_names_and_layout_is_the_solution() {
        let renamed = "Sure!\n```python\ndef f(b, m):\n\n  # twice\n  r = 2*b\n  s = r*m\n  if s < 10:\n    return 10\n\n  return round(s)\n```";
        assert!(similarity(renamed, SOLUTION) >= LEAK, "{}", similarity(renamed, SOLUTION));
    }

    #[test]
    fn another_program_is_not() {
        let other = "```python\nimport time\n\ndef wait(seconds):\n    for i in range(3):\n        time.sleep(seconds)\n    return True\n```";
        assert!(similarity(other, SOLUTION) < 0.4, "{}", similarity(other, SOLUTION));
    }

    #[test]
    fn talking_about_it_is_not() {
        let talk = "Twice the bandwidth is the least rate at which you can sample. What margin would you add, and why?";
        assert!(similarity(talk, SOLUTION) < 0.2, "{}", similarity(talk, SOLUTION));
    }

    #[test]
    fn lines_in_pieces_add_up() {
        let pieces = "First: `def f(b, m):` and then `r = 2 * b`. Next `s = r * m`, then `if s < 10:` with `return 10`. Last: `return round(s)`.";
        assert!(similarity(pieces, SOLUTION) >= HOLD, "{}", similarity(pieces, SOLUTION));
    }

    #[test]
    fn an_encoded_solution_is_the_solution() {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let reversed: String = SOLUTION.chars().rev().collect();
        assert!(similarity(&reversed, SOLUTION) >= LEAK);
        assert!(similarity(&STANDARD.encode(SOLUTION), SOLUTION) >= LEAK);
    }

    #[test]
    fn prose_is_compared_by_its_words() {
        let solution = "The robot needs a closed loop because the floor's friction changes and an open loop cannot notice the wheel slipping.";
        let copied = "Well: the robot needs a *closed loop*, because friction of the floor changes. An open loop cannot notice the wheel slipping!";
        assert!(similarity(copied, solution) >= HOLD, "{}", similarity(copied, solution));
        assert!(similarity("What does a robot notice when its wheel slips?", solution) < 0.3);
    }

    #[test]
    fn nothing_contains_nothing() {
        assert_eq!(similarity("", SOLUTION), 0.0);
        assert_eq!(similarity("anything", ""), 0.0);
    }
}
