//! What is recognised of a solution, and what a text has of it.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use super::{
    tokens::{self, bare, full, joined, read, says_nothing},
    views,
};
use crate::text::{fold, stem::stem, terms};

/// Tokens in a window: of code, of calculation, of markup, of prose; letters in a run.
const FULL: usize = 5;
const BARE: usize = 6;
const MARKUP: usize = 3;
const PROSE: usize = 2;
const LETTERS: usize = 12;
/// A shorter line stands in too many programs to say anything.
const LINE: usize = 4;
/// Share of structural marks that makes a text code.
const MARKS: f32 = 0.035;
/// Least share of a solution that is still compared when what the student has already is left out.
const LEAST: f32 = 0.4;

/// The ways in which a solution is compared. Each has marks of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Way {
    /// Runs of code.
    Full,
    /// Whole lines of code.
    Line,
    /// Runs of operators, numbers and functions.
    Bare,
    /// Runs of words.
    Words,
    /// Runs of letters, however they are laid out.
    Letters,
}

/// Something of a text that can be recognised: a hash that is told apart by its way.
type Mark = (Way, u64);

/// What is recognised of a solution.
#[derive(Debug, Default)]
struct Prepared {
    /// Its marks with their weight.
    marks: HashMap<Mark, f32>,
    /// The whole weight of each way.
    all: HashMap<Way, f32>,
    /// Lengths of its lines, in tokens.
    lines: BTreeSet<usize>,
}

/// A solution, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    prepared: Arc<Prepared>,
    /// Marks that the student has without the tutor, and their weight.
    known: HashSet<Mark>,
    left: HashMap<Way, f32>,
    /// Marks that were said, and their weight.
    found: HashSet<Mark>,
    said: HashMap<Way, f32>,
    /// Whether something of it was held back: then nothing new of it follows.
    pub(super) held: bool,
}

/// Solutions change rarely, and every turn needs those of a whole course.
static PREPARED: LazyLock<Mutex<HashMap<String, Arc<Prepared>>>> = LazyLock::new(Mutex::default);
/// So many are kept.
const KEPT: usize = 1_000;

impl Prepared {
    fn kept(solution: &str) -> Arc<Self> {
        let mut kept = PREPARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = kept.get(solution) {
            return Arc::clone(prepared);
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let prepared = Arc::new(Self::of(solution));
        kept.insert(solution.to_owned(), Arc::clone(&prepared));
        prepared
    }

    fn of(solution: &str) -> Self {
        let mut secret = Self::default();
        if is_code(solution) {
            secret.add_code(solution);
        } else {
            let size = if is_markup(solution) { MARKUP } else { PROSE };
            secret.add(Way::Words, &windows(&words(solution, size), size));
        }
        secret.add(Way::Letters, &letters(solution));
        for ((way, _), weight) in &secret.marks {
            *secret.all.entry(*way).or_default() += weight;
        }
        secret
    }

    fn add(&mut self, way: Way, marks: &[u64]) {
        self.marks.extend(marks.iter().map(|mark| ((way, *mark), 1.0)));
    }

    fn add_code(&mut self, solution: &str) {
        let tokens = read(solution, false);
        self.add(Way::Full, &windows(&full(&tokens), FULL));
        self.add(Way::Bare, &windows(&bare(&tokens), BARE));
        for line in solution.lines().map(|line| full(&read(line, false))) {
            if line.len() >= LINE && !says_nothing(&line) {
                self.lines.insert(line.len());
                self.marks.insert((Way::Line, joined(&line)), line.len() as f32);
            }
        }
    }
}

impl Secret {
    /// Prepares a solution.
    pub(super) fn of(solution: &str) -> Self {
        let prepared = Prepared::kept(solution);
        let left = prepared.all.clone();
        Self { prepared, left, known: HashSet::new(), found: HashSet::new(), said: HashMap::new(), held: false }
    }

    /// Leaves out what the student has anyway.
    pub(super) fn leave_out(&mut self, known: &HashSet<Mark>) {
        self.known = self.prepared.marks.keys().filter(|mark| known.contains(mark)).copied().collect();
        for mark in &self.known {
            *self.left.entry(mark.0).or_default() -= self.weight(mark);
        }
        for (way, left) in &mut self.left {
            *left = left.max(self.prepared.all.get(way).copied().unwrap_or(0.0) * LEAST);
        }
    }

    fn weight(&self, mark: &Mark) -> f32 {
        self.prepared.marks.get(mark).copied().unwrap_or(0.0)
    }

    /// The marks of this solution that a text adds to those found.
    pub(super) fn news(&self, marks: &HashSet<Mark>) -> Vec<Mark> {
        let own = |mark: &&Mark| {
            self.prepared.marks.contains_key(mark) && !self.known.contains(mark) && !self.found.contains(mark)
        };
        marks.iter().filter(own).copied().collect()
    }

    /// Keeps in mind what was found.
    pub(super) fn remember(&mut self, news: Vec<Mark>) {
        for mark in news {
            *self.said.entry(mark.0).or_default() += self.weight(&mark);
            self.found.insert(mark);
        }
    }

    /// The highest share of the solution in any way, if these are found too.
    pub(super) fn level(&self, news: &[Mark]) -> f32 {
        let mut said = self.said.clone();
        for mark in news {
            *said.entry(mark.0).or_default() += self.weight(mark);
        }
        let shares = said.iter().map(|(way, weight)| weight / self.left.get(way).copied().unwrap_or(1.0).max(1.0));
        shares.fold(0.0, f32::max)
    }

    /// The share of the solution in a text.
    pub(super) fn share_in(&self, text: &str) -> f32 {
        let mut found = marks(text, &self.prepared.lines);
        found.extend(spelled_marks(text));
        self.level(&self.news(&found))
    }

    /// Lengths of its lines, in tokens.
    pub(super) fn lines(&self) -> &BTreeSet<usize> {
        &self.prepared.lines
    }
}

/// Everything that can be recognised in a text. `lines` are the lengths of lines that are looked for.
pub(super) fn marks(text: &str, lines: &BTreeSet<usize>) -> HashSet<Mark> {
    let mut out = HashSet::new();
    for view in views::of(text) {
        plain_marks(&view, lines, &mut out);
    }
    for view in views::odd(text) {
        code_marks(&view, lines, &mut out);
    }
    out
}

/// What single characters of a text spell.
pub(super) fn spelled_marks(text: &str) -> HashSet<Mark> {
    views::spelled(text).iter().flat_map(|text| letter_marks(text)).collect()
}

/// The marks of letters in a row.
pub(super) fn letter_marks(text: &str) -> Vec<Mark> {
    letters(text).into_iter().map(|mark| (Way::Letters, mark)).collect()
}

/// The marks of a text as it stands.
pub(super) fn plain_marks(text: &str, lines: &BTreeSet<usize>, out: &mut HashSet<Mark>) {
    code_marks(text, lines, out);
    let commented = windows(&bare(&read(text, true)), BARE);
    out.extend(commented.into_iter().map(|mark| (Way::Bare, mark)));
    for size in [PROSE, MARKUP] {
        out.extend(windows(&words(text, size), size).into_iter().map(|mark| (Way::Words, mark)));
    }
}

/// The marks of code and letters.
fn code_marks(text: &str, lines: &BTreeSet<usize>, out: &mut HashSet<Mark>) {
    let code = read(text, false);
    let tokens = full(&code);
    let mut add = |way: Way, marks: Vec<u64>| out.extend(marks.into_iter().map(|mark| (way, mark)));
    add(Way::Full, windows(&tokens, FULL));
    add(Way::Bare, windows(&bare(&code), BARE));
    for length in lines {
        add(Way::Line, tokens.windows(*length).map(joined).collect());
    }
    add(Way::Letters, letters(text));
}

fn windows(tokens: &[u64], size: usize) -> Vec<u64> {
    let size = size.min(tokens.len().max(1));
    tokens.windows(size).filter(|window| size <= MARKUP || !says_nothing(window)).map(joined).collect()
}

/// Subject words by their stems; for markup, whose words nobody can change, all of them.
fn words(text: &str, size: usize) -> Vec<u64> {
    let words = fold::words(text);
    if size == MARKUP {
        return words.iter().map(|word| tokens::hash(word)).collect();
    }
    words.iter().filter(|word| terms::is_subject(word)).map(|word| tokens::hash(&stem(word))).collect()
}

fn letters(text: &str) -> Vec<u64> {
    let folded: Vec<u64> = fold::fold(text).chars().filter(|c| c.is_alphanumeric()).map(u64::from).collect();
    folded.windows(LETTERS).map(joined).collect()
}

fn is_code(text: &str) -> bool {
    let marks = text
        .chars()
        .filter(|c| matches!(c, '=' | '(' | ')' | '{' | '}' | '[' | ']' | ';' | '_' | '<' | '>' | '/' | ':'))
        .count();
    marks as f32 >= MARKS * text.chars().count().max(1) as f32 && !is_markup(text) && text.contains(['=', '('])
}

/// XML, YAML and the like, whose names are given.
fn is_markup(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let key = |line: &&&str| {
        let line = line.trim_start_matches("- ");
        line.starts_with('<') || line.split_once(':').is_some_and(|(key, _)| !key.contains(' ') && !key.contains('('))
    };
    lines.len() > 2 && lines.iter().filter(key).count() * 10 >= lines.len() * 8
}
