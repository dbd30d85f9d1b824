//! An answer in the making: it knows what was said and keeps the citations straight.

use std::collections::HashSet;

use super::{Citation, wording};
use crate::reading::{Reading, Sentence, comparable, spoken};

/// The answer so far.
pub(super) struct Draft<'r, 'q> {
    pub(super) r: &'r Reading<'q>,
    pub(super) markdown: String,
    pub(super) citations: Vec<Citation>,
    /// Passages in the order of their numbers.
    numbered: Vec<usize>,
    /// Sentences of this answer, comparable.
    said: HashSet<String>,
    seed: usize,
}

impl<'r, 'q> Draft<'r, 'q> {
    /// An empty answer.
    pub(super) fn new(r: &'r Reading<'q>) -> Self {
        let seed = r
            .words
            .0
            .iter()
            .flat_map(|word| word.bytes())
            .fold(r.turns, |seed, byte| seed.wrapping_mul(31).wrapping_add(usize::from(byte)) & 0xffff);
        Self { r, markdown: String::new(), citations: Vec::new(), numbered: Vec::new(), said: HashSet::new(), seed }
    }

    /// Whether none of the text's sentences was said in this thread, this answer included.
    pub(super) fn is_fresh(&self, text: &str) -> bool {
        spoken(text).iter().all(|sentence| !self.r.said.contains(sentence) && !self.said.contains(sentence))
    }

    /// Adds one of the options as a paragraph, if one is fresh. Templates that lack a name are
    /// passed over.
    pub(super) fn say(&mut self, options: &[&str], names: &wording::Names) -> bool {
        let chosen = self.choose(options, names);
        if let Some(text) = &chosen {
            self.paragraph(text);
        }
        chosen.is_some()
    }

    /// The first fresh option, beginning at a place that varies with the question and the turn. One
    /// whose wording was not used with other names either comes first.
    pub(super) fn choose(&self, options: &[&str], names: &wording::Names) -> Option<String> {
        let rotated: Vec<&str> = (0..options.len()).map(|step| options[(self.seed + step) % options.len()]).collect();
        let fresh = |template: &&str| names.fill(template).filter(|text| self.is_fresh(text));
        let unused = rotated.iter().filter(|template| !self.is_used(template));
        unused.clone().find_map(fresh).or_else(|| rotated.iter().find_map(fresh))
    }

    /// Whether the longest literal part of a template stands in something said.
    fn is_used(&self, template: &str) -> bool {
        let parts = template.split(['{', '}']).step_by(2).map(comparable);
        let Some(longest) = parts.max_by_key(String::len).filter(|part| part.len() > 12) else { return false };
        self.r.said.iter().chain(&self.said).any(|sentence| sentence.contains(&longest))
    }

    /// Adds a paragraph as it is.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.gap();
        self.markdown.push_str(text.trim());
        self.said.extend(spoken(text));
    }

    /// Adds a sentence to the current paragraph.
    pub(super) fn go_on(&mut self, text: &str) {
        if !self.markdown.is_empty() && !self.markdown.ends_with(char::is_whitespace) {
            self.markdown.push(' ');
        }
        self.markdown.push_str(text.trim());
        self.said.extend(spoken(text));
    }

    /// Begins a new paragraph.
    pub(super) fn gap(&mut self) {
        if !self.markdown.is_empty() {
            self.markdown.truncate(self.markdown.trim_end().len());
            self.markdown.push_str("\n\n");
        }
    }

    /// Quotes a sentence in the current paragraph and cites its passage. One without a final mark
    /// (a list item) ends its paragraph.
    pub(super) fn quote(&mut self, sentence: &Sentence) {
        self.go_on(&sentence.text);
        self.cite(sentence.passage);
        if !sentence.text.ends_with(|c: char| !c.is_alphanumeric() && c != '`') {
            self.gap();
        }
    }

    /// Adds the marker for a passage.
    pub(super) fn cite(&mut self, passage: usize) {
        let known = self.numbered.iter().position(|p| *p == passage);
        let number = known.unwrap_or(self.numbered.len()) + 1;
        if known.is_none() {
            self.numbered.push(passage);
        }
        self.markdown.push_str(&format!(" [{number}]"));
        self.citations.push(Citation { number, passage, at: self.markdown.chars().count() });
    }

    /// Whether a sentence was quoted in this thread or in this answer.
    pub(super) fn is_said(&self, sentence: &Sentence) -> bool {
        let form = comparable(&sentence.text);
        self.r.said.contains(&form) || self.said.contains(&form)
    }

    /// The number of words so far.
    pub(super) fn words(&self) -> usize {
        self.markdown.split_whitespace().count()
    }
}
