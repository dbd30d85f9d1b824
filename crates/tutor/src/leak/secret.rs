//! What is recognised of a solution, and what a text has of it.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use super::{
    HOLD,
    runs::{Map, Runs, Set},
    tokens::{self, bare, calculates, dense, full, read, says_nothing},
    views,
};
use crate::text::{fold, stem::stem, terms};

/// Tokens in a window: of code, of calculation, of markup, of prose; letters in a run.
const FULL: usize = 5;
const BARE: usize = 6;
const DENSE: usize = 6;
const MARKUP: usize = 3;
const PROSE: usize = 2;
const LETTERS: usize = 9;
/// A shorter line stands in too many programs to say anything.
const LINE: usize = 4;
/// Share of structural marks that makes a text code.
const MARKS: f32 = 0.035;
/// How much more than she has already a student may be told, where that is nearly all that may be told.
const LITTLE: f32 = 0.02;

/// The ways in which a solution is compared. Each has marks of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Way {
    /// Runs of code.
    Full,
    /// Runs of code with its brackets, commas and single names.
    Dense,
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
pub(super) type Mark = (Way, u64);

/// What is looked for in a text, for at least the solutions with which it was prepared: nothing else is worth keeping.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// Lengths of lines, in tokens.
    lines: BTreeSet<usize>,
    marks: Set<Mark>,
}

/// What is recognised of a solution.
#[derive(Debug, Default)]
struct Prepared {
    /// Its marks, and where they stand.
    marks: Map<Mark, Vec<Range<usize>>>,
    /// How many tokens, words or letters there are in each way.
    all: HashMap<Way, usize>,
    /// Lengths of its lines, in tokens.
    lines: BTreeSet<usize>,
}

/// Which tokens, words or letters lie in marks that were found.
type Covered = HashMap<Way, Vec<bool>>;

/// A solution, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    prepared: Arc<Prepared>,
    /// Marks that the student has, with or without the tutor, and what they cover.
    found: Set<Mark>,
    had: Covered,
    /// The share that she has without the tutor.
    given: HashMap<Way, f32>,
    /// Whether something of it was held back: then nothing new of it follows.
    pub(super) held: bool,
}

/// Solutions that were prepared.
#[derive(Debug, Default)]
struct Shelf {
    solutions: HashMap<String, Arc<Prepared>>,
    wanted: Arc<Wanted>,
}

/// Solutions change rarely, and every turn needs those of a whole course.
static SHELF: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);
/// So many are kept.
const KEPT: usize = 1_000;

impl Shelf {
    fn prepared(&mut self, solution: &str) -> Arc<Prepared> {
        if let Some(prepared) = self.solutions.get(solution) {
            return Arc::clone(prepared);
        }
        let prepared = Arc::new(Prepared::of(solution));
        self.solutions.insert(solution.to_owned(), Arc::clone(&prepared));
        Arc::make_mut(&mut self.wanted).add(&prepared);
        prepared
    }
}

/// Prepares solutions, and what must be looked for to recognise any of them.
pub(super) fn prepare(solutions: &[&str]) -> (Vec<Secret>, Arc<Wanted>) {
    let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    if shelf.solutions.len() > KEPT {
        *shelf = Shelf::default();
    }
    let secrets = solutions.iter().map(|solution| Secret::of(shelf.prepared(solution))).collect();
    (secrets, Arc::clone(&shelf.wanted))
}

impl Prepared {
    fn of(solution: &str) -> Self {
        let mut secret = Self::default();
        if is_code(solution) {
            secret.add_code(solution);
        } else {
            let size = if is_markup(solution) { MARKUP } else { PROSE };
            secret.add(Way::Words, &words(solution, size), size);
        }
        let letters = letters(solution);
        secret.add(Way::Letters, &letters, LETTERS);
        secret
    }

    fn add(&mut self, way: Way, tokens: &[u64], size: usize) {
        self.all.insert(way, tokens.len());
        for (at, mark) in windows(way, tokens, size) {
            self.marks.entry((way, mark)).or_default().push(at);
        }
    }

    fn add_code(&mut self, solution: &str) {
        let tokens = read(solution, false);
        self.add(Way::Full, &full(&tokens), FULL);
        self.add(Way::Dense, &dense(&tokens), DENSE);
        let calculation = bare(&tokens);
        if calculates(&calculation) {
            self.add(Way::Bare, &calculation, BARE);
        }
        let mut start = 0;
        for line in solution.lines().map(|line| full(&read(line, false))) {
            if line.len() >= LINE && !says_nothing(&line) {
                self.lines.insert(line.len());
                let end = start + line.len();
                for mark in Runs::of(&line).each(line.len()) {
                    self.marks.entry((Way::Line, mark)).or_default().push(start..end);
                }
                start = end;
            }
        }
        self.all.insert(Way::Line, start);
    }

    /// Covers what lies in these marks.
    fn cover(&self, covered: &mut Covered, marks: &[Mark]) {
        for mark in marks {
            let of_way = covered.entry(mark.0).or_insert_with(|| vec![false; self.all(mark.0)]);
            for at in self.marks.get(mark).into_iter().flatten() {
                of_way[at.clone()].fill(true);
            }
        }
    }

    fn all(&self, way: Way) -> usize {
        self.all.get(&way).copied().unwrap_or_default()
    }
}

impl Secret {
    fn of(prepared: Arc<Prepared>) -> Self {
        Self { prepared, found: Set::default(), had: Covered::new(), given: HashMap::new(), held: false }
    }

    /// Takes it that the student has this without the tutor.
    pub(super) fn give(&mut self, known: &Set<Mark>) {
        self.remember(self.news(known));
        self.given = shares(&self.had);
    }

    /// The marks of this solution that a text adds to those found.
    pub(super) fn news(&self, marks: &Set<Mark>) -> Vec<Mark> {
        let new = |mark: &&Mark| self.prepared.marks.contains_key(mark) && !self.found.contains(mark);
        marks.iter().filter(new).copied().collect()
    }

    /// Keeps in mind what was found.
    pub(super) fn remember(&mut self, news: Vec<Mark>) {
        self.prepared.cover(&mut self.had, &news);
        self.found.extend(news);
    }

    /// Whether these would be too much.
    pub(super) fn is_enough(&self, news: &[Mark]) -> bool {
        let given = |way| self.given.get(way).copied().unwrap_or_default();
        self.shares_with(news).iter().any(|(way, share)| *share >= HOLD.max(given(way) + LITTLE))
    }

    /// The share of the solution in each way, if these are found too.
    fn shares_with(&self, news: &[Mark]) -> HashMap<Way, f32> {
        let mut had = self.had.clone();
        self.prepared.cover(&mut had, news);
        shares(&had)
    }

    /// The share of the solution in a text.
    pub(super) fn share_in(&self, text: &str, wanted: &Wanted) -> f32 {
        let mut found = wanted.marks_of(text);
        for spelled in views::spelled(text) {
            wanted.letters(&spelled, &mut found);
        }
        self.shares_with(&self.news(&found)).into_values().fold(0.0, f32::max)
    }
}

impl Wanted {
    fn add(&mut self, prepared: &Prepared) {
        self.lines.extend(&prepared.lines);
        self.marks.extend(prepared.marks.keys());
    }

    /// Everything that can be recognised in a text.
    pub(super) fn marks_of(&self, text: &str) -> Set<Mark> {
        let mut out = Set::default();
        for view in views::of(text) {
            self.plain(&view, &mut out);
        }
        for view in views::odd(text) {
            self.code(&view, &mut out);
        }
        out
    }

    /// The marks of a text as it stands.
    pub(super) fn plain(&self, text: &str, out: &mut Set<Mark>) {
        self.code(text, out);
        self.windows(Way::Bare, &bare(&read(text, true)), BARE, out);
        for size in [PROSE, MARKUP] {
            self.windows(Way::Words, &words(text, size), size, out);
        }
    }

    /// The marks of code and letters.
    fn code(&self, text: &str, out: &mut Set<Mark>) {
        let code = read(text, false);
        let tokens = full(&code);
        self.windows(Way::Full, &tokens, FULL, out);
        self.windows(Way::Dense, &dense(&code), DENSE, out);
        self.windows(Way::Bare, &bare(&code), BARE, out);
        let runs = Runs::of(&tokens);
        for length in &self.lines {
            self.keep(Way::Line, runs.each(*length), out);
        }
        self.letters(text, out);
    }

    /// The marks of letters in a row.
    pub(super) fn letters(&self, text: &str, out: &mut Set<Mark>) {
        self.windows(Way::Letters, &letters(text), LETTERS, out);
    }

    fn windows(&self, way: Way, tokens: &[u64], size: usize, out: &mut Set<Mark>) {
        self.keep(way, windows(way, tokens, size).map(|(_, mark)| mark), out);
    }

    fn keep(&self, way: Way, marks: impl IntoIterator<Item = u64>, out: &mut Set<Mark>) {
        out.extend(marks.into_iter().map(|mark| (way, mark)).filter(|mark| self.marks.contains(mark)));
    }
}

/// Runs of `size`, or the whole of what is shorter, unless it is code that consists of names and nothing else.
fn windows(way: Way, tokens: &[u64], size: usize) -> impl Iterator<Item = (Range<usize>, u64)> {
    let size = size.min(tokens.len().max(1));
    let marks: Vec<u64> = Runs::of(tokens).each(size).collect();
    let places = marks.into_iter().enumerate().map(move |(at, mark)| (at..at + size, mark));
    let code = matches!(way, Way::Full | Way::Bare | Way::Dense);
    places.filter(move |(at, _)| !code || !says_nothing(&tokens[at.clone()]))
}

/// What is covered of each way, 0 to 1.
fn shares(covered: &Covered) -> HashMap<Way, f32> {
    let share = |of: &[bool]| of.iter().filter(|is| **is).count() as f32 / of.len().max(1) as f32;
    covered.iter().map(|(way, of)| (*way, share(of))).collect()
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
    fold::fold(text).chars().filter(|c| c.is_alphanumeric()).map(u64::from).collect()
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
