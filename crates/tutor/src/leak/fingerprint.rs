//! What is recognised of a solution.

use std::collections::HashSet;

use super::{tokens, views};
use crate::text::terms;

/// Tokens in one window of code, subject words in one window of prose.
const CODE: usize = 5;
const PROSE: usize = 2;
/// A shorter line stands in too many programs to say anything.
const LINE: usize = 3;
/// Share of structural marks that makes a text code.
const MARKS: f32 = 0.035;

/// A solution, prepared for comparison.
#[derive(Clone, Debug)]
pub(super) enum Fingerprint {
    /// Windows of tokens, and lines with the number of their tokens.
    Code { windows: HashSet<String>, lines: Vec<(String, usize)> },
    /// Windows of subject words.
    Prose(HashSet<String>),
}

impl Fingerprint {
    /// Prepares a solution.
    pub(super) fn of(solution: &str) -> Self {
        if !is_code(solution) {
            return Self::Prose(prose_windows(solution));
        }
        let lines = tokens::lines(solution);
        let windows = code_windows(&lines.concat());
        let telling = lines.into_iter().filter(|line| line.len() >= LINE && !tokens::says_nothing(line));
        Self::Code { windows, lines: telling.map(|line| (joined(&line), line.len())).collect() }
    }

    /// The share of the solution that stands in a text, in any of its readings.
    pub(super) fn share_in(&self, text: &str) -> f32 {
        views::of(text).iter().map(|view| self.share_in_view(view)).fold(0.0, f32::max)
    }

    fn share_in_view(&self, text: &str) -> f32 {
        match self {
            Self::Prose(windows) => share(windows, &prose_windows(text)),
            Self::Code { windows, lines } => {
                let tokens = tokens::lines(text).concat();
                let by_window = share(windows, &code_windows(&tokens));
                by_window.max(by_line(lines, &joined(&tokens)))
            }
        }
    }
}

fn is_code(text: &str) -> bool {
    let marks = text
        .chars()
        .filter(|c| matches!(c, '=' | '(' | ')' | '{' | '}' | '[' | ']' | ';' | '_' | '<' | '>' | '/' | ':'))
        .count();
    marks as f32 >= MARKS * text.chars().count().max(1) as f32
}

fn share(of: &HashSet<String>, found: &HashSet<String>) -> f32 {
    if of.is_empty() { 0.0 } else { of.intersection(found).count() as f32 / of.len() as f32 }
}

fn by_line(lines: &[(String, usize)], text: &str) -> f32 {
    let all: usize = lines.iter().map(|(_, length)| length).sum();
    let found: usize = lines.iter().filter(|(line, _)| text.contains(line.as_str())).map(|(_, length)| length).sum();
    if all == 0 { 0.0 } else { found as f32 / all as f32 }
}

fn code_windows(tokens: &[String]) -> HashSet<String> {
    tokens.windows(CODE.min(tokens.len().max(1))).filter(|window| !tokens::says_nothing(window)).map(joined).collect()
}

fn prose_windows(text: &str) -> HashSet<String> {
    let stems: Vec<String> = crate::text::fold::words(text)
        .iter()
        .filter(|word| terms::is_subject(word))
        .map(|word| crate::text::stem::stem(word))
        .collect();
    if stems.len() < PROSE + 1 {
        return HashSet::new();
    }
    stems.windows(PROSE).map(joined).collect()
}

/// Tokens with a border on each side, so that a part of a token never matches.
fn joined(tokens: &[String]) -> String {
    let mut out = String::from("\u{1f}");
    for token in tokens {
        out.push_str(token);
        out.push('\u{1f}');
    }
    out
}

impl Fingerprint {
    /// Whether (nearly) all of this text stands in the other.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Code { windows, .. }, Self::Code { windows: all, .. }) => {
                windows.len() > 3 && share(windows, all) > 0.95
            }
            _ => false,
        }
    }
}
