//! Source text as tokens in which renaming and reformatting leave no trace.

/// What stands for every identifier that its author could have named otherwise.
const NAME: &str = "_";

/// Words that cannot be renamed: keywords and common built-ins.
const FIXED: &[&str] = &[
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "none",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "self",
    "try",
    "while",
    "with",
    "yield",
    "true",
    "false",
    "print",
    "range",
    "len",
    "round",
    "min",
    "max",
    "sum",
    "abs",
    "int",
    "float",
    "str",
    "list",
    "dict",
    "enumerate",
    "zip",
    "sorted",
    "super",
    "math",
    "np",
    "numpy",
    "rclpy",
    "void",
    "auto",
    "const",
    "double",
    "bool",
    "char",
    "struct",
    "public",
    "private",
    "this",
    "new",
    "null",
    "switch",
    "case",
    "default",
    "do",
    "let",
    "fn",
    "mut",
    "impl",
    "pub",
    "use",
    "match",
    "static",
    "include",
    "namespace",
    "using",
    "template",
    "std",
    "echo",
    "then",
    "fi",
    "done",
    "export",
    "source",
];

/// Marks that carry no structure across layouts.
const SILENT: &[char] = &[';', '`', '\\', '>'];

/// The tokens of a source text, a list per line. Comments and documentation strings are gone.
pub(super) fn lines(source: &str) -> Vec<Vec<String>> {
    let source = without_blocks(source);
    source.lines().map(line).filter(|tokens| !tokens.is_empty()).collect()
}

/// Removes `/* … */` and triple-quoted strings.
fn without_blocks(source: &str) -> String {
    let mut out = source.to_owned();
    for (open, close) in [("/*", "*/"), ("\"\"\"", "\"\"\""), ("'''", "'''")] {
        let mut kept = String::with_capacity(out.len());
        let mut rest = out.as_str();
        while let Some(at) = rest.find(open) {
            let Some(length) = rest[at + 3.min(open.len())..].find(close) else { break };
            kept.push_str(&rest[..at]);
            rest = &rest[at + open.len() + length + close.len()..];
        }
        kept.push_str(rest);
        out = kept;
    }
    out
}

fn line(text: &str) -> Vec<String> {
    let mut reader = Line { rest: text, tokens: Vec::new() };
    while let Some(c) = reader.rest.chars().next() {
        if reader.is_comment() {
            break;
        }
        reader.take(c);
    }
    reader.tokens
}

struct Line<'t> {
    rest: &'t str,
    tokens: Vec<String>,
}

impl Line<'_> {
    fn is_comment(&self) -> bool {
        let hash =
            self.rest.starts_with('#') && !self.rest.starts_with("#include") && !self.rest.starts_with("#define");
        hash || (self.rest.starts_with("//") && self.tokens.last().is_none_or(|last| last != ":"))
    }

    fn take(&mut self, c: char) {
        if c.is_alphabetic() || c == '_' {
            self.word();
        } else if c.is_numeric() {
            self.run(|c| c.is_alphanumeric() || c == '.' || c == '_');
        } else if c == '"' || c == '\'' {
            self.string(c);
        } else {
            if !c.is_whitespace() && !SILENT.contains(&c) {
                self.tokens.push(c.to_string());
            }
            self.rest = &self.rest[c.len_utf8()..];
        }
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        self.tokens.push(self.rest[..end].trim_end_matches('.').to_owned());
        self.rest = &self.rest[end..];
    }

    fn word(&mut self) {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let word = self.rest[..end].to_lowercase();
        self.rest = &self.rest[end..];
        // A method of somebody else's object keeps its name: renaming it would break the program.
        let foreign = self.tokens.len() >= 2
            && self.tokens[self.tokens.len() - 1] == "."
            && !matches!(self.tokens[self.tokens.len() - 2].as_str(), "self" | "this");
        let kept = foreign || FIXED.contains(&word.as_str());
        self.tokens.push(if kept { word } else { NAME.to_owned() });
    }

    /// A string without its prefix; an apostrophe without a partner is no string.
    fn string(&mut self, quote: char) {
        let inner = &self.rest[1..];
        match inner.find(quote) {
            Some(length) => {
                self.tokens.push("\"".to_owned());
                self.rest = &inner[length + 1..];
            }
            None => self.rest = inner,
        }
    }
}

/// Whether tokens consist of nothing but names and full stops, as prose does.
pub(super) fn says_nothing(tokens: &[String]) -> bool {
    tokens.iter().all(|token| token == NAME || token == "." || token == ",")
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn names_comments_and_layout_fold() {
        assert_eq!(lines("speed = gain*err  # go\n\n\n"), lines("  v=k * e"));
    }

    #[test]
    fn what_cannot_be_renamed_is_kept() {
        assert_ne!(lines("node.create_publisher(x)"), lines("node.create_timer(x)"));
        assert_eq!(lines("self.speed = 1"), lines("self.v = 1"));
    }

    #[test]
    fn documentation_is_no_code() {
        assert_eq!(lines("def f():\n    \"\"\"Doc.\n    More.\"\"\"\n    return 1"), lines("def g():\n  return 1"));
    }
}
