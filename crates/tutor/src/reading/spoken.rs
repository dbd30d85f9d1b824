//! What was said, in a form in which repetitions are equal.

use crate::text::{blocks, blocks::Block, fold, sentences};

/// The sentences of a Markdown text, comparable.
pub(crate) fn spoken(markdown: &str) -> Vec<String> {
    let mut out = Vec::new();
    for block in blocks::read(markdown) {
        match block {
            Block::Prose(text) | Block::Item(text) => {
                out.extend(sentences::split(&without_marks(&text)).into_iter().map(comparable))
            }
            Block::Code { body, .. } => out.push(comparable(&body)),
        }
    }
    out.retain(|sentence| !sentence.is_empty());
    out
}

/// A sentence without case, punctuation and markup.
pub(crate) fn comparable(sentence: &str) -> String {
    fold::words(sentence).join(" ")
}

/// Takes the citation markers (`[3]`) out of a text.
fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let digits = rest[open + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let marker = digits > 0 && rest[open + 1 + digits..].starts_with(']');
        let (kept, end) = if marker { (open, open + digits + 2) } else { (open + 1, open + 1) };
        out.push_str(&rest[..kept]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{spoken, without_marks};

    #[test]
    fn citation_marks_are_no_part_of_a_sentence() {
        assert_eq!(without_marks("It runs. [1] Then x[i] and [12]"), "It runs.  Then x[i] and ");
        assert_eq!(spoken("**It runs.** [1] Why?"), ["it runs", "why"]);
    }
}
