//! Text as a sequence of symbols in which renaming, comments and layout leave no trace.

use std::{collections::HashSet, sync::LazyLock};

type Words = LazyLock<HashSet<&'static str>>;

/// Words of a program that its author could not have chosen otherwise.
static RESERVED: Words = LazyLock::new(|| {
    "and as assert break class continue def del elif else except finally for from global if import in is \
lambda none nonlocal not or pass raise return self super true false try while with yield abs enumerate float int len \
list map max min print range reversed round set sorted str sum tuple zip math"
        .split(' ')
        .collect()
});
/// What stays when all but the calculation is dropped.
static MATHEMATICS: Words = LazyLock::new(|| {
    "sqrt log exp cos sin acos asin atan2 hypot abs max min sum len round sorted prod dist isfinite remainder"
        .split(' ')
        .collect()
});

/// Normal form: names are one symbol, strings another; numbers, marks and reserved words stay.
pub(super) fn normal(text: &str) -> Vec<String> {
    symbols(text).into_iter().map(|symbol| symbol.normal()).collect()
}

/// Calculation only: numbers, operators and functions; whatever stands between them is one symbol.
pub(super) fn calculation(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for symbol in symbols(text) {
        let Some(kept) = symbol.calculated() else { continue };
        if kept == "i" && out.last().is_some_and(|last| last == "i") {
            continue;
        }
        out.push(kept);
    }
    out
}

/// The words of a text that carry meaning, cut to their beginning so that endings do not matter.
pub(super) fn meaning(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| {
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        number || (word.chars().count() >= 4 && !SMALL.contains(word))
    });
    words.map(|word| word.chars().take(6).collect()).collect()
}

/// All words and numbers.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

static SMALL: Words = LazyLock::new(|| {
    "that this with from they them then than when what which will would could should have been were does into \
only also more most some such very each other there their these those because where while about after before between both \
same just like even over must your"
    .split(' ').collect()
});

/// Letters and digits alone.
pub(super) fn letters(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

enum Symbol {
    Word(String),
    Number(String),
    Text,
    Mark(String),
}

impl Symbol {
    fn normal(self) -> String {
        match self {
            Self::Word(word) if RESERVED.contains(&*word) => word,
            Self::Word(_) => "i".to_owned(),
            Self::Number(number) => number,
            Self::Text => "s".to_owned(),
            Self::Mark(mark) => mark,
        }
    }

    fn calculated(self) -> Option<String> {
        match self {
            Self::Word(word) if MATHEMATICS.contains(&*word) => Some(word),
            Self::Word(word) if matches!(word.as_str(), "math" | "let" | "const" | "def" | "function") => None,
            Self::Word(_) | Self::Text => Some("i".to_owned()),
            Self::Number(number) => Some(number.trim_end_matches('0').trim_end_matches('.').to_owned())
                .map(|n| if n.is_empty() { "0".to_owned() } else { n }),
            Self::Mark(mark) => match mark.as_str() {
                "←" => Some("=".to_owned()),
                "×" => Some("*".to_owned()),
                "≤" => Some("<=".to_owned()),
                "≥" => Some(">=".to_owned()),
                m if m.chars().all(|c| "+-*/%=<>!".contains(c)) => Some(mark),
                _ => None,
            },
        }
    }
}

fn symbols(text: &str) -> Vec<Symbol> {
    without_long_comments(text).lines().flat_map(line).collect()
}

fn without_long_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\"\"\"") {
        out.push_str(&rest[..at]);
        rest = rest[at + 3..].split_once("\"\"\"").map_or("", |(_, after)| after);
    }
    out + rest
}

fn line(text: &str) -> Vec<Symbol> {
    let chars: Vec<char> = text.chars().filter(|c| !matches!(c, '`' | '|' | ';' | '{' | '}' | '\\')).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let comment = (c == '#' && chars.get(at + 1).is_none_or(|next| *next == ' '))
            || (c == '/' && chars.get(at + 1) == Some(&'/'));
        if comment {
            break;
        }
        let end = |fits: fn(&char) -> bool| at + chars[at..].iter().take_while(|c| fits(c)).count();
        let next = if c.is_whitespace() {
            at + 1
        } else if c.is_ascii_digit() {
            let next = end(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == '_');
            out.push(Symbol::Number(chars[at..next].iter().collect::<String>().trim_end_matches('.').replace('_', "")));
            next
        } else if c.is_alphabetic() || c == '_' {
            let next = end(|c| c.is_alphanumeric() || *c == '_');
            let word = chars[at..next].iter().collect::<String>().to_lowercase();
            // The prefix of a string is no name.
            let prefix = word == "f" && matches!(chars.get(next), Some('"' | '\''));
            if !prefix {
                out.push(Symbol::Word(word));
            }
            next
        } else if c == '"' || (c == '\'' && (at == 0 || !chars[at - 1].is_alphanumeric())) {
            let close = chars[at + 1..].iter().position(|other| *other == c);
            if close.is_some() {
                out.push(Symbol::Text);
            }
            close.map_or(at + 1, |length| at + length + 2)
        } else {
            let double = chars.get(at + 1).filter(|next| "=*/".contains(**next) && "=<>!+-*/".contains(c));
            let mark: String = [Some(&c), double].into_iter().flatten().collect();
            let length = mark.chars().count();
            out.push(Symbol::Mark(mark));
            at + length
        };
        at = next;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{calculation, normal};

    #[test]
    fn names_comments_and_layout_leave_no_trace() {
        assert_eq!(normal("speed = gain*err  # go"), normal("  v=k * e"));
        assert_ne!(normal("a = b * c"), normal("a = b + c"));
    }

    #[test]
    fn a_calculation_survives_another_language_and_prose() {
        assert_eq!(calculation("r = 2.0 * math.sqrt(b)"), calculation("let r = 2 * Math.sqrt(b);"));
        assert_eq!(calculation("then we write r = 2 * b and go on"), calculation("r = 2 * b"));
    }
}
