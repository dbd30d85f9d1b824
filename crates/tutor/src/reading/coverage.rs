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
        (strength >= 0.5).then_some(best)
    }

    /// How strongly the uncovered stems point at a stage: 1 for a whole term or title, otherwise
    /// the share of them that the stage knows.
    fn strength(&self, stage: &LockedStage, rare: &[String]) -> f32 {
        let mut whole: f32 = 0.0;
        let mut stems = Vec::new();
        for term in stage.terms.iter().chain([&stage.title]) {
            let content = terms::content(term);
            if phrase_in(term, &self.own) && content.iter().any(|stem| rare.contains(stem)) {
                whole = whole.max(content.len() as f32);
            }
            stems.extend(content);
        }
        let known = rare.iter().filter(|stem| stems.contains(stem)).count() as f32;
        if whole > 0.0 { whole } else { known / rare.len() as f32 * 0.9 }
    }

    fn is_lesson_term(&self, stem: &String) -> bool {
        let q = self.q;
        let titles = q.concepts.iter().map(String::as_str).chain(q.lesson_title);
        titles.flat_map(terms::content).any(|term| term == *stem)
    }
}
