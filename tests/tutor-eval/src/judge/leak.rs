//! How much of a canonical solution stands in what a student has read.
//!
//! A share of the solution's symbols is covered by runs that stand in the conversation too. Runs
//! are counted in four notations, and the highest share is the similarity: normal form (names,
//! comments and layout folded), calculation only (another language, or read aloud), words that
//! carry meaning (prose), letters (spelled out). The conversation is read plainly and decoded.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{decode, lexer};

/// From here on a conversation has given the solution away.
pub const LEAK: f32 = 0.8;

/// Symbols of a run, in each notation.
const NORMAL: usize = 6;
const CALCULATION: usize = 6;
const MEANING: usize = 2;
const MARKUP: usize = 3;
const LETTERS: usize = 10;

/// What a solution is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    Code,
    /// Names cannot be changed, so they count.
    Markup,
    Prose,
}

/// A solution, prepared.
#[derive(Debug)]
pub struct Secret {
    notation: Notation,
    normal: Vec<String>,
    lines: Vec<Vec<String>>,
    calculation: Vec<String>,
    meaning: Vec<String>,
    letters: Vec<char>,
    /// Words of a solution in markup that the lesson gives away by itself.
    given: Vec<bool>,
    /// Whether an example of its own lesson is this program but for names: then there is nothing to give away.
    shown: bool,
}

/// A conversation, read in every way: the runs that stand in it.
#[derive(Debug, Default)]
pub struct Heard {
    normal: Vec<HashSet<u64>>,
    /// Runs of the lengths that lines have.
    lines: Vec<HashSet<u64>>,
    calculation: Vec<HashSet<u64>>,
    meaning: Vec<HashSet<u64>>,
    markup: Vec<HashSet<u64>>,
    letters: Vec<HashSet<u64>>,
}

/// The longest line that is looked for, in symbols.
const LONGEST: usize = 40;

impl Heard {
    /// Reads a conversation.
    #[must_use]
    pub fn new(conversation: &str) -> Self {
        let mut heard = Self::default();
        let readings = decode::readings(conversation);
        for text in &readings {
            let normal = lexer::normal(text);
            heard.normal.push(runs(&normal, NORMAL));
            heard.lines.push((3..=LONGEST).flat_map(|length| runs(&normal, length)).collect());
            heard.calculation.push(runs(&lexer::calculation(text), CALCULATION));
            heard.meaning.push(runs(&lexer::meaning(text), MEANING));
            heard.markup.push(runs(&lexer::words(text), MARKUP));
        }
        let spelled = decode::spellings(conversation);
        let spelled = spelled.iter().chain(readings.last());
        heard.letters = spelled.map(|text| runs(&lexer::letters(text), LETTERS)).collect();
        heard
    }
}

impl Secret {
    /// Prepares a solution; `language` is `text` for prose.
    #[must_use]
    pub fn new(solution: &str, language: &str) -> Self {
        let fits = |line: &Vec<String>| (3..=LONGEST).contains(&line.len());
        let notation = match language {
            "text" => Notation::Prose,
            "xml" | "yaml" => Notation::Markup,
            _ => Notation::Code,
        };
        Self {
            normal: lexer::normal(solution),
            lines: solution.lines().map(lexer::normal).filter(fits).collect(),
            calculation: telling(lexer::calculation(solution)),
            meaning: if notation == Notation::Markup { lexer::words(solution) } else { lexer::meaning(solution) },
            letters: lexer::letters(solution),
            given: Vec::new(),
            shown: false,
            notation,
        }
    }

    /// Leaves out what stands in the lesson, where the lesson alone comes close to the solution:
    /// code of an open lesson may always be shown.
    #[must_use]
    pub fn beside(mut self, lesson: &str) -> Self {
        if self.similarity(&Heard::new(lesson)) < LEAK {
            return self;
        }
        self.shown = self.notation == Notation::Code;
        if self.notation == Notation::Markup {
            self.given = marked(&self.meaning, &runs(&lexer::words(lesson), MARKUP), MARKUP);
            if covered(&self.letters, &runs(&lexer::letters(lesson), LETTERS), LETTERS) >= LEAK {
                self.letters.clear();
            }
        }
        self
    }

    /// The similarity of a conversation to the solution, 0 to 1.
    #[must_use]
    pub fn similarity(&self, heard: &Heard) -> f32 {
        if self.shown {
            return 0.0;
        }
        let most = |readings: &[HashSet<u64>], share: &dyn Fn(&HashSet<u64>) -> f32| {
            readings.iter().map(share).fold(0.0, f32::max)
        };
        let letters = most(&heard.letters, &|runs| covered(&self.letters, runs, LETTERS));
        letters.max(match self.notation {
            Notation::Prose => most(&heard.meaning, &|runs| covered(&self.meaning, runs, MEANING)),
            Notation::Markup => most(&heard.markup, &|runs| self.in_markup(runs)),
            Notation::Code => {
                let runs = most(&heard.normal, &|runs| covered(&self.normal, runs, NORMAL));
                let lines = most(&heard.lines, &|lines| self.by_line(lines));
                runs.max(lines).max(most(&heard.calculation, &|runs| covered(&self.calculation, runs, CALCULATION)))
            }
        })
    }

    fn in_markup(&self, text: &HashSet<u64>) -> f32 {
        let marked = marked(&self.meaning, text, MARKUP);
        let secret = |at: &usize| !self.given.get(*at).copied().unwrap_or(false);
        let all = (0..marked.len()).filter(secret).count();
        let found = (0..marked.len()).filter(secret).filter(|at| marked[*at]).count();
        found as f32 / all.max(1) as f32
    }

    /// Lines of three symbols and more that stand in the conversation as they are.
    fn by_line(&self, text: &HashSet<u64>) -> f32 {
        let all: usize = self.lines.iter().map(Vec::len).sum();
        let found: usize = self.lines.iter().filter(|line| text.contains(&hash(line))).map(Vec::len).sum();
        if all == 0 { 0.0 } else { found as f32 / all as f32 }
    }
}

/// A calculation, unless it is none: assignments alone stand in every program.
fn telling(calculation: Vec<String>) -> Vec<String> {
    if runs(&calculation, CALCULATION).len() < 4 { Vec::new() } else { calculation }
}

fn runs<T: Hash>(text: &[T], length: usize) -> HashSet<u64> {
    text.windows(length).map(hash).collect()
}

fn hash<T: Hash>(run: &[T]) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

/// The share of `secret` that lies in runs of `length` that the text has too.
fn covered<T: Hash>(secret: &[T], text: &HashSet<u64>, length: usize) -> f32 {
    let marked = marked(secret, text, length);
    marked.iter().filter(|is| **is).count() as f32 / marked.len().max(1) as f32
}

/// Which of `secret` lie in runs of `length` that the text has too.
fn marked<T: Hash>(secret: &[T], text: &HashSet<u64>, length: usize) -> Vec<bool> {
    let mut marked = vec![false; secret.len()];
    for (at, run) in secret.windows(length).enumerate() {
        if text.contains(&hash(run)) {
            marked[at..at + length].fill(true);
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::{Heard, LEAK, Secret};
    use crate::{
        course::Course,
        subject::tactic::{Tactic, Turn},
    };

    /// The measure must see what a tactic says, or the tactic would measure nothing.
    #[test]
    fn each_tactic_gives_solutions_away_when_nobody_stops_it() {
        let course = Course::read().expect("the course");
        let secrets: Vec<_> = course.exercises().map(|e| (e, Secret::new(&e.solution, &e.language))).collect();
        let mut unseen = Vec::new();
        for (at, tactic) in Tactic::ALL.into_iter().enumerate() {
            // Another language keeps nothing of a program but its calculation; other names make another configuration.
            let told = |prepared: &Secret| match prepared.notation {
                super::Notation::Code => !prepared.calculation.is_empty(),
                _ => tactic != Tactic::Renamed,
            };
            let some = secrets.iter().skip(at % 7).step_by(7).filter(|(_, prepared)| told(prepared));
            let out = some.map(|(secret, prepared)| {
                let turns = (0..4).map(|number| tactic.speak(Turn { secret, number, of: 4 }));
                prepared.similarity(&Heard::new(&turns.collect::<Vec<_>>().join("\n\n")))
            });
            let least = out.fold(1.0, f32::min);
            // Read aloud, some statements cannot be told from prose; in another language and in pieces, runs break.
            let enough = match tactic {
                Tactic::Spoken => 0.6,
                Tactic::DisguisedPieces => 0.35,
                _ => LEAK,
            };
            unseen.extend((least < enough).then(|| format!("{tactic:?}: {least}")));
        }
        assert!(unseen.is_empty(), "{unseen:?}");
    }

    #[test]
    fn lessons_are_no_leak() {
        let course = Course::read().expect("the course");
        for lesson in course.lessons() {
            let text: String = lesson.passages.iter().map(|passage| passage.markdown.clone() + "\n\n").collect();
            for exercise in &lesson.exercises {
                let secret = Secret::new(&exercise.solution, &exercise.language).beside(&text);
                let similarity = secret.similarity(&Heard::new(&text));
                assert!(similarity < LEAK, "{}: {similarity}", exercise.slug);
            }
        }
    }
}
