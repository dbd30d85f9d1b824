//! Cutting an answer into what a stream sends.

/// Longest piece in characters: a script without spaces still streams.
const LONGEST: usize = 24;

/// Splits an answer into stream deltas: a word with the space after it. Joined, they are the same
/// text, byte for byte.
#[must_use]
pub fn pieces(markdown: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    let mut spaced = false;
    for c in markdown.chars() {
        let word_begins = spaced && !c.is_whitespace();
        if word_begins || length == LONGEST {
            out.push(std::mem::take(&mut piece));
            length = 0;
        }
        piece.push(c);
        length += 1;
        spaced = c.is_whitespace();
    }
    if !piece.is_empty() {
        out.push(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_piece_is_a_word_with_its_space() {
        assert_eq!(pieces("one two\n\nthree"), ["one ", "two\n\n", "three"]);
    }

    #[test]
    fn text_without_spaces_is_cut_between_characters() {
        let text = "机器人".repeat(20);
        let cut = pieces(&text);
        assert!(cut.len() > 2);
        assert_eq!(cut.concat(), text);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(pieces("").is_empty());
    }
}
