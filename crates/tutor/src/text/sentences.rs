//! Cutting a paragraph into sentences, with code and formulas kept whole.

use std::ops::Range;

/// How far an opening backtick or dollar looks for its partner, in bytes. A bound keeps hostile
/// input linear.
const REACH: usize = 400;

const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "eg", "ie", "etc", "vs", "fig", "eq", "dr", "mr", "ms", "mrs", "prof", "approx", "no", "cf", "ca",
    "sec", "st",
];

/// The sentences of one block, trimmed, in order.
pub(crate) fn split(block: &str) -> Vec<&str> {
    let atoms = atoms(block);
    let mut atom = atoms.iter().peekable();
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in block.char_indices() {
        while atom.peek().is_some_and(|span| span.end <= at) {
            atom.next();
        }
        let inside = atom.peek().is_some_and(|span| span.contains(&at));
        if at < start || inside || !is_end(c) {
            continue;
        }
        let end = after_closers(block, at + c.len_utf8());
        if is_boundary(&block[start..at], c, &block[end..]) {
            push(&mut out, &block[start..end]);
            start = end;
        }
    }
    push(&mut out, &block[start..]);
    out
}

fn push<'t>(out: &mut Vec<&'t str>, sentence: &'t str) {
    let sentence = sentence.trim();
    if !sentence.is_empty() {
        out.push(sentence);
    }
}

fn is_end(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '…')
}

/// Swallows what belongs to the end of a sentence: more marks, quotes, brackets, emphasis.
fn after_closers(block: &str, from: usize) -> usize {
    let tail = &block[from..];
    let is_closer = |c: char| is_end(c) || matches!(c, ')' | ']' | '"' | '\'' | '”' | '’' | '»' | '*' | '_');
    from + tail.find(|c| !is_closer(c)).unwrap_or(tail.len())
}

fn is_boundary(before: &str, mark: char, after: &str) -> bool {
    if matches!(mark, '。' | '！' | '？') {
        return true;
    }
    let Some(next) = after.chars().next() else { return true };
    let follows = after.trim_start().chars().next();
    if !next.is_whitespace() || follows.is_some_and(char::is_lowercase) {
        return false;
    }
    mark != '.' || !is_abbreviated(before)
}

fn is_abbreviated(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '“' | '"')).next().unwrap_or("");
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let numeral = word.len() == before.trim_start().len() && word.bytes().all(|b| b.is_ascii_digit());
    initial || numeral || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// Byte ranges of inline code and formulas.
fn atoms(block: &str) -> Vec<Range<usize>> {
    let bytes = block.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let mark = bytes[at];
        if mark != b'`' && mark != b'$' {
            at += 1;
            continue;
        }
        let run = bytes[at..].iter().take_while(|b| **b == mark).count();
        let end = closing(bytes, at + run, mark, run);
        if let Some(end) = end {
            out.push(at..end);
        }
        at = end.unwrap_or(at + run);
    }
    out
}

/// The end of the next run of exactly `run` marks. A closing dollar follows no space, so that two
/// prices in a sentence are no formula.
fn closing(bytes: &[u8], from: usize, mark: u8, run: usize) -> Option<usize> {
    let limit = bytes.len().min(from + REACH);
    let mut at = from;
    while at < limit {
        let length = bytes[at..].iter().take_while(|b| **b == mark).count();
        let spaced = mark == b'$' && run == 1 && at > 0 && bytes[at - 1] == b' ';
        if length == run && !spaced {
            return Some(at + run);
        }
        at += length.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn sentences_end_at_marks_before_a_capital() {
        let text = "A loop runs. It measures, e.g. the angle! Why? “Because.” Then 3.5 s pass.";
        let want = ["A loop runs.", "It measures, e.g. the angle!", "Why?", "“Because.”", "Then 3.5 s pass."];
        assert_eq!(split(text), want);
    }

    #[test]
    fn code_and_formulas_stay_whole() {
        let text = "Call `node. Run()` first. Then $x = 1. Y$ holds. Done.";
        assert_eq!(split(text), ["Call `node. Run()` first.", "Then $x = 1. Y$ holds.", "Done."]);
    }

    #[test]
    fn initials_and_list_numbers_end_nothing() {
        assert_eq!(split("1. Ask J. Smith."), ["1. Ask J. Smith."]);
    }

    #[test]
    fn other_scripts_have_their_own_marks() {
        assert_eq!(split("机器人走。它停！"), ["机器人走。", "它停！"]);
    }
}
