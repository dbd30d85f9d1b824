//! Source text as tokens in which names, types, layout and the choice of language leave few traces.

/// A token's share in a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// A name, a type, a word of prose: all alike, and several in a row are one.
    Name,
    /// A word that steers a program; prose has it too.
    Keyword,
    /// A literal string.
    Text,
    /// An operator, a number, a function, a method of somebody else's object.
    Kept,
    /// A bracket, comma, colon or full stop; other languages and prose set them differently.
    Stop,
}

/// One token: its rank, and a hash of what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    rank: Rank,
    hash: u64,
}

/// What stands for every name.
const NAME: u64 = 1;
const TEXT: u64 = 2;
/// Numbers, operators and functions that make a calculation.
const CALCULATES: usize = 8;

/// Statements of most languages.
const KEYWORDS: &[(&str, &str)] = &[
    ("if", "if"),
    ("elif", "if"),
    ("else", "else"),
    ("for", "for"),
    ("foreach", "for"),
    ("while", "while"),
    ("in", "in"),
    ("of", "in"),
    ("return", "return"),
    ("returns", "return"),
    ("and", "and"),
    ("or", "or"),
    ("not", "not"),
    ("lambda", "lambda"),
    ("yield", "yield"),
    ("break", "break"),
    ("continue", "continue"),
    ("none", "none"),
    ("null", "none"),
    ("nil", "none"),
    ("nothing", "none"),
    ("true", "true"),
    ("false", "false"),
    ("print", "print"),
    ("println", "print"),
    ("printf", "print"),
    ("range", "range"),
    ("round", "round"),
    ("sorted", "sorted"),
    ("zip", "zip"),
    ("enumerate", "enumerate"),
];

/// Functions that every language has by about the same name.
const FUNCTIONS: &[&str] = &[
    "sqrt", "log", "exp", "cos", "sin", "tan", "acos", "asin", "atan", "atan2", "hypot", "abs", "max", "min", "sum",
    "len", "radians", "degrees", "fabs", "pow", "prod", "dist",
];

/// Modules in front of a function, and the object itself.
const SILENT: &[&str] = &["math", "np", "numpy", "std", "self", "this", "f64", "console", "system", "out"];

/// The tokens of a text. Comments are left out, or read like the rest.
pub(super) fn read(source: &str, comments: bool) -> Vec<Token> {
    let blocks;
    let source = if comments {
        source
    } else {
        blocks = without_blocks(source);
        &blocks
    };
    let mut tokens = Vec::with_capacity(source.len() / 4);
    for line in source.lines() {
        let mut reader = Line { text: without_label(line), at: 0, comments, tokens: &mut tokens };
        while reader.step() {}
    }
    tokens
}

/// Everything, names in a row as one.
pub(super) fn full(tokens: &[Token]) -> Vec<u64> {
    collapsed(spoken(tokens).map(|token| token.hash))
}

/// Everything, with the stops between.
pub(super) fn dense(tokens: &[Token]) -> Vec<u64> {
    tokens.iter().map(|token| token.hash).collect()
}

fn spoken(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    tokens.iter().filter(|token| token.rank != Rank::Stop)
}

/// Operators, numbers and functions only; all between two of them is one name.
pub(super) fn bare(tokens: &[Token]) -> Vec<u64> {
    collapsed(spoken(tokens).map(|token| if token.rank == Rank::Kept { token.hash } else { NAME }))
}

/// Whether there is enough of a calculation to be known by: names and assignments stand in every program.
pub(super) fn calculates(tokens: &[u64]) -> bool {
    let assignment = hash("=");
    tokens.iter().filter(|token| ![NAME, TEXT, assignment].contains(token)).count() >= CALCULATES
}

/// Whether tokens are names and nothing else, as prose is.
pub(super) fn says_nothing(tokens: &[u64]) -> bool {
    tokens.iter().filter(|token| **token != NAME && **token != TEXT).count() < 2
}

/// A hash of some text (FNV-1a).
pub(super) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn collapsed(tokens: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut out: Vec<u64> = Vec::new();
    for token in tokens {
        if token != NAME || out.last() != Some(&NAME) {
            out.push(token);
        }
    }
    out
}

/// Removes `/* … */` and triple-quoted strings.
fn without_blocks(source: &str) -> String {
    let mut out = source.to_owned();
    for (open, close) in [("/*", "*/"), ("\"\"\"", "\"\"\""), ("'''", "'''")] {
        let mut kept = String::with_capacity(out.len());
        let mut rest = out.as_str();
        while let Some(at) = rest.find(open) {
            let Some(length) = rest[at + open.len()..].find(close) else { break };
            kept.push_str(&rest[..at]);
            rest = &rest[at + open.len() + length + close.len()..];
        }
        kept.push_str(rest);
        out = kept;
    }
    out
}

/// A line without what numbers or lists it: `3.`, `- `, `| 7 |`, `L12:`.
fn without_label(line: &str) -> &str {
    let mut rest = line.trim_start();
    loop {
        let bare = rest.trim_start_matches(|c: char| matches!(c, '|' | '>' | '•') || c.is_whitespace());
        let bare = ["- ", "* ", "+ "].iter().find_map(|mark| bare.strip_prefix(mark)).unwrap_or(bare);
        let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
        let mark = bare[digits..].trim_start();
        // What labels nothing is no label: a word of code on a line of its own may be `28)`.
        let label = digits > 0 && digits < 4 && mark.starts_with(['.', ')', ':', '|']) && !mark[1..].trim().is_empty();
        let next = if label { mark[1..].trim_start() } else { bare };
        // "3.5" is a number.
        if label && bare[digits..].starts_with('.') && !bare[digits + 1..].starts_with(char::is_whitespace) {
            return bare;
        }
        if next.len() == rest.len() {
            return rest;
        }
        rest = next;
    }
}

struct Line<'t> {
    text: &'t str,
    at: usize,
    comments: bool,
    tokens: &'t mut Vec<Token>,
}

impl Line<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// Reads one token; false at the end.
    fn step(&mut self) -> bool {
        let Some(c) = self.rest().chars().next() else { return false };
        if !self.comments && self.is_comment() {
            return false;
        }
        if c.is_alphabetic() || c == '_' {
            self.word();
        } else if c.is_ascii_digit() {
            self.number();
        } else if matches!(c, '"' | '\'') && !self.comments {
            self.string(c);
        } else {
            self.mark(c);
        }
        true
    }

    fn is_comment(&self) -> bool {
        let rest = self.rest();
        let hash = rest.starts_with('#') && !rest.starts_with("#include") && !rest.starts_with("#define");
        let slashes = rest.starts_with("// ") || (rest.starts_with("//") && self.at == 0);
        hash || slashes
    }

    fn push(&mut self, rank: Rank, hash: u64) {
        self.tokens.push(Token { rank, hash });
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let taken = rest[..end].to_lowercase();
        self.at += end;
        taken
    }

    fn word(&mut self) {
        let after_dot = self.before() == Some('.');
        let owned = after_dot
            && self.text[..self.at - 1].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ')' | ']'));
        let start = self.at;
        let word = self.take(|c| c.is_alphanumeric() || c == '_');
        let of_self = ["self.", "this.", "Self."].iter().any(|own| self.text[..start].ends_with(own));
        if SILENT.contains(&word.as_str()) {
            return;
        }
        if FUNCTIONS.contains(&word.as_str()) {
            return self.push(Rank::Kept, hash(word.trim_start_matches('f')));
        }
        if let Some((_, meaning)) = KEYWORDS.iter().find(|(name, _)| *name == word) {
            return self.push(Rank::Keyword, hash(meaning));
        }
        // A method of somebody else's object keeps its name: renaming it would break the program.
        if owned && !of_self && word.len() > 3 {
            return self.push(Rank::Kept, hash(&word));
        }
        self.push(Rank::Name, NAME);
    }

    fn number(&mut self) {
        let text = self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
        let digits: String = text.chars().filter(|c| *c != '_').collect();
        let value = digits.trim_end_matches("f64").trim_end_matches("f32").trim_end_matches('f').trim_end_matches('.');
        let value = if value.contains('.') { value.trim_end_matches('0').trim_end_matches('.') } else { value };
        self.push(Rank::Kept, hash(value));
    }

    /// A string without its prefix; an apostrophe without a partner is no string.
    fn string(&mut self, quote: char) {
        let apostrophe = quote == '\'' && self.before().is_some_and(char::is_alphanumeric);
        let length = self.rest()[1..].find(quote);
        match length.filter(|_| !apostrophe) {
            Some(length) => {
                self.push(Rank::Text, TEXT);
                self.at += length + 2;
            }
            None => self.at += 1,
        }
    }

    fn mark(&mut self, c: char) {
        let next = self.rest()[c.len_utf8()..].chars().next();
        let double = next.filter(|next| {
            matches!(
                (c, next),
                ('=' | '<' | '>' | '!' | '+' | '-' | '*' | '/' | ':', '=')
                    | ('*', '*')
                    | ('-' | '=', '>')
                    | ('&', '&')
                    | ('|', '|')
            )
        });
        let (before, after) = (self.before(), next);
        self.at += c.len_utf8() + double.map_or(0, char::len_utf8);
        let spaced = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let meaning = match (c, double) {
            ('=', Some('=')) => "==",
            ('!', Some('=')) | ('≠', _) => "!=",
            ('<', Some('=')) | ('≤', _) => "<=",
            ('>', Some('=')) | ('≥', _) => ">=",
            ('+', Some('=')) => "+=",
            ('-', Some('=')) => "-=",
            ('*', Some('=')) => "*=",
            ('/', Some('=')) => "/=",
            ('&', Some(_)) => return self.push(Rank::Keyword, hash("and")),
            ('|', Some(_)) => return self.push(Rank::Keyword, hash("or")),
            ('-' | '=', Some('>')) => return,
            ('=', None) | (':', Some('=')) | ('←', _) => "=",
            ('*', _) => {
                // Emphasis clings to its word on one side only.
                let after = if double.is_some() { self.rest().chars().next() } else { after };
                if spaced(before) != spaced(after) {
                    return;
                }
                if double.is_some() { "**" } else { "*" }
            }
            ('×' | '·' | '⋅', _) => "*",
            ('/' | '÷', _) => "/",
            ('+', None) => "+",
            ('-', None) if before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic) => return,
            ('-' | '−', _) => "-",
            ('<', None) => "<",
            ('>', None) => ">",
            ('(' | ')' | '[' | ']' | '{' | '}' | ',' | ':' | '.', _) => return self.push(Rank::Stop, u64::from(c)),
            _ => return,
        };
        self.push(Rank::Kept, hash(meaning));
    }
}

#[cfg(test)]
mod tests {
    use super::{bare, full, read};

    fn same(a: &str, b: &str) -> bool {
        full(&read(a, false)) == full(&read(b, false))
    }

    #[test]
    fn names_comments_and_layout_fold() {
        assert!(same("speed = gain*err  # go\n\n\n", "  v=k * e"));
    }

    #[test]
    fn another_language_folds() {
        assert!(same("r = 2 * math.sqrt(b)", "let r = 2.0 * Math.sqrt(b);"));
        assert!(same("if a <= 0 and b: return None", "if (a <= 0 && b) { return null; }"));
    }

    #[test]
    fn what_cannot_be_renamed_is_kept() {
        assert!(!same("node.create_publisher(x)", "node.create_timer(x)"));
        assert!(same("self.speed = 1", "self.v = 1"));
        assert!(!same("a = b * c", "a = b + c"));
    }

    #[test]
    fn documentation_is_no_code() {
        assert!(same("def f():\n    \"\"\"Doc.\n    More.\"\"\"\n    return 1", "def g():\n  return 1"));
    }

    #[test]
    fn prose_between_statements_and_labels_before_them_vanish() {
        let told = "1. First `r = 2 * b`, and **then**\n2. `s = r * m` for the margin";
        assert_eq!(bare(&read(told, true)), bare(&read("r = 2 * b\ns = r * m", true)));
    }
}
