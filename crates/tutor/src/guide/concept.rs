//! Naming what a turn is about.

use super::wording::{Names, plain};
use crate::{
    reading::{Reading, Sentence},
    text::{
        fold,
        stem::stem,
        terms::{content, is_subject, phrase_in},
    },
};

/// The names for a turn that quotes these sentences (or none).
pub(super) fn names(r: &Reading<'_>, quotes: &[&Sentence]) -> Names {
    let stems: Vec<String> = quotes.iter().flat_map(|sentence| sentence.stems.iter().cloned()).collect();
    let passage = quotes.first().and_then(|sentence| r.q.passages.get(sentence.passage));
    let heading = passage.and_then(|passage| passage.heading_path.last()).map(|heading| plain(heading)).unwrap_or_default();
    let lesson = passage.map(|passage| passage.lesson_title.as_str()).or(r.q.lesson_title).unwrap_or_default();
    let concept = concept(r, &stems).unwrap_or_else(|| fallback(r, &heading, lesson));
    let other = r.q.concepts.iter().filter(|c| phrase_in(c, &stems) && !overlap(c, &concept)).map(|c| plain(c)).next();
    Names {
        other: other.unwrap_or_default(),
        concept,
        heading,
        lesson: plain(lesson),
        course: plain(r.q.course_title),
        number: r.turns + 1,
        ..Names::default()
    }
}

/// The concept: a term of the lesson that the question names, the question's own words as far as
/// the quotation has them, or a term of the lesson in the quotation.
fn concept(r: &Reading<'_>, quoted: &[String]) -> Option<String> {
    let asked: Vec<String> = if r.own.is_empty() { r.context.clone() } else { r.own.clone() };
    let longest = |wanted: &dyn Fn(&str) -> bool| {
        let fitting = r.q.concepts.iter().filter(|c| wanted(c));
        fitting.max_by_key(|c| content(c).len()).map(|c| plain(c)).filter(|c| !c.is_empty())
    };
    longest(&|c| phrase_in(c, &r.own))
        .or_else(|| longest(&|c| phrase_in(c, quoted) && content(c).iter().any(|stem| asked.contains(stem))))
        .or_else(|| words_of_question(r, quoted))
        .or_else(|| longest(&|c| phrase_in(c, &asked) && (quoted.is_empty() || phrase_in(c, quoted))))
        .or_else(|| longest(&|c| phrase_in(c, quoted)))
}

/// The longest run of subject words in the question that the quotation contains.
fn words_of_question(r: &Reading<'_>, quoted: &[String]) -> Option<String> {
    let words = r.q.text.split_whitespace().take(200).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let mut best: Vec<&str> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for word in words {
        let folded = fold::words(word);
        let fits = !folded.is_empty() && folded.iter().all(|w| is_subject(w) && quoted.contains(&stem(w)));
        if fits {
            run.push(word);
        } else {
            run.clear();
        }
        if run.len() > best.len() && run.len() <= 4 {
            best.clone_from(&run);
        }
    }
    let phrase = plain(&best.join(" "));
    (phrase.chars().count() > 2).then_some(phrase)
}

fn fallback(r: &Reading<'_>, heading: &str, lesson: &str) -> String {
    let course = plain(r.q.course_title);
    let concept = r.q.concepts.first().map(|c| plain(c)).unwrap_or_default();
    let names = [heading.to_owned(), concept, plain(lesson), course, "this topic".to_owned()];
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

fn overlap(a: &str, b: &str) -> bool {
    let b = content(b);
    content(a).iter().any(|stem| b.contains(stem))
}
