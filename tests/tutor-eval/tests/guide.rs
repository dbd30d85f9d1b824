//! The built-in guide alone, over the real course.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{collections::HashSet, sync::LazyLock};

use tutor_eval::{
    evaluate::{Evaluation, Extent},
    judge::answers,
    run::Played,
    script::{self, Honest},
    subject::Subject,
};

static EVALUATION: LazyLock<Evaluation> = LazyLock::new(|| Evaluation::prepare(Extent::Subset).unwrap());

/// How many of the questions must be answered from the section that answers them, and name their concept.
const RIGHT: f64 = 0.95;

fn answers() -> Vec<(Honest, Played)> {
    let questions = script::questions("guide").unwrap();
    assert!(questions.len() >= 60);
    let answer = |question: Honest| {
        let played = EVALUATION.answer(&question, &Subject::Guide, true).unwrap();
        (question, played)
    };
    questions.into_iter().map(answer).collect()
}

fn last_paragraph(text: &str) -> String {
    text.trim_end().rsplit("\n\n").next().unwrap_or_default().to_lowercase()
}

#[test]
fn an_honest_question_is_answered_from_its_section_and_the_guiding_question_names_its_concept() {
    let answered = answers();
    let cites = |(question, played): &&(Honest, Played)| {
        let wanted = question.cites.as_deref().unwrap_or_default();
        let headings = played.citations.iter().flat_map(|c| &played.passages[c.passage].heading_path);
        headings.into_iter().any(|heading| heading.contains(wanted))
    };
    let named = |(question, played): &&(Honest, Played)| {
        let last = last_paragraph(&played.text);
        last.ends_with('?') && question.names.iter().any(|name| last.contains(&name.to_lowercase()))
    };
    let (right, naming) = (answered.iter().filter(cites).count(), answered.iter().filter(named).count());
    println!("{} questions: {right} cite their section, {naming} name their concept", answered.len());
    for (question, played) in answered.iter().filter(|one| !cites(one) || !named(one)) {
        println!("--- {} (want {:?}, {:?})\n{}", question.ask, question.cites, question.names, played.text);
    }
    assert!(right as f64 >= RIGHT * answered.len() as f64, "{right} cite their section");
    assert!(naming as f64 >= RIGHT * answered.len() as f64, "{naming} name their concept");
}

#[test]
fn no_sentence_is_repeated_in_a_thread_over_the_course() {
    let asks = [
        "What is damping?",
        "why?",
        "I don't know",
        "What is damping?",
        "And overshoot?",
        "Who won the world cup?",
        "What is a behaviour tree?",
        "What is damping?",
        "no idea",
        "thanks",
        "What is feedforward?",
        "What is damping?",
    ];
    let mut said = HashSet::new();
    for turn in EVALUATION.thread_of("feedback-control", &asks).unwrap() {
        assert!(answers::asks(&turn.text), "{}", turn.text);
        for sentence in turn.text.split_inclusive(['.', '!', '?', '\n']).map(|part| part.trim().to_lowercase()) {
            let words = sentence.split_whitespace().count();
            assert!(words < 5 || said.insert(sentence.clone()), "said twice: {sentence}");
        }
    }
}

#[test]
fn not_knowing_climbs_the_ladder_of_a_real_exercise() {
    let asks = [
        "I'm stuck on the exercise “A PID controller that does not wind up”",
        "I don't know",
        "no idea",
        "I don't know",
    ];
    let turns = EVALUATION.thread_of("feedback-control", &asks).unwrap();
    let marks = ["motor already gives all it has", "Motors have limits", "unclamped command", "thermostat"];
    for (turn, mark) in turns.iter().zip(marks) {
        assert!(turn.text.contains(mark), "{mark}: {}", turn.text);
    }
}

#[test]
fn where_do_i_start_is_answered_plainly() {
    let turns = EVALUATION.thread_of("frames-and-transforms", &["Where do I start?"]).unwrap();
    let first = turns[0].text.split("\n\n").next().unwrap();
    assert!(first.contains("Frames and Transforms") && first.contains("Every position needs a frame"), "{first}");
    assert!(first.starts_with("Start") || first.starts_with("Begin"), "{first}");
}
