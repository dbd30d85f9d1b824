//! The blocks of a passage's Markdown, as far as quoting needs them.

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// Running text on one line: a paragraph or a quotation, without its marker.
    Prose(String),
    /// A list item, which may do without a final mark.
    Item(String),
    /// Fenced code, with its language.
    Code { language: String, body: String },
}

/// Reads the blocks. Headings, tables, rules and formulas that stand alone are left out: they cannot
/// be quoted as prose.
pub(crate) fn read(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for line in markdown.lines() {
        reader.line(line);
    }
    reader.end_prose();
    reader.blocks
}

/// Longest displayed formula that is drawn into its sentence, in bytes.
const FORMULA: usize = 240;

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    prose: String,
    item: bool,
    /// A blank line came in the middle of a sentence: a displayed formula may complete it.
    waiting: bool,
    /// Mark, language and body of an open fence.
    fence: Option<(String, String, String)>,
    /// An open displayed formula.
    formula: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let trimmed = line.trim();
        if self.fence.is_some() {
            return self.code(line);
        }
        if self.formula.is_some() || trimmed.starts_with("$$") {
            return self.display(trimmed);
        }
        if let Some(mark) = fence_mark(trimmed) {
            self.end_prose();
            let language = trimmed.trim_start_matches(['`', '~']).trim().to_owned();
            self.fence = Some((mark, language, String::new()));
            return;
        }
        self.text(trimmed);
    }

    fn display(&mut self, line: &str) {
        let (mut tex, rest) = match self.formula.take() {
            Some(tex) => (tex, line),
            None => (String::new(), &line[2..]),
        };
        let end = rest.find("$$");
        tex.push_str(rest[..end.unwrap_or(rest.len())].trim());
        if end.is_none() {
            tex.push(' ');
            self.formula = Some(tex);
        } else if self.prose.is_empty() || is_ended(&self.prose) || tex.len() > FORMULA || tex.contains('$') {
            self.end_prose();
        } else {
            self.prose.push_str(&format!(" ${}$", tex.trim()));
            self.waiting = true;
        }
    }

    fn code(&mut self, line: &str) {
        let Some((mark, language, mut body)) = self.fence.take() else { return };
        if line.trim() == mark || (line.trim().starts_with(&mark) && line.trim().chars().all(|c| mark.starts_with(c))) {
            self.blocks.push(Block::Code { language, body });
            return;
        }
        body.push_str(line);
        body.push('\n');
        self.fence = Some((mark, language, body));
    }

    fn text(&mut self, line: &str) {
        let line = line.trim_start_matches('>').trim();
        if line.is_empty() && !self.item && !self.prose.is_empty() && !is_ended(&self.prose) {
            self.waiting = true;
            return;
        }
        let skipped = line.is_empty() || line.starts_with('#') || line.starts_with('|') || is_rule(line);
        let item = list_item(line);
        let continued = !self.waiting || line.starts_with(char::is_lowercase);
        if skipped || item.is_some() || !continued {
            self.end_prose();
        }
        self.waiting = false;
        if !skipped {
            if !self.prose.is_empty() {
                self.prose.push(' ');
            }
            self.item |= item.is_some();
            self.prose.push_str(item.unwrap_or(line));
        }
    }

    fn end_prose(&mut self) {
        if !self.prose.is_empty() {
            let text = std::mem::take(&mut self.prose);
            self.blocks.push(if self.item { Block::Item(text) } else { Block::Prose(text) });
        }
        self.item = false;
        self.waiting = false;
    }
}

/// Whether a text ends with a sentence's final mark.
fn is_ended(text: &str) -> bool {
    text.trim_end_matches(['*', '_', ')', '”', '"']).ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

fn fence_mark(line: &str) -> Option<String> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let run: String = line.chars().take_while(|c| *c == mark).collect();
    (run.len() >= 3).then_some(run)
}

fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '*' | '_' | '=' | ' '))
}

fn list_item(line: &str) -> Option<&str> {
    let bullet = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark));
    bullet.or_else(|| {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let rest = (1..=3).contains(&digits).then(|| &line[digits..])?;
        rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))
    })
}

#[cfg(test)]
mod tests {
    use super::{Block, read};

    fn prose(text: &str) -> Block {
        Block::Prose(text.to_owned())
    }

    fn item(text: &str) -> Block {
        Block::Item(text.to_owned())
    }

    #[test]
    fn paragraphs_items_and_quotations_are_prose() {
        let blocks = read("# Title\nOne\ntwo.\n\n- a\n- b\n\n> Key idea.\n\n| x | y |\n|---|---|\n\n$$\nx\n$$\nEnd.");
        assert_eq!(blocks, [prose("One two."), item("a"), item("b"), prose("Key idea."), prose("End.")]);
    }

    #[test]
    fn a_displayed_formula_belongs_to_its_sentence() {
        let blocks = read("It sags. The error is\n\n$$e = 1$$\n\nfor a gain.\n\n$$\nx\n$$\n\nMore");
        assert_eq!(blocks, [prose("It sags. The error is $e = 1$ for a gain."), prose("More")]);
    }

    #[test]
    fn fenced_code_keeps_its_language_and_lines() {
        let blocks = read("Look:\n```python\nx = 1\n\ny = 2\n```\n");
        let code = Block::Code { language: "python".into(), body: "x = 1\n\ny = 2\n".into() };
        assert_eq!(blocks, [prose("Look:"), code]);
    }
}
