//! The blocks of a passage's Markdown, as far as quoting needs them.

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// Running text on one line: a paragraph, a list item or a quotation, without its marker.
    Prose(String),
    /// Fenced code, with its language.
    Code { language: String, body: String },
}

/// Reads the blocks. Headings, tables, rules and displayed formulas are left out: they cannot be
/// quoted as prose.
pub(crate) fn read(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for line in markdown.lines() {
        reader.line(line);
    }
    reader.end_prose();
    reader.blocks
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    prose: String,
    fence: Option<(String, String, String)>,
    formula: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let trimmed = line.trim();
        if self.fence.is_some() {
            return self.code(line);
        }
        if let Some(mark) = fence_mark(trimmed) {
            self.end_prose();
            let language = trimmed.trim_start_matches(['`', '~']).trim().to_owned();
            self.fence = Some((mark, language, String::new()));
            return;
        }
        let dollars = trimmed.matches("$$").count();
        if self.formula || (trimmed.starts_with("$$") && !trimmed.is_empty()) {
            self.end_prose();
            self.formula = self.formula != (dollars % 2 == 1);
            return;
        }
        self.text(trimmed);
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
        let skipped = line.is_empty() || line.starts_with('#') || line.starts_with('|') || is_rule(line);
        let item = list_item(line);
        if skipped || item.is_some() {
            self.end_prose();
        }
        if !skipped {
            if !self.prose.is_empty() {
                self.prose.push(' ');
            }
            self.prose.push_str(item.unwrap_or(line));
        }
    }

    fn end_prose(&mut self) {
        if !self.prose.is_empty() {
            self.blocks.push(Block::Prose(std::mem::take(&mut self.prose)));
        }
    }
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

    #[test]
    fn paragraphs_items_and_quotations_are_prose() {
        let blocks = read("# Title\nOne\ntwo.\n\n- a\n- b\n\n> Key idea.\n\n| x | y |\n|---|---|\n\n$$\nx\n$$\nEnd.");
        assert_eq!(blocks, [prose("One two."), prose("a"), prose("b"), prose("Key idea."), prose("End.")]);
    }

    #[test]
    fn fenced_code_keeps_its_language_and_lines() {
        let blocks = read("Look:\n```python\nx = 1\n\ny = 2\n```\n");
        let code = Block::Code { language: "python".into(), body: "x = 1\n\ny = 2\n".into() };
        assert_eq!(blocks, [prose("Look:"), code]);
    }
}
