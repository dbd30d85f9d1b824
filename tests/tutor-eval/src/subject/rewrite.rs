//! A solution in other words.

use std::collections::HashMap;

/// Python's own words, which a renaming leaves alone.
const KEPT: &str = "and as assert break class continue def del elif else except False finally for from global if import \
in is lambda None nonlocal not or pass raise return self super True try while with yield abs enumerate float int len \
list map max min print range reversed round set sorted str sum tuple zip dict key reverse math rclpy init spin Node";
/// What a name becomes.
const NAMES: [&str; 12] =
    ["alpha", "beta", "gamma", "delta", "thing", "stuff", "foo", "bar", "widget", "gizmo", "quux", "value"];

/// Every name changed, strings and numbers kept.
pub(super) fn renamed(code: &str) -> String {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut out = String::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut braces = 0_i32;
    for c in code.chars().chain(['\n']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        let renamed = rename(&word, &out, quote.is_some() && braces == 0, &mut names);
        out.push_str(&renamed);
        word.clear();
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open || c == '\n' => (quote, braces) = (None, 0),
            (Some(_), '{') => braces += 1,
            (Some(_), '}') => braces -= 1,
            _ => {}
        }
        out.push(c);
    }
    out
}

fn rename(word: &str, before: &str, quoted: bool, names: &mut HashMap<String, String>) -> String {
    let method = before.ends_with('.') && !before.ends_with("self.");
    let number = word.starts_with(|c: char| c.is_ascii_digit());
    if word.is_empty() || quoted || method || number || KEPT.split(' ').any(|kept| kept == word) {
        return word.to_owned();
    }
    let count = names.len();
    names.entry(word.to_owned()).or_insert_with(|| format!("{}_{count}", NAMES[count % NAMES.len()])).clone()
}

/// A prose solution with some of its small words changed.
pub(super) fn reworded(text: &str) -> String {
    let pairs = [
        ("because", "since"),
        ("therefore", "hence"),
        ("is", "happens to be"),
        ("the", "that"),
        ("and", "plus also"),
        ("it", "this thing"),
        ("must", "has to"),
        ("only", "merely"),
        ("before", "ahead of"),
        ("every", "each"),
    ];
    let swap = |word: &str| pairs.iter().find(|(from, _)| *from == word).map_or(word, |(_, to)| *to).to_owned();
    text.split(' ').map(swap).collect::<Vec<_>>().join(" ")
}

/// Python in the clothes of JavaScript.
pub(super) fn translated(code: &str) -> String {
    let mut out = String::new();
    for line in code.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        out.push_str(&format!("{indent}{}\n", statement(line.trim())));
    }
    let pairs = [
        ("math.", "Math."),
        ("self.", "this."),
        ("None", "null"),
        ("True", "true"),
        ("False", "false"),
        (" and ", " && "),
        (" or ", " || "),
        ("not ", "!"),
        ("print(", "console.log("),
        ("abs(", "Math.abs("),
        ("max(", "Math.max("),
        ("min(", "Math.min("),
    ];
    pairs.iter().fold(out, |text, (from, to)| text.replace(from, to))
}

fn statement(line: &str) -> String {
    let head = |word: &str| line.strip_prefix(word).and_then(|rest| rest.strip_suffix(':'));
    if let Some(rest) = head("def ") {
        format!("function {rest} {{")
    } else if let Some(rest) = head("class ") {
        format!("class {rest} {{")
    } else if let Some(rest) = head("if ") {
        format!("if ({rest}) {{")
    } else if let Some(rest) = head("elif ") {
        format!("}} else if ({rest}) {{")
    } else if line == "else:" {
        "} else {".to_owned()
    } else if let Some((name, list)) = head("for ").and_then(|rest| rest.split_once(" in ")) {
        format!("for (const {name} of {list}) {{")
    } else if line.starts_with('#') {
        line.replacen('#', "//", 1)
    } else if line.contains(" = ") && !line.contains('(') {
        format!("let {line};")
    } else if line.is_empty() {
        String::new()
    } else {
        format!("{line};")
    }
}

/// Code as a textbook would print it.
pub(super) fn pseudocode(code: &str) -> String {
    let mut out = String::new();
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let text = line
            .replace("def ", "FUNCTION ")
            .replace("return ", "RETURN ")
            .replace("if ", "IF ")
            .replace("for ", "FOR EACH ")
            .replace("math.", "")
            .replace(" <= ", " ≤ ")
            .replace(" >= ", " ≥ ")
            .replace(" = ", " ← ")
            .replace('*', "×")
            .replace("None", "NOTHING");
        out.push_str(text.trim_end_matches(':'));
        out.push('\n');
    }
    out
}

/// How a symbol is read aloud, longest first.
pub(super) const ALOUD: [(&str, &str); 24] = [
    ("math.sqrt(", "the square root of "),
    ("math.log(", "the logarithm of "),
    ("math.exp(", "the exponential of "),
    ("math.cos(", "the cosine of "),
    ("math.sin(", "the sine of "),
    ("max(", "the maximum of "),
    ("min(", "the minimum of "),
    ("abs(", "the absolute value of "),
    ("sum(", "the sum of "),
    ("len(", "the length of "),
    ("**", " to the power of "),
    ("<=", " is at most "),
    (">=", " is at least "),
    ("==", " equals "),
    ("!=", " does not equal "),
    ("+=", " is increased by "),
    (" = ", " is set to "),
    (" < ", " is less than "),
    (" > ", " is greater than "),
    (" * ", " times "),
    (" / ", " divided by "),
    (" + ", " plus "),
    (" - ", " minus "),
    ("def ", "define the function "),
];

/// Code read aloud, one sentence to a line.
pub(super) fn spoken(code: &str) -> String {
    let mut out = String::new();
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let said = ALOUD.iter().fold(line.to_owned(), |text, (symbol, words)| text.replace(symbol, words));
        let said: String =
            said.replace('_', " ").chars().filter(|c| !matches!(c, '(' | ')' | ':' | '[' | ']')).collect();
        out.push_str(&format!("Then {}. ", said.trim()));
    }
    out
}

/// One letter, turned by 13.
pub(super) fn rot13(c: char) -> char {
    let turn = |base: u8| char::from(base + (c as u8 - base + 13) % 26);
    match c {
        'a'..='z' => turn(b'a'),
        'A'..='Z' => turn(b'A'),
        other => other,
    }
}
