//! One turn, read once: words, subjects, intent, and the passages cut into sentences.

mod corpus;
mod coverage;
mod spoken;

use std::collections::HashSet;

use crate::{
    Question, Speaker,
    intent::{Intent, unmask},
    search::earlier_question,
    text::{phrase::Words, terms},
};

pub(crate) use corpus::{Code, Corpus, Sentence};
pub(crate) use spoken::{comparable, spoken};

/// Longest message that is read, in characters; the rest cannot change what a person means.
const READ: usize = 8_000;

/// A question with everything that is derived from it.
pub(crate) struct Reading<'q> {
    /// The question itself.
    pub(crate) q: &'q Question<'q>,
    /// Its words, disguises undone.
    pub(crate) words: Words,
    /// What they want.
    pub(crate) intent: Intent,
    /// The message's own subject stems.
    pub(crate) own: Vec<String>,
    /// Subject stems from around it: the selection, the earlier question, the lesson.
    pub(crate) context: Vec<String>,
    /// The message has (almost) no subject of its own; the context's is meant.
    pub(crate) leaning: bool,
    /// The passages.
    pub(crate) corpus: Corpus,
    /// Sentences the tutor has said in this thread, in their comparable form.
    pub(crate) said: HashSet<String>,
    /// How often the tutor has spoken in this thread.
    pub(crate) turns: usize,
}

impl<'q> Reading<'q> {
    /// Reads a question.
    pub(crate) fn new(q: &'q Question<'q>) -> Self {
        let text = clip(q.text);
        let words = unmask(text);
        let own = terms::content(text);
        let tutor = || q.history.iter().filter(|said| said.by == Speaker::Tutor);
        Self {
            intent: Intent::read(text, &words),
            context: context(q, &own),
            leaning: own.is_empty() || earlier_question(q.text, q.history).is_some(),
            corpus: Corpus::read(q.passages),
            said: tutor().flat_map(|said| spoken(&said.text)).collect(),
            turns: tutor().count(),
            words,
            own,
            q,
        }
    }

    /// The stems of what the message is about: its own, or those it leans on.
    pub(crate) fn subject(&self) -> Vec<String> {
        let around = if self.leaning { self.context.as_slice() } else { &[] };
        self.own.iter().chain(around).cloned().collect()
    }

    /// The subject stems that matter, with their weight: the message's own first.
    pub(crate) fn wanted(&self) -> Vec<(&str, f32)> {
        let (mine, theirs) = if self.leaning { (1.0, 0.9) } else { (1.0, 0.5) };
        let own = self.own.iter().map(|stem| (stem.as_str(), mine));
        let context = self.context.iter().filter(|stem| !self.own.contains(stem));
        let around = context.map(|stem| (stem.as_str(), theirs));
        own.chain(around).map(|(stem, weight)| (stem, weight * self.corpus.rarity(stem))).collect()
    }
}

/// Where the subject comes from when the message does not bring (all of) it.
fn context(q: &Question<'_>, own: &[String]) -> Vec<String> {
    let mut out = q.quoted.map(|quoted| terms::content(clip(quoted))).unwrap_or_default();
    if let Some(earlier) = earlier_question(q.text, q.history) {
        out.extend(terms::content(earlier));
        out.extend(terms::content(asked_about(q).unwrap_or_default()));
    }
    if out.is_empty() && own.is_empty() {
        out.extend(terms::content(q.lesson_title.unwrap_or_default()));
        out.extend(q.concepts.iter().flat_map(|concept| terms::content(concept)));
    }
    out
}

/// The concept of the tutor's latest question: the last words it set in bold.
pub(crate) fn asked_about<'q>(q: &Question<'q>) -> Option<&'q str> {
    let latest = q.history.iter().rev().find(|said| said.by == Speaker::Tutor)?;
    latest.text.rsplit("**").nth(1).filter(|bold| bold.split_whitespace().count() <= 5)
}

fn clip(text: &str) -> &str {
    text.char_indices().nth(READ).map_or(text, |(at, _)| &text[..at])
}
