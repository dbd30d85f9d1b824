//! The evaluation questions are sound: their passages are there, and what is called little overlap is little.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The fewest questions in the set.
const ENOUGH: usize = 130;
/// The fewest questions about one lesson.
const PER_LESSON: usize = 4;
/// The largest share of a `low` question's content words that its passage may contain.
const LITTLE: f64 = 0.30;
/// The smallest share for a `high` question.
const MUCH: f64 = 0.50;
/// The share of all their words that two questions may have in common without being the same.
const ALIKE: f64 = 0.6;
/// Two words are one if they begin alike for so many letters, once their endings are cut off.
const STEM: usize = 6;

const ENDINGS: &[&str] = &["ingly", "edly", "ing", "ies", "ied", "ed", "es", "ly", "s", "e"];

/// Words that say nothing about the subject.
const STOP_WORDS: &str = "a an the and or but if then than so as of at by for from in into on onto over under to up \
    down out off with without about after before between through during again is are was were be been being am do \
    does did done doing have has had having can could may might must shall should will would i me my mine you your \
    yours he him his she her hers it its we us our ours they them their theirs this that these those there here what \
    which who whom whose when where why how not no nor never ever only just also too very more most less least much \
    many few some any each every all both either neither other another such same own one two because while though \
    although until since whether like yet still even instead get gets got";

/// A question, and the passage that answers it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    id: String,
    pub question: String,
    pub lesson: String,
    pub anchors: Vec<String>,
    quote: String,
    pub overlap: Overlap,
}

/// How many of its words a question shares with its passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    Low,
    High,
}

/// By heading: the heading and the blocks directly under it.
type Sections = BTreeMap<String, Vec<String>>;

#[test]
fn the_questions_are_enough_and_spread_over_all_lessons() {
    let questions = questions();
    assert!(questions.len() >= ENOUGH, "{}", questions.len());
    let ids: BTreeSet<_> = questions.iter().map(|question| &question.id).collect();
    assert_eq!(ids.len(), questions.len(), "an id is there twice");
    let low = questions.iter().filter(|question| question.overlap == Overlap::Low).count();
    assert!(low.abs_diff(questions.len() - low) <= 1, "{low} of {} have little overlap", questions.len());
    for lesson in lessons().keys() {
        let count = questions.iter().filter(|question| question.lesson == *lesson).count();
        assert!(count >= PER_LESSON, "{lesson}: {count} questions");
    }
}

#[test]
fn every_question_names_a_passage_that_is_there() {
    let lessons = lessons();
    for question in questions() {
        let sections = lessons.get(&question.lesson).unwrap_or_else(|| panic!("{question:?}: no such lesson"));
        let blocks: Vec<_> = question
            .anchors
            .iter()
            .flat_map(|anchor| sections.get(anchor).unwrap_or_else(|| panic!("{question:?}: no heading {anchor}")))
            .collect();
        assert!(blocks.iter().any(|block| block.contains(&question.quote)), "{question:?}: the quote is not there");
    }
}

#[test]
fn the_overlap_of_words_is_what_it_is_said_to_be() {
    let lessons = lessons();
    for question in questions() {
        let sections = &lessons[&question.lesson];
        let passage: BTreeSet<_> = question
            .anchors
            .iter()
            .flat_map(|anchor| &sections[anchor])
            .flat_map(|block| content_words(block))
            .collect();
        let asked = content_words(&question.question);
        let shared: Vec<_> = asked.intersection(&passage).collect();
        let share = shared.len() as f64 / asked.len() as f64;
        let holds = match question.overlap {
            Overlap::Low => share <= LITTLE,
            Overlap::High => share >= MUCH,
        };
        assert!(holds, "{}: {share:.2} of its words are in the passage: {shared:?}", question.id);
    }
}

/// The lessons' own lines of what is asked are part of what is measured; they may not know the questions.
#[test]
fn no_lesson_holds_a_question_of_the_set() {
    let asked: Vec<_> = lesson_sources()
        .into_iter()
        .flat_map(|(_, _, markdown)| prose::passages(&markdown))
        .flat_map(|passage| passage.asked)
        .map(|line| (all_words(&line), line))
        .collect();
    assert!(!asked.is_empty());
    for question in questions() {
        let words = all_words(&question.question);
        for (others, line) in &asked {
            let alike = words.intersection(others).count() as f64 / words.union(others).count() as f64;
            assert!(alike < ALIKE, "{}: {line}", question.question);
        }
    }
}

fn all_words(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn words_are_compared_without_their_endings() {
    assert_eq!(content_words("Calibrating the cameras, calibrated!"), content_words("camera calibration"));
    assert_eq!(content_words("What is it about?"), BTreeSet::new());
}

pub fn questions() -> Vec<Question> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evaluation/questions.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Slug, title and Markdown of every lesson, in the order of their slugs.
pub fn lesson_sources() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/physical-ai");
    let stages = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = stages.flat_map(|stage| std::fs::read_dir(stage).unwrap().map(|entry| entry.unwrap().path()));
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut lessons: Vec<_> = files.map(|path| source(&path)).collect();
    lessons.sort();
    lessons
}

fn source(path: &PathBuf) -> (String, String, String) {
    let source = std::fs::read_to_string(path).unwrap();
    let (matter, markdown) = prose::split_front_matter(&source).unwrap();
    let field = |name: &str| {
        let start = format!("{name} = \"");
        matter.lines().find_map(|line| line.strip_prefix(&*start)?.strip_suffix('"')).unwrap().to_owned()
    };
    (field("slug"), field("title"), markdown.to_owned())
}

/// The sections of every lesson by its slug.
fn lessons() -> BTreeMap<String, Sections> {
    lesson_sources().into_iter().map(|(slug, _, markdown)| (slug, sections(&markdown))).collect()
}

fn sections(markdown: &str) -> Sections {
    let mut sections = Sections::new();
    for passage in prose::passages(markdown) {
        let heading = passage.anchor.rsplit_once('.').map_or(&*passage.anchor, |(heading, _)| heading);
        let blocks = sections
            .entry(heading.to_owned())
            .or_insert_with(|| passage.heading_path.last().cloned().into_iter().collect());
        blocks.push(passage.text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    sections
}

/// What a text is about: its words without stop words, cut to their stems.
fn content_words(text: &str) -> BTreeSet<String> {
    let text = text.to_lowercase().replace("'s", "").replace("’s", "");
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| word.len() > 1 && !STOP_WORDS.split_whitespace().any(|stop| stop == *word))
        .map(stem)
        .collect()
}

fn stem(word: &str) -> String {
    let cut = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.len() >= 3));
    cut.unwrap_or(word).chars().take(STEM).collect()
}
