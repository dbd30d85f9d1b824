//! Source code to HTML with classes.
//!
//! A grammar yields stacks of fine-grained scopes; readers need a dozen colours. The innermost
//! scope that [`CLASSES`] knows decides, so the HTML stays small.

use std::{str::FromStr, sync::LazyLock};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use crate::escape::push_text;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Scopes and their classes; the first that is a prefix counts. An empty class resets: code
/// inside a string is no string.
const CLASSES: &[(&str, &str)] = &[
    ("comment", "comment"),
    ("constant.character.escape", "escape"),
    ("constant.other.placeholder", "escape"),
    ("meta.interpolation", ""),
    ("meta.template.expression", ""),
    ("string", "string"),
    ("constant.numeric", "number"),
    ("constant.other.color", "number"),
    ("constant.language", "constant"),
    ("constant", "constant"),
    ("keyword.operator.logical.python", "keyword"),
    ("keyword.operator", "operator"),
    ("keyword", "keyword"),
    ("storage.type.numeric", "number"),
    ("storage", "keyword"),
    ("variable.language", "constant"),
    ("variable.function", "function"),
    ("variable.annotation", "attribute"),
    ("entity.name.function", "function"),
    ("entity.name.macro", "function"),
    ("support.function", "function"),
    ("support.macro", "function"),
    ("entity.name.tag", "tag"),
    ("entity.other.attribute-name", "attribute"),
    ("meta.mapping.key", "tag"),
    ("entity.name", "type"),
    ("entity.other.inherited-class", "type"),
    ("support.type", "type"),
    ("support.class", "type"),
];

static SCOPES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    CLASSES.iter().filter_map(|(scope, class)| Some((Scope::from_str(scope).ok()?, *class))).collect()
});

/// The classes in use, without the `hl-` before them.
#[cfg(test)]
pub(crate) fn classes() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|(_, class)| *class).filter(|class| !class.is_empty())
}

/// The highlighted source, or `None` if there is no grammar or the grammar gives up.
pub(crate) fn highlight(source: &str, grammar: &str) -> Option<String> {
    let syntax = SYNTAXES.find_syntax_by_token(grammar).filter(|syntax| is_helpful(syntax))?;
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut spans = Spans { out: String::with_capacity(source.len() * 3), open: "" };
    for line in source.split_inclusive('\n') {
        let mut from = 0;
        for (at, operation) in state.parse_line(line, &SYNTAXES).ok()? {
            spans.push(line.get(from..at)?, class(&stack));
            stack.apply(&operation).ok()?;
            from = at;
        }
        spans.push(line.get(from..)?, class(&stack));
    }
    spans.switch("");
    Some(spans.out)
}

fn is_helpful(syntax: &SyntaxReference) -> bool {
    syntax.name != "Plain Text"
}

fn class(stack: &ScopeStack) -> &'static str {
    stack.as_slice().iter().rev().find_map(|scope| known(*scope)).unwrap_or_default()
}

fn known(scope: Scope) -> Option<&'static str> {
    SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, class)| *class)
}

/// Writes pieces of code, joining neighbours of the same class.
struct Spans {
    out: String,
    open: &'static str,
}

impl Spans {
    fn push(&mut self, text: &str, class: &'static str) {
        if text.is_empty() {
            return;
        }
        // White space has no colour; leaving the span open saves tags.
        if !text.trim().is_empty() {
            self.switch(class);
        }
        push_text(&mut self.out, text);
    }

    fn switch(&mut self, class: &'static str) {
        if self.open == class {
            return;
        }
        if !self.open.is_empty() {
            self.out.push_str("</span>");
        }
        if !class.is_empty() {
            self.out.push_str("<span class=\"hl-");
            self.out.push_str(class);
            self.out.push_str("\">");
        }
        self.open = class;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::highlight;

    #[test]
    fn python_is_coloured() {
        let html = highlight("def go(x):\n    return \"<a>\" # hi\n", "py").unwrap();
        assert!(html.contains("<span class=\"hl-keyword\">def"), "{html}");
        assert!(html.contains("<span class=\"hl-function\">go</span>"), "{html}");
        assert!(html.contains("&lt;a&gt;"), "{html}");
        assert!(html.contains("<span class=\"hl-comment\"># hi"), "{html}");
    }

    #[test]
    fn the_languages_of_the_course_have_grammars() {
        for (grammar, source) in [
            ("py", "import rclpy"),
            ("sh", "echo \"$HOME\""),
            ("yaml", "rate: 10 # Hz"),
            ("xml", "<link name=\"base\"/>"),
            ("cpp", "int main() { return 0; }"),
            ("rs", "fn main() {}"),
            ("json", "{\"a\": 1}"),
        ] {
            assert!(highlight(source, grammar).unwrap().contains("hl-"), "{grammar}");
        }
        assert_eq!(highlight("anything", "txt"), None);
        assert_eq!(highlight("anything", "no-such-language"), None);
    }
}
