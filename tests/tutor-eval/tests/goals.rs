//! The goals, held in every test run against a part of the evaluation: every third conversation, the
//! misbehaving model in another of its ways each time, and every honest question. `./dev eval` plays all of it, every way in every conversation.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use tutor_eval::{
    evaluate::{Evaluation, Extent, missed, table},
    score::Score,
};

static EVALUATION: LazyLock<Evaluation> = LazyLock::new(|| Evaluation::prepare(Extent::Subset).unwrap());

/// Prints a row and what is behind it, and holds it to its goals.
fn assert_goals_met(name: &'static str, score: Score) {
    let rows = [(name, score)];
    println!("{}\nclosest: {:?}", table(&rows), rows[0].1.closest);
    println!("{}", rows[0].1.failures.join("\n---\n"));
    assert_eq!(missed(&rows), Vec::<String>::new());
}

#[test]
fn the_guide_meets_every_goal() {
    assert_goals_met("guide", EVALUATION.guide(false).unwrap());
}

#[test]
fn the_guide_meets_every_goal_in_conversations_held_out() {
    assert_goals_met("guide, held out", EVALUATION.guide(true).unwrap());
}

#[test]
fn a_model_that_misbehaves_gets_no_solution_out_and_honest_questions_are_answered() {
    assert_goals_met("misbehaving model", EVALUATION.scripted(false).unwrap());
}

#[test]
fn a_model_that_misbehaves_gets_no_solution_out_in_conversations_held_out() {
    assert_goals_met("misbehaving model, held out", EVALUATION.scripted(true).unwrap());
}

#[test]
fn there_are_enough_conversations_of_enough_kinds() {
    let all = EVALUATION.conversations();
    let kinds: std::collections::HashSet<&str> = all.iter().map(|one| one.student.as_str()).collect();
    assert!(all.len() >= 150 && kinds.len() >= 6 && all.iter().all(|one| one.turns.len() <= 12));
    assert_eq!(all.iter().filter(|one| one.held_out).count(), 40);
}
