//! The passages, cut into sentences that can be quoted.

use std::collections::{HashMap, HashSet};

use crate::{
    Passage,
    text::{blocks, blocks::Block, fold, sentences, synonyms, terms},
};

/// Most passages that are looked into.
const PASSAGES: usize = 16;
/// Shortest and longest quotable sentence, in words.
const QUOTABLE: std::ops::RangeInclusive<usize> = 4..=60;

/// A sentence of a passage.
#[derive(Debug)]
pub(crate) struct Sentence {
    /// Index of the passage.
    pub(crate) passage: usize,
    /// Number of the block within the passage.
    pub(crate) block: usize,
    /// The sentence as it stands in the lesson's Markdown.
    pub(crate) text: String,
    /// The stems of all its words.
    pub(crate) stems: Vec<String>,
    /// Its number of words.
    pub(crate) length: usize,
    /// It leans on the sentence before ("This …", "However, …").
    pub(crate) dependent: bool,
    /// It may be quoted.
    pub(crate) quotable: bool,
}

/// A fenced block of a passage.
#[derive(Debug)]
pub(crate) struct Code {
    /// Index of the passage.
    pub(crate) passage: usize,
    /// The language of the fence.
    pub(crate) language: String,
    /// The code.
    pub(crate) body: String,
}

/// All sentences and code of the passages.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    /// In the order of the passages and of their text.
    pub(crate) sentences: Vec<Sentence>,
    /// In the same order.
    pub(crate) code: Vec<Code>,
    /// The stems of each passage's headings and title.
    pub(crate) headings: Vec<Vec<String>>,
    /// In how many passages a stem stands.
    frequency: HashMap<String, usize>,
}

impl Corpus {
    /// Reads the passages.
    pub(crate) fn read(passages: &[Passage]) -> Self {
        let mut corpus = Self::default();
        for (index, passage) in passages.iter().take(PASSAGES).enumerate() {
            corpus.add(index, passage);
        }
        corpus
    }

    fn add(&mut self, index: usize, passage: &Passage) {
        let first = self.sentences.len();
        let source = if passage.markdown.trim().is_empty() { &passage.text } else { &passage.markdown };
        for (number, block) in blocks::read(source).into_iter().enumerate() {
            let item = matches!(block, Block::Item(_));
            match block {
                Block::Prose(text) | Block::Item(text) => {
                    self.sentences
                        .extend(sentences::split(&text).into_iter().map(|text| sentence(index, number, text, item)));
                }
                Block::Code { language, body } => self.code.push(Code { passage: index, language, body }),
            }
        }
        let mut headings = terms::stems(&passage.heading_path.join(" "));
        headings.extend(terms::stems(&passage.lesson_title));
        let mut stems: HashSet<String> = headings.iter().cloned().collect();
        stems.extend(self.sentences[first..].iter().flat_map(|sentence| sentence.stems.iter().cloned()));
        stems.extend(terms::stems(&passage.text));
        for stem in stems {
            *self.frequency.entry(stem).or_default() += 1;
        }
        self.headings.push(headings);
    }

    /// How much a stem tells, from 0.2 (a common word) to about 1.5 (in few of the passages).
    pub(crate) fn rarity(&self, stem: &str) -> f32 {
        if terms::is_generic(stem) {
            return 0.2;
        }
        let all = self.headings.len() as f32;
        let with = self.frequency.get(stem).copied().unwrap_or(0) as f32;
        0.5 + (1.0 - with / (all + 1.0))
    }

    /// Whether the stem, or one that stands for the same idea, is in some passage.
    pub(crate) fn knows(&self, stem: &str) -> bool {
        self.frequency.contains_key(stem) || synonyms::kin(stem).iter().any(|kin| self.frequency.contains_key(*kin))
    }

    /// How many sentences contain the stem; a heading counts as three.
    pub(crate) fn mentions(&self, stem: &str) -> usize {
        let has = |stems: &[String]| stems.iter().any(|s| s == stem);
        let headings = self.headings.iter().filter(|stems| has(stems)).count();
        headings * 3 + self.sentences.iter().filter(|sentence| has(&sentence.stems)).count()
    }
}

fn sentence(passage: usize, block: usize, text: &str, item: bool) -> Sentence {
    let text = balanced(text);
    let words = fold::words(&text);
    // Without a final mark a sentence runs on into a formula, a list or code.
    let whole = item || text.ends_with(['.', '!', '?', '…', '”', '"', ')', '*', '$', '。', '！', '？']);
    let begun = !text.starts_with(char::is_lowercase);
    let quotable =
        QUOTABLE.contains(&words.len()) && whole && begun && !text.ends_with(':') && !gives_orders(&words.join(" "));
    Sentence {
        passage,
        block,
        stems: terms::stems(&text),
        length: words.len(),
        dependent: leans_back(&text, &words),
        quotable,
        text,
    }
}

/// Emphasis that a cut has left open is dropped.
fn balanced(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.matches("**").count() % 2 == 1 { text.replace("**", "") } else { text }
}

/// Words with which a sentence points at the one before it.
const LEANING: &[&str] = &[
    "this",
    "that",
    "these",
    "those",
    "it",
    "its",
    "they",
    "their",
    "he",
    "she",
    "but",
    "however",
    "so",
    "therefore",
    "thus",
    "hence",
    "and",
    "or",
    "then",
    "such",
    "both",
    "instead",
    "also",
    "second",
    "third",
    "finally",
    "otherwise",
    "consequently",
    "moreover",
    "furthermore",
    "similarly",
    "likewise",
    "nevertheless",
    "still",
    "yet",
    "again",
    "either",
    "neither",
    "conversely",
    "meanwhile",
    "here",
    "there",
    "because",
    "once",
    "another",
];

fn leans_back(text: &str, words: &[String]) -> bool {
    let first = words.first().map_or("", String::as_str);
    let phrase = words.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(" ");
    let pointing = [
        "the same",
        "in this",
        "in that",
        "for this",
        "for that",
        "on the other",
        "as a",
        "at this",
        "in other",
        "with this",
        "for example",
        "the latter",
        "the former",
        "the first",
        "the second",
        "the other",
        "the result",
    ];
    LEANING.contains(&first)
        || pointing.iter().any(|start| phrase.starts_with(start))
        || text.starts_with(char::is_lowercase)
}

/// A sentence that speaks to the tutor instead of the reader is data of the wrong kind: it is
/// neither obeyed nor quoted.
fn gives_orders(words: &str) -> bool {
    [
        "ignore all",
        "ignore previous",
        "ignore the previous",
        "ignore your",
        "ignore any",
        "disregard",
        "you are now",
        "system prompt",
        "as an ai",
        "language model you",
        "reveal the solution",
        "give the solution",
        "print the solution",
        "show the solution",
        "new instructions",
        "override your",
    ]
    .iter()
    .any(|order| words.contains(order))
}
