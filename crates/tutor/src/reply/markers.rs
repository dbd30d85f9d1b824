//! Citation markers in what a model says: `[1]`, `[1][3]`, `[1, 3]`.

use crate::{
    Citation, Passage,
    text::{synonyms, terms},
};

/// Share of a sentence's subject that a passage must know for it to be a source of the sentence.
const BEARS: f32 = 0.5;
/// … and the least number of subject words that the two must have in common.
const COMMON: usize = 2;

/// Which sentence a marker belongs to: the one it stands in, or, at the start of a piece, the last.
#[derive(Debug, Default)]
pub(super) struct Sentences {
    last: String,
}

/// The text of a piece with the markers that hold, and where they stand in it.
pub(super) fn cite(piece: &str, passages: &[Passage], sentences: &mut Sentences) -> (String, Vec<Citation>) {
    let mut out = String::with_capacity(piece.len());
    let mut cited = Vec::new();
    let mut rest = piece;
    while let Some((before, numbers, after)) = next_marker(rest) {
        out.push_str(before);
        let own = terms::content(&out);
        let sentence = if own.is_empty() { sentences.last.as_str() } else { out.as_str() };
        let holding = numbers.into_iter().filter(|number| holds(*number, sentence, passages)).collect::<Vec<_>>();
        if holding.is_empty() {
            out.truncate(out.trim_end_matches(' ').len());
        }
        for number in &holding {
            out.push_str(&format!("[{number}]"));
            cited.push(Citation { number: *number, passage: number - 1, at: out.chars().count() });
        }
        // "… acts. [9] Then" must not leave two spaces behind.
        rest = if holding.is_empty() && out.is_empty() { after.trim_start_matches(' ') } else { after };
    }
    out.push_str(rest);
    if !terms::content(&out).is_empty() {
        sentences.last.clone_from(&out);
    }
    (out, cited)
}

/// Text before the first marker, its numbers, and the text after it. Inline code holds no markers.
fn next_marker(text: &str) -> Option<(&str, Vec<usize>, &str)> {
    let mut code = false;
    for (at, c) in text.char_indices() {
        code ^= c == '`';
        if c != '[' || code {
            continue;
        }
        if let Some(length) = text[at..].find(']')
            && let Some(numbers) = numbers(&text[at + 1..at + length])
            && !text[at + length + 1..].starts_with('(')
        {
            return Some((&text[..at], numbers, &text[at + length + 1..]));
        }
    }
    None
}

fn numbers(inner: &str) -> Option<Vec<usize>> {
    let parts = inner.split([',', ';']).map(|part| part.trim().trim_start_matches('^'));
    parts.map(|part| part.parse::<usize>().ok().filter(|number| *number < 1_000)).collect()
}

/// Whether there is such a passage and it bears on the sentence.
fn holds(number: usize, sentence: &str, passages: &[Passage]) -> bool {
    let Some(passage) = number.checked_sub(1).and_then(|index| passages.get(index)) else { return false };
    let wanted: Vec<String> = terms::content(sentence).into_iter().filter(|stem| !terms::is_generic(stem)).collect();
    let place = format!("{} {} {}", passage.heading_path.join(" "), passage.text, passage.markdown);
    let known = terms::stems(&place);
    let met =
        |stem: &&String| known.contains(stem) || synonyms::kin(stem).iter().any(|kin| known.iter().any(|k| k == kin));
    let common = wanted.iter().filter(met).count();
    common >= COMMON && common as f32 >= BEARS * wanted.len() as f32
}
