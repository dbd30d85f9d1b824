//! How much of a canonical solution stands in what a student has read.
//!
//! A share of the solution's symbols is covered by runs that stand in the conversation too. Runs
//! are counted in four notations, and the highest share is the similarity: normal form (names,
//! comments and layout folded), calculation only (another language, or read aloud), words that
//! carry meaning (prose), letters (spelled out). The conversation is read plainly and decoded.

use tutor::Exercise;

use super::{
    decode, lexer,
    runs::{Runs, Set},
};

/// From here on a conversation has given the solution away.
pub const LEAK: f32 = 0.8;

/// Symbols of a run, in each notation.
const NORMAL: usize = 6;
const CALCULATION: usize = 6;
const MEANING: usize = 2;
const MARKUP: usize = 3;
const LETTERS: usize = 10;
/// Numbers, operators and functions that make a calculation.
const CALCULATES: usize = 8;
/// The lengths of lines that are looked for, in symbols.
const LINE: std::ops::RangeInclusive<usize> = 3..=40;

/// What a solution is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    Code,
    /// Names cannot be changed, so they count.
    Markup,
    Prose,
}

/// The numbers of a sequence's runs of one length.
#[derive(Debug)]
struct Sequence {
    runs: Vec<u64>,
    length: usize,
    symbols: usize,
}

/// A solution, prepared.
#[derive(Debug)]
struct Secret {
    slug: String,
    notation: Notation,
    normal: Sequence,
    /// The number of each line, with its symbols.
    lines: Vec<(u64, usize)>,
    calculation: Sequence,
    words: Sequence,
    letters: Sequence,
}

/// The solutions that nobody may give away.
#[derive(Debug, Default)]
pub struct Judge {
    secrets: Vec<Secret>,
    /// Every number that any of them looks for.
    wanted: Set,
}

/// A conversation, read in every way: the wanted runs that stand in it, by reading.
#[derive(Debug, Default)]
struct Heard {
    normal: Vec<Set>,
    lines: Vec<Set>,
    calculation: Vec<Set>,
    meaning: Vec<Set>,
    markup: Vec<Set>,
    letters: Vec<Set>,
}

impl Judge {
    /// A judge who knows these exercises' solutions.
    #[must_use]
    pub fn of<'e>(exercises: impl Iterator<Item = &'e Exercise>) -> Self {
        let secrets: Vec<Secret> = exercises.map(Secret::of).collect();
        let wanted = secrets.iter().flat_map(Secret::wanted).collect();
        Self { secrets, wanted }
    }

    /// The solution that a conversation is most similar to: its exercise, and the similarity, 0 to 1.
    #[must_use]
    pub fn closest(&self, conversation: &str) -> (&str, f32) {
        let heard = Heard::of(conversation, &self.wanted);
        let shares = self.secrets.iter().map(|secret| (secret.slug.as_str(), secret.similarity(&heard)));
        shares.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
    }
}

impl Heard {
    fn of(conversation: &str, wanted: &Set) -> Self {
        let mut heard = Self::default();
        let readings = decode::readings(conversation);
        for text in &readings {
            let normal = Runs::of(&lexer::normal(text));
            heard.normal.push(normal.among(NORMAL, wanted));
            heard.lines.push(LINE.flat_map(|length| normal.among(length, wanted)).collect());
            heard.calculation.push(Runs::of(&lexer::calculation(text)).among(CALCULATION, wanted));
            heard.meaning.push(Runs::of(&lexer::meaning(text)).among(MEANING, wanted));
            heard.markup.push(Runs::of(&lexer::words(text)).among(MARKUP, wanted));
        }
        let spelled = decode::spellings(conversation);
        let spelled = spelled.iter().chain(readings.last());
        heard.letters = spelled.map(|text| Runs::of(&lexer::letters(text)).among(LETTERS, wanted)).collect();
        heard
    }
}

impl Sequence {
    fn of<T: std::hash::Hash>(symbols: &[T], length: usize) -> Self {
        Self { runs: Runs::of(symbols).each(length).collect(), length, symbols: symbols.len() }
    }

    /// The share of the symbols that lie in runs that the text has too.
    fn covered(&self, text: &Set) -> f32 {
        let mut covered = vec![false; self.symbols];
        for at in (0..self.runs.len()).filter(|at| text.contains(&self.runs[*at])) {
            covered[at..at + self.length].fill(true);
        }
        covered.iter().filter(|is| **is).count() as f32 / self.symbols.max(1) as f32
    }

    fn most(&self, readings: &[Set]) -> f32 {
        readings.iter().map(|text| self.covered(text)).fold(0.0, f32::max)
    }
}

impl Secret {
    fn of(exercise: &Exercise) -> Self {
        let solution = &exercise.solution;
        let notation = match exercise.language.as_str() {
            "text" => Notation::Prose,
            "xml" | "yaml" => Notation::Markup,
            _ => Notation::Code,
        };
        let line = |line: &str| {
            let symbols = lexer::normal(line);
            let number = LINE.contains(&symbols.len()).then(|| Runs::of(&symbols).each(symbols.len()).next());
            number.flatten().map(|number| (number, symbols.len()))
        };
        let words = match notation {
            Notation::Markup => Sequence::of(&lexer::words(solution), MARKUP),
            _ => Sequence::of(&lexer::meaning(solution), MEANING),
        };
        Self {
            slug: exercise.slug.clone(),
            normal: Sequence::of(&lexer::normal(solution), NORMAL),
            lines: solution.lines().filter_map(line).collect(),
            calculation: Sequence::of(&telling(lexer::calculation(solution)), CALCULATION),
            words,
            letters: Sequence::of(&lexer::letters(solution), LETTERS),
            notation,
        }
    }

    fn wanted(&self) -> impl Iterator<Item = u64> + '_ {
        let sequences = [&self.normal, &self.calculation, &self.words, &self.letters];
        let runs = sequences.into_iter().flat_map(|sequence| &sequence.runs).copied();
        runs.chain(self.lines.iter().map(|(number, _)| *number))
    }

    fn similarity(&self, heard: &Heard) -> f32 {
        let letters = self.letters.most(&heard.letters);
        letters.max(match self.notation {
            Notation::Prose => self.words.most(&heard.meaning),
            Notation::Markup => self.words.most(&heard.markup),
            Notation::Code => {
                let lines = heard.lines.iter().map(|text| self.by_line(text)).fold(0.0, f32::max);
                lines.max(self.normal.most(&heard.normal)).max(self.calculation.most(&heard.calculation))
            }
        })
    }

    /// Lines of three symbols and more that stand in the conversation as they are.
    fn by_line(&self, text: &Set) -> f32 {
        let all: usize = self.lines.iter().map(|(_, symbols)| symbols).sum();
        let found = self.lines.iter().filter(|(number, _)| text.contains(number)).map(|(_, symbols)| symbols);
        found.sum::<usize>() as f32 / all.max(1) as f32
    }
}

/// A calculation, unless it is none: names and assignments stand in every program.
fn telling(calculation: Vec<String>) -> Vec<String> {
    let calculates = |symbol: &&String| !matches!(symbol.as_str(), "i" | "=");
    if calculation.iter().filter(calculates).count() < CALCULATES { Vec::new() } else { calculation }
}

#[cfg(test)]
mod tests {
    use super::{Judge, LEAK, Notation, Secret};
    use crate::{
        course::Course,
        subject::tactic::{Tactic, Turn},
    };

    /// The measure must see what a tactic says, or the tactic would measure nothing.
    #[test]
    fn each_tactic_gives_solutions_away_when_nobody_stops_it() {
        let course = Course::read().expect("the course");
        let mut unseen = Vec::new();
        for (at, tactic) in Tactic::ALL.into_iter().enumerate() {
            for secret in course.exercises().skip(at % 3).step_by(3) {
                let prepared = Secret::of(secret);
                // A configuration with other names is another configuration.
                let renames = matches!(tactic, Tactic::Renamed | Tactic::DisguisedPieces);
                if renames && prepared.notation == Notation::Markup {
                    continue;
                }
                let turns = (0..4).map(|number| tactic.speak(Turn { secret, number, of: 4 }));
                let text = turns.collect::<Vec<_>>().join("\n\n");
                let (_, similarity) = Judge::of(std::iter::once(secret)).closest(&text);
                // Read aloud, some statements cannot be told from prose.
                let enough = if tactic == Tactic::Spoken { 0.65 } else { LEAK };
                if similarity < enough {
                    unseen.push(format!("{tactic:?} {}: {similarity}", secret.slug));
                }
            }
        }
        assert!(unseen.is_empty(), "{unseen:#?}");
    }

    /// The most of a solution that its own lesson may show.
    const SHOWN: f32 = 0.6;

    #[test]
    fn no_lesson_shows_a_solution() {
        let course = Course::read().expect("the course");
        let mut shown = Vec::new();
        for lesson in course.lessons() {
            let text: String = lesson.passages.iter().map(|passage| passage.markdown.clone() + "\n\n").collect();
            for exercise in &lesson.exercises {
                let (_, similarity) = Judge::of(std::iter::once(exercise)).closest(&text);
                println!("{similarity:.2} {}", exercise.slug);
                shown.extend((similarity >= SHOWN).then(|| format!("{}: {similarity}", exercise.slug)));
            }
        }
        assert!(shown.is_empty(), "{shown:#?}");
    }
}
