//! How much of a question the course knows anything about.

use super::Reading;
use crate::{
    LockedStage,
    text::{
        synonyms,
        terms::{self, phrase_in},
    },
};

/// A term mentioned this often in what was found is covered there, not only named.
const COVERED: usize = 2;

impl Reading<'_> {
    /// The share of the message's own subject that the passages or the lesson know, 0 to 1.
    pub(crate) fn coverage(&self) -> f32 {
        let vocabulary = self.vocabulary();
        let known =
            |stem: &str| self.corpus.knows(stem) || vocabulary.iter().any(|v| v == stem || synonyms::akin(v, stem));
        let weight = |stem: &str| if terms::is_generic(stem) { 0.3 } else { 1.0 };
        let all: f32 = self.own.iter().map(|stem| weight(stem)).sum();
        let met: f32 = self.own.iter().filter(|stem| known(stem)).map(|stem| weight(stem)).sum();
        if all == 0.0 { 0.0 } else { met / all }
    }

    /// The stems of the lesson's title, headings and concepts, and of the catalogue.
    fn vocabulary(&self) -> Vec<String> {
        let q = self.q;
        let lists = q.headings.iter().chain(q.concepts).chain(q.catalogue);
        let titles = lists.map(String::as_str).chain(q.lesson_title).chain([q.course_title]);
        titles.flat_map(terms::content).collect()
    }

    /// The locked stage that the question belongs to, when what is open does not cover it.
    pub(crate) fn locked_stage(&self) -> Option<usize> {
        let open = |stem: &String| self.corpus.mentions(stem) >= COVERED || self.is_lesson_term(stem);
        let rare: Vec<String> =
            self.own.iter().filter(|stem| !terms::is_generic(stem) && !open(stem)).cloned().collect();
        if rare.is_empty() {
            return None;
        }
        let strengths = self.q.locked.iter().map(|stage| self.strength(stage, &rare));
        let (best, strength) = strengths.enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        (strength >= 1.0).then_some(best)
    }

    /// How strongly the question points at a stage: the number of words of a whole term or title of
    /// it, at least one of them uncovered; for parts of one, half as much, and two words at least. A
    /// single common word ("joint", "chain") never closes a door on a question about the lesson.
    fn strength(&self, stage: &LockedStage, rare: &[String]) -> f32 {
        let at_home = self.own.iter().any(|stem| self.is_lesson_term(stem));
        let terms = stage.terms.iter().chain([&stage.title]);
        let strengths = terms.map(|term| {
            let content = terms::content(term);
            let met: Vec<&String> = content.iter().filter(|stem| self.own.contains(stem)).collect();
            let new = met.iter().any(|stem| rare.contains(stem));
            let whole = phrase_in(term, &self.own);
            match met.len() {
                _ if !new => 0.0,
                1 if whole && !at_home => 1.0,
                0 | 1 => 0.0,
                some if whole => some as f32,
                some => some as f32 / 2.0,
            }
        });
        strengths.fold(0.0, f32::max)
    }

    /// Whether the lesson on the page speaks of it: in a heading, a key term, a task.
    fn is_lesson_term(&self, stem: &String) -> bool {
        let q = self.q;
        let titles = q.concepts.iter().chain(q.headings).map(String::as_str).chain(q.lesson_title);
        let tasks = q.exercises.iter().flat_map(|exercise| [exercise.title.as_str(), exercise.prompt.as_str()]);
        titles.chain(tasks).flat_map(terms::content).any(|term| term == *stem)
    }
}
