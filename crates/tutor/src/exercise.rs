//! Which exercise a message is about, what it wants of it, and which rung it gets.

use std::collections::HashSet;

use crate::{
    Decision, Exercise, Rung, Speaker,
    intent::Extraction,
    reading::{Reading, comparable, spoken},
    text::{
        fold,
        terms::{content, is_subject, phrase_in},
    },
};

/// Words in one shingle when a pasted task is recognised.
const SHINGLE: usize = 4;
/// Share of the shingles that makes a text a pasted task.
const PASTED: f32 = 0.6;

/// How sure it is that an exercise is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sure {
    /// It is the only candidate on the page.
    Assumed,
    /// It is what the thread has been about.
    Discussed,
    /// The message was sent from it, names it, or contains its text.
    Named,
}

/// The decision about an exercise, if the message is about one.
pub(crate) fn decide(r: &Reading<'_>) -> Option<Decision> {
    let (exercise, sure) = target(r)?;
    let intent = &r.intent;
    if reaches(r, exercise, sure) && !intent.hint && !intent.check {
        return Some(solution(r, exercise));
    }
    let names_it = intent.about_exercise || phrase_in(&r.q.exercises[exercise].title, &r.own);
    let asks_help = intent.hint || intent.stuck || intent.start || intent.check || (intent.lost && names_it);
    let about = sure > Sure::Assumed
        || intent.about_exercise
        || (intent.hint && r.own.is_empty())
        || has_tried(r, exercise, intent.stuck);
    let working = pasted(r, exercise) || (sure == Sure::Named && r.q.exercise.is_some() && r.own.is_empty());
    let speaks_of_it = intent.about_exercise && r.own.len() < 2;
    if (asks_help && about) || working || speaks_of_it { Some(hint(r, exercise)) } else { None }
}

fn solution(r: &Reading<'_>, exercise: usize) -> Decision {
    if r.q.exercises[exercise].passed {
        return Decision::ShowSolution { exercise };
    }
    Decision::RefuseSolution { exercise, rung: rung(r, exercise) }
}

fn hint(r: &Reading<'_>, exercise: usize) -> Decision {
    Decision::Hint { exercise, rung: rung(r, exercise) }
}

/// Whether the message reaches for this exercise's solution.
fn reaches(r: &Reading<'_>, exercise: usize, sure: Sure) -> bool {
    let here = sure > Sure::Assumed || r.intent.about_exercise;
    let bare = r.own.is_empty() || subject_is(r, exercise);
    let of_lesson =
        r.words.any(&["lesson", "the text", "the page", "the section", "the chapter"]) && !r.intent.about_exercise;
    match r.intent.extraction {
        Some(Extraction::Solution) => here || bare || !is_of_something_else(r),
        Some(Extraction::Work) => here || bare,
        Some(Extraction::Code) => {
            !of_lesson && (bare || r.intent.about_exercise || (sure == Sure::Named && !asks_why(r)))
        }
        Some(Extraction::Insist) => {
            let little = r.own.len() < 3 && !asks_why(r);
            (sure > Sure::Assumed && little) || pasted(r, exercise)
        }
        None => pasted(r, exercise) && !asks_why(r) && !r.intent.stuck,
    }
}

/// "The solution to gimbal lock", "the answer to why it shakes": a question about the subject. What
/// was retrieved plays no part: a refusal must not depend on it.
fn is_of_something_else(r: &Reading<'_>) -> bool {
    let words = &r.words.0;
    words.windows(2).enumerate().any(|(at, pair)| {
        let noun = matches!(pair[0].as_str(), "solution" | "solutions" | "answer" | "answers");
        let link = matches!(pair[1].as_str(), "to" | "for" | "of" | "why" | "how");
        noun && link && words[at + 2..].iter().any(|word| is_subject(word))
    })
}

/// "Why", "what does … mean": a question about the task, not a demand for its solution.
fn asks_why(r: &Reading<'_>) -> bool {
    r.words.any(&["why", "what does", "what do", "mean", "means", "understand", "difference", "how does", "how do"])
}

/// Whether most of the message's subject is the exercise's own.
fn subject_is(r: &Reading<'_>, exercise: usize) -> bool {
    let exercise = &r.q.exercises[exercise];
    let stems = content(&format!("{} {} {}", exercise.title, exercise.concept, exercise.slug));
    let met = r.own.iter().filter(|stem| stems.contains(stem)).count();
    met * 3 >= r.own.len() * 2
}

fn has_tried(r: &Reading<'_>, exercise: usize, stuck: bool) -> bool {
    let exercise = &r.q.exercises[exercise];
    stuck && r.q.history.is_empty() && exercise.attempts > 0 && !exercise.passed
}

/// The exercise that is meant, and how surely.
fn target(r: &Reading<'_>) -> Option<(usize, Sure)> {
    let all = r.q.exercises;
    let position = |found: &dyn Fn(&Exercise) -> bool| all.iter().position(found);
    let titled = position(&|e| phrase_in(&e.title, &r.own) && content(&e.title).len() > 1);
    let pasted = || (0..all.len()).find(|index| pasted(r, *index));
    let asked_from = || r.q.exercise.and_then(|slug| position(&|e| e.slug == slug));
    if let Some(index) = titled.or_else(pasted).or_else(asked_from) {
        return Some((index, Sure::Named));
    }
    if let Some(index) = discussed(r) {
        return Some((index, Sure::Discussed));
    }
    let open = all.iter().position(|e| !e.passed).or(if all.is_empty() { None } else { Some(0) });
    open.map(|index| (index, Sure::Assumed))
}

/// The exercise that the tutor's latest message was about.
fn discussed(r: &Reading<'_>) -> Option<usize> {
    let latest = r.q.history.iter().rev().find(|said| said.by == Speaker::Tutor)?;
    let sentences: HashSet<String> = spoken(&latest.text).into_iter().collect();
    r.q.exercises.iter().position(|exercise| {
        names(&latest.text, exercise) || Rung::ALL.iter().any(|rung| is_given(exercise, *rung, &sentences))
    })
}

fn names(text: &str, exercise: &Exercise) -> bool {
    !exercise.title.is_empty() && text.contains(&format!("**{}**", exercise.title))
}

/// Whether a rung's text is among what was said.
pub(crate) fn is_given(exercise: &Exercise, rung: Rung, said: &HashSet<String>) -> bool {
    spoken(exercise.hints.on(rung)).iter().any(|sentence| said.contains(sentence))
}

/// The rung for this turn: at least what the attempts have earned, and one above what was given.
fn rung(r: &Reading<'_>, exercise: usize) -> Rung {
    let exercise = &r.q.exercises[exercise];
    let earned = match exercise.attempts {
        0 => 0,
        1 => 1,
        2 | 3 => 2,
        _ => 3,
    };
    let given = Rung::ALL.iter().rposition(|rung| is_given(exercise, *rung, &r.said)).map_or(0, |height| height + 1);
    let tutor = r.q.history.iter().filter(|said| said.by == Speaker::Tutor);
    let turns = tutor.filter(|said| names(&said.text, exercise)).count();
    Rung::at(earned.max(given).max(turns))
}

/// Whether the message contains the task's own text.
fn pasted(r: &Reading<'_>, exercise: usize) -> bool {
    let prompt = shingles(&r.q.exercises[exercise].prompt);
    let message = shingles(r.q.text);
    let common = message.intersection(&prompt).count() as f32;
    let share = |of: usize| if of == 0 { 0.0 } else { common / of as f32 };
    common >= 3.0 && (share(prompt.len()) >= PASTED || share(message.len()) >= PASTED)
}

fn shingles(text: &str) -> HashSet<String> {
    let words = fold::words(&comparable(text));
    words.windows(SHINGLE).map(|window| window.join(" ")).collect()
}
