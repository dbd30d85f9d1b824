//! Listings: the name of a language, and its highlighted source.

use crate::{escape::push_text, highlight};

/// A language as a listing names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Language {
    /// Shown to the reader; letters, digits and `+#._-` only.
    pub(crate) label: String,
    /// The token by which the grammar is found.
    grammar: String,
}

/// Names that authors write, with the label shown and the grammar used.
const ALIASES: &[(&str, &str, &str)] = &[
    ("py", "python", "py"),
    ("python3", "python", "py"),
    ("python", "python", "py"),
    ("sh", "bash", "sh"),
    ("shell", "bash", "sh"),
    ("zsh", "bash", "sh"),
    ("bash", "bash", "sh"),
    ("console", "console", "sh"),
    ("terminal", "console", "sh"),
    ("yml", "yaml", "yaml"),
    ("c++", "cpp", "cpp"),
    ("cxx", "cpp", "cpp"),
    ("hpp", "cpp", "cpp"),
    ("rs", "rust", "rs"),
    ("js", "javascript", "js"),
    ("urdf", "urdf", "xml"),
    ("xacro", "xacro", "xml"),
    ("sdf", "sdf", "xml"),
    ("launch", "launch", "xml"),
    ("jsonc", "json", "json"),
];

/// Longer names are none.
const MAX_NAME: usize = 32;

/// The language that the info string of a fence names: its first word.
pub(crate) fn language(info: &str) -> Option<Language> {
    let name = info.split([' ', '\t', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
    let plausible = |byte: u8| byte.is_ascii_alphanumeric() || b"+#._-".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(plausible) {
        return None;
    }
    let known = ALIASES.iter().find(|(alias, ..)| *alias == name);
    Some(known.map_or_else(
        || Language { label: name.clone(), grammar: name.clone() },
        |(_, label, grammar)| Language { label: (*label).to_owned(), grammar: (*grammar).to_owned() },
    ))
}

/// A listing longer than this is not highlighted, in bytes.
const MAX_LISTING: usize = 64 * 1024;

/// A listing with a longer line is not highlighted, in bytes: grammars are made for lines that
/// people write, and some take quadratic time on others.
const MAX_LINE: usize = 1000;

/// Appends a listing, highlighted if its language is known.
pub(crate) fn push_highlighted(out: &mut String, source: &str, language: Option<&Language>) {
    let small = source.len() <= MAX_LISTING && source.lines().all(|line| line.len() <= MAX_LINE);
    let done = language.filter(|_| small).and_then(|language| highlight::highlight(source, &language.grammar));
    match done {
        Some(html) => out.push_str(&html),
        None => push_text(out, source),
    }
}

#[cfg(test)]
mod tests {
    use super::language;

    fn label(info: &str) -> Option<String> {
        language(info).map(|found| found.label)
    }

    #[test]
    fn aliases_share_one_label() {
        for info in ["py", "python3", "Python", "python title=\"a.py\"", "py,ignore", "py{1,2}"] {
            assert_eq!(label(info).as_deref(), Some("python"), "{info}");
        }
        assert_eq!(label("c++").as_deref(), Some("cpp"));
        assert_eq!(label("brainfuck").as_deref(), Some("brainfuck"));
    }

    #[test]
    fn what_is_no_name_is_no_language() {
        for info in ["", " ", "\"><script>", "a\"b", &"x".repeat(40)] {
            assert_eq!(label(info), None, "{info}");
        }
    }
}
