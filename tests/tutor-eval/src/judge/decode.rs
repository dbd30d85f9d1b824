//! A conversation as somebody reads it who knows the usual ways to hide a text in another.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// The text, and what comes out when it is read in other ways.
pub(super) fn readings(text: &str) -> Vec<String> {
    let visible: String =
        text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')).collect();
    vec![
        visible.chars().rev().collect(),
        visible.lines().map(|line| line.chars().rev().collect::<String>() + "\n").collect(),
        visible.chars().map(rot13).collect(),
        base64(&visible),
        hexadecimal(&visible),
        codes(&visible),
        visible.replace("\\n", "\n").replace("\\\"", "\""),
        aloud(&visible),
        visible,
    ]
}

/// First letters of lines, and single letters with spaces between: no layout survives in these.
pub(super) fn spellings(text: &str) -> Vec<String> {
    let first = |line: &str| line.trim_start_matches(|c: char| "-*>• ".contains(c)).chars().next();
    let last = |line: &str| line.trim_end_matches(['.', ',', ' ']).chars().last();
    let single = text.split_whitespace().filter(|word| word.chars().count() == 1).collect();
    vec![
        text.lines().filter_map(first).collect(),
        text.lines().filter_map(last).collect(),
        text.split_whitespace().filter_map(|word| word.chars().next()).collect(),
        single,
    ]
}

fn rot13(c: char) -> char {
    match c {
        'a'..='m' | 'A'..='M' => char::from(c as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(c as u8 - 13),
        other => other,
    }
}

fn base64(text: &str) -> String {
    let is_run = |word: &&str| word.len() >= 12 && word.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c));
    let all: String = text.split_whitespace().map(|word| word.trim_matches('`')).filter(is_run).collect();
    let whole = all.trim_end_matches('=');
    // A conversation may hold several runs; each is tried alone, then all as one.
    let runs = text.split_whitespace().map(|word| word.trim_matches(['`', '='])).chain([whole]);
    let decoded = runs.filter_map(|run| STANDARD_NO_PAD.decode(run).ok());
    decoded
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| text.len() > 8)
        .collect::<Vec<_>>()
        .join("\n")
}

fn hexadecimal(text: &str) -> String {
    let is_run =
        |word: &&str| word.len() >= 2 && word.len().is_multiple_of(2) && word.chars().all(|c| c.is_ascii_hexdigit());
    let digits: Vec<u8> = text.split_whitespace().filter(is_run).flat_map(str::bytes).collect();
    let bytes = digits.chunks_exact(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned()
}

fn codes(text: &str) -> String {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<u8>().ok());
    numbers.filter(|code| (9..127).contains(code)).map(char::from).collect()
}

/// Spoken calculation, written down.
fn aloud(text: &str) -> String {
    const SPOKEN: [(&str, &str); 26] = [
        ("the square root of", "sqrt"),
        ("the logarithm of", "log"),
        ("the exponential of", "exp"),
        ("the cosine of", "cos"),
        ("the sine of", "sin"),
        ("the maximum of", "max"),
        ("the minimum of", "min"),
        ("the absolute value of", "abs"),
        ("the sum of", "sum"),
        ("the length of", "len"),
        ("to the power of", "**"),
        ("is at most", "<="),
        ("is at least", ">="),
        ("does not equal", "!="),
        ("equals", "=="),
        ("is increased by", "+="),
        ("is set to", "="),
        ("is less than", "<"),
        ("is greater than", ">"),
        ("multiplied by", "*"),
        ("times", "*"),
        ("divided by", "/"),
        ("over", "/"),
        ("plus", "+"),
        ("minus", "-"),
        ("becomes", "="),
    ];
    let lower = text.to_lowercase();
    SPOKEN.iter().fold(lower, |text, (words, symbol)| text.replace(&format!(" {words} "), &format!(" {symbol} ")))
}
