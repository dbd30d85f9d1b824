//! Titles that people give their threads.

/// The longest title, in characters.
pub(super) const LONGEST: usize = 200;

/// A title as it is kept: one line, no control characters, none of those that turn the direction of what follows.
/// None when nothing of it can be seen, or it is too long.
pub(super) fn tidy(text: &str) -> Option<String> {
    let shown: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let shown: String = shown.chars().filter(|letter| !turns_direction(*letter)).collect();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    (line.chars().any(is_seen) && line.chars().count() <= LONGEST).then_some(line)
}

/// Embeddings, overrides and isolates (Unicode Standard Annex 9), which would reach beyond the title.
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Not a space and not one of the characters without width, which alone make no title.
fn is_seen(letter: char) -> bool {
    !letter.is_whitespace()
        && !matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn a_title_is_one_line_that_can_be_seen() {
        assert_eq!(tidy("  Loops,\n\tüber 👩\u{200D}🚀 ").as_deref(), Some("Loops, über 👩\u{200D}🚀"));
        assert_eq!(tidy("a\u{202E}b\u{7}c").as_deref(), Some("ab c"));
        for unseen in ["", "  ", "\u{200B}\u{FEFF}", "\u{202E}", "\n"] {
            assert_eq!(tidy(unseen), None, "{unseen:?}");
        }
    }

    #[test]
    fn a_title_ends_at_its_limit() {
        assert_eq!(tidy(&"é".repeat(200)).map(|title| title.chars().count()), Some(200));
        assert_eq!(tidy(&"é".repeat(201)), None);
    }
}
