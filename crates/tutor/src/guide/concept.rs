//! Naming what a turn is about.

use super::wording::{Names, name};
use crate::{
    reading::{Reading, Sentence, asked_about},
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
    let heading =
        passage.and_then(|passage| passage.heading_path.last()).map(|heading| name(heading)).unwrap_or_default();
    let lesson = passage.map(|passage| passage.lesson_title.as_str()).or(r.q.lesson_title).unwrap_or_default();
    let concept = concept(r, &stems, &heading).unwrap_or_else(|| fallback(r, &heading, lesson));
    let other = r.q.concepts.iter().filter(|c| phrase_in(c, &stems) && !overlap(c, &concept)).map(|c| name(c)).next();
    Names {
        other: other.unwrap_or_default(),
        concept,
        heading,
        lesson: name(lesson),
        course: name(r.q.course_title),
        number: r.turns + 1,
        ..Names::default()
    }
}

/// The concept: a term of the lesson that the question names; one that the question and the
/// quotation share; the heading, when the question touches it; the question's own words.
fn concept(r: &Reading<'_>, quoted: &[String], heading: &str) -> Option<String> {
    let asked = &r.subject()[..];
    // "Embodiment: the body does its part" is about embodiment.
    let heading = heading.split(':').next().unwrap_or_default().trim();
    let longest = |wanted: &dyn Fn(&str) -> bool| {
        let fitting = r.q.concepts.iter().filter(|c| wanted(c));
        fitting.max_by_key(|c| content(c).len()).map(|c| name(c)).filter(|c| !c.is_empty())
    };
    let touched = |text: &str| content(text).iter().any(|stem| asked.contains(stem));
    longest(&|c| phrase_in(c, &r.own))
        .or_else(|| longest(&|c| phrase_in(c, asked)))
        .or_else(|| longest(&|c| phrase_in(c, quoted) && touched(c)))
        .or_else(|| (touched(heading) && heading.split(' ').count() <= 4).then(|| heading.to_owned()))
        .or_else(|| asked_about(r.q).filter(|_| r.leaning).map(name).filter(|c| !c.is_empty()))
        .or_else(|| words_of_question(r, quoted))
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
    let phrase = name(&best.join(" "));
    (phrase.chars().count() > 2).then_some(phrase)
}

fn fallback(r: &Reading<'_>, heading: &str, lesson: &str) -> String {
    let course = name(r.q.course_title);
    let concept = r.q.concepts.first().map(|c| name(c)).unwrap_or_default();
    let names = [heading.to_owned(), concept, name(lesson), course, "this topic".to_owned()];
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

fn overlap(a: &str, b: &str) -> bool {
    let b = content(b);
    content(a).iter().any(|stem| b.contains(stem))
}
