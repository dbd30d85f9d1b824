//! TOML front matter between `+++` lines.

use thiserror::Error;

/// Why front matter could not be split off.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FrontMatterError {
    /// The source opens with `+++`, but no later line closes it.
    #[error("the front matter opened by `+++` on line 1 is never closed")]
    Unclosed,
    /// What stands between the fences is no TOML.
    #[error("the front matter is not valid TOML: {0}")]
    NotToml(String),
}

const FENCE: &str = "+++";

/// So many lines of `+++` are tried as the closing one before giving up.
const MAX_CANDIDATES: usize = 32;

/// Splits `source` into its TOML front matter and the body after it.
///
/// Without front matter it is `("", source)`. A byte-order mark before the first fence is
/// dropped. A line `+++` inside a multi-line TOML string does not close: the first one that
/// leaves valid TOML does.
///
/// # Errors
/// [`FrontMatterError`] when the closing line is missing, or the TOML is malformed.
pub fn split_front_matter(source: &str) -> Result<(&str, &str), FrontMatterError> {
    let start = source.strip_prefix('\u{feff}').unwrap_or(source);
    let Some((first, rest)) = start.split_once('\n') else {
        return if is_fence(start) { Err(FrontMatterError::Unclosed) } else { Ok(("", source)) };
    };
    if !is_fence(first) {
        return Ok(("", source));
    }
    let mut first_error = None;
    for (end, body) in closing_fences(rest).take(MAX_CANDIDATES) {
        let matter = &rest[..end];
        match matter.parse::<toml::Table>() {
            Ok(_) => return Ok((matter, &rest[body..])),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.map_or(FrontMatterError::Unclosed, |error| FrontMatterError::NotToml(error.to_string())))
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == FENCE
}

/// Of each fence line: where it begins, and where the line after it begins.
fn closing_fences(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let begin = at;
        at += line.len();
        is_fence(line).then_some((begin, at))
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{FrontMatterError, split_front_matter};

    #[test]
    fn front_matter_and_body_are_split() {
        assert_eq!(split_front_matter("+++\ntitle = \"A\"\n+++\n\n# B\n"), Ok(("title = \"A\"\n", "\n# B\n")));
        assert_eq!(split_front_matter("+++\r\na = 1\r\n+++\r\nB"), Ok(("a = 1\r\n", "B")));
        assert_eq!(split_front_matter("\u{feff}+++\n+++"), Ok(("", "")));
    }

    #[test]
    fn a_text_without_front_matter_is_all_body() {
        for source in ["", "# A", "text\n+++\n", " +++\na = 1\n+++\n", "++++\na\n+++\n"] {
            assert_eq!(split_front_matter(source), Ok(("", source)), "{source:?}");
        }
    }

    #[test]
    fn a_fence_inside_a_string_does_not_close() {
        let source = "+++\nsolution = '''\n+++ b/file\n+++\n'''\n+++\nBody\n+++\n";
        assert_eq!(split_front_matter(source), Ok(("solution = '''\n+++ b/file\n+++\n'''\n", "Body\n+++\n")));
    }

    #[test]
    fn faults_are_told_apart() {
        assert_eq!(split_front_matter("+++\na = 1\n"), Err(FrontMatterError::Unclosed));
        assert_eq!(split_front_matter("+++"), Err(FrontMatterError::Unclosed));
        let error = split_front_matter("+++\na = \n+++\nB").unwrap_err();
        assert!(error.to_string().starts_with("the front matter is not valid TOML: "), "{error}");
    }
}
