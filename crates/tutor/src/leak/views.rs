//! A text as it reads after undoing the usual encodings.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// Shortest run that is taken for base64.
const RUN: usize = 16;
/// Shortest text that comes out of an encoding.
const HIDDEN: usize = 8;

/// The text without what the eye does not see, and what it would be if it were encoded.
pub(super) fn of(text: &str) -> Vec<String> {
    let visible = visible(text);
    let decoded = [base64(&visible), hexadecimal(&visible), codes(&visible), unescaped(&visible)];
    let mut views: Vec<String> = decoded.into_iter().flatten().collect();
    views.push(visible.into_owned());
    views
}

/// Readings of a text in which only letters and calculation can be recognised: backwards, turned by
/// 13 letters, read aloud.
pub(super) fn odd(text: &str) -> Vec<String> {
    let visible = visible(text);
    let mut views = vec![visible.chars().rev().collect(), visible.chars().map(rot13).collect()];
    views.extend(written(&visible));
    views
}

/// What is spelled by single characters: the first and the last of each line, the first of each
/// word, and those that stand alone.
pub(super) fn spelled(text: &str) -> [String; 4] {
    let visible = visible(text);
    let listed = |c: char| c.is_whitespace() || matches!(c, '-' | '*' | '>' | '•' | '#');
    let first = |line: &str| line.trim_start_matches(listed).chars().next();
    let last = |line: &str| line.trim_end_matches(|c: char| !c.is_alphanumeric()).chars().next_back();
    let alone = |word: &&str| word.chars().count() == 1;
    [
        visible.lines().filter_map(first).collect(),
        visible.lines().filter_map(last).collect(),
        visible.split_whitespace().filter_map(|word| word.chars().next()).collect(),
        visible.split_whitespace().filter(alone).collect(),
    ]
}

fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    if text.contains(hidden) { Cow::Owned(text.replace(hidden, "")) } else { Cow::Borrowed(text) }
}

fn rot13(c: char) -> char {
    let turn = |base: u8| char::from(base + (c as u8 - base + 13) % 26);
    match c {
        'a'..='z' => turn(b'a'),
        'A'..='Z' => turn(b'A'),
        other => other,
    }
}

fn base64(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let runs: Vec<&str> = text.split(|c: char| !fits(c)).filter(|run| run.len() >= RUN).collect();
    let all = runs.concat();
    let decode = |run: &str| STANDARD_NO_PAD.decode(&run[..run.len() / 4 * 4]).ok();
    // Lines of one encoding cut elsewhere than after four characters only make sense together.
    let parts = runs.iter().copied().chain([all.as_str()]).filter_map(decode);
    hidden(parts.filter_map(|bytes| String::from_utf8(bytes).ok()).collect::<Vec<_>>().join("\n"))
}

fn hexadecimal(text: &str) -> Option<String> {
    let text = text.replace("0x", " ").replace("\\x", " ").replace('%', " ");
    let is_run =
        |word: &&str| word.len() > 1 && word.len().is_multiple_of(2) && word.bytes().all(|b| b.is_ascii_hexdigit());
    let digits: String = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_run).collect();
    let pairs = digits.as_bytes().chunks_exact(2).filter_map(|pair| std::str::from_utf8(pair).ok());
    hidden(pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).map(char::from).collect())
}

fn codes(text: &str) -> Option<String> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|word| word.len() > 1);
    hidden(
        numbers
            .filter_map(|word| word.parse::<u8>().ok())
            .filter(|code| (9..127).contains(code))
            .map(char::from)
            .collect(),
    )
}

/// A text in the quotation marks of a program.
fn unescaped(text: &str) -> Option<String> {
    text.contains("\\n")
        .then(|| text.replace("\\n", "\n").replace("\\\"", "\"").replace("\\t", " ").replacen('"', "", 1))
}

fn hidden(decoded: String) -> Option<String> {
    let printable = decoded.chars().filter(|c| !c.is_control() || c.is_whitespace()).count();
    (printable >= HIDDEN).then_some(decoded)
}

/// How a calculation is read aloud, longer phrases first.
const ALOUD: &[(&str, &str)] = &[
    ("less than or equal to", "<="),
    ("greater than or equal to", ">="),
    ("to the power of", "**"),
    ("raised to the", "**"),
    ("the square root of", "sqrt"),
    ("square root of", "sqrt"),
    ("the natural logarithm of", "log"),
    ("the logarithm of", "log"),
    ("logarithm of", "log"),
    ("the exponential of", "exp"),
    ("the cosine of", "cos"),
    ("the sine of", "sin"),
    ("the maximum of", "max"),
    ("the larger of", "max"),
    ("the minimum of", "min"),
    ("the smaller of", "min"),
    ("the absolute value of", "abs"),
    ("the sum of", "sum"),
    ("the length of", "len"),
    ("does not equal", "!="),
    ("is not equal to", "!="),
    ("is equal to", "=="),
    ("is increased by", "+="),
    ("is set to", "="),
    ("is defined as", "="),
    ("is computed as", "="),
    ("becomes", "="),
    ("equals", "=="),
    ("is at most", "<="),
    ("is at least", ">="),
    ("is less than", "<"),
    ("is smaller than", "<"),
    ("is greater than", ">"),
    ("is larger than", ">"),
    ("exceeds", ">"),
    ("multiplied by", "*"),
    ("times", "*"),
    ("divided by", "/"),
    ("over", "/"),
    ("plus", "+"),
    ("minus", "-"),
    ("squared", "** 2"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("ten", "10"),
];

/// A spoken calculation, written down.
fn written(text: &str) -> Option<String> {
    let mut out =
        format!(" {} ", text.to_lowercase().replace("\\frac{", " ").replace("}{", " / ").replace([',', '\n'], " "));
    let before = out.len();
    let mut found = false;
    for (words, symbol) in ALOUD {
        let phrase = format!(" {words} ");
        if out.contains(&phrase) {
            found = true;
            out = out.replace(&phrase, &format!(" {symbol} "));
        }
    }
    (found || out.len() != before).then_some(out)
}
