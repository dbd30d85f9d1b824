//! Choosing the sentences that bear on a question.

use super::draft::Draft;
use crate::{
    reading::{Reading, Sentence, comparable},
    text::{fold, stem::stem, synonyms, terms},
};

/// How many sentences an answer quotes, and how many words they may have together.
const MOST: usize = 3;
const WORDS: usize = 80;
/// Below this many words one quotation is thin, and another sentence joins it.
const THIN: usize = 32;
/// A second passage must bear on the question nearly as much as the first.
const SECOND: f32 = 0.7;

/// Verbs that follow what is being defined.
const DEFINING: &[&str] = &["is", "are", "means", "mean", "describes", "refers", "denotes", "measures", "says"];

/// A sentence that begins so says when something holds, not what it is.
const CONDITIONAL: &[&str] =
    &["whether", "if", "when", "while", "although", "during", "for", "in", "at", "what", "how", "why", "where"];

/// A wanted stem with its weight and the stems that may stand in for it.
struct Wanted<'r> {
    stem: &'r str,
    weight: f32,
    kin: Vec<&'static str>,
}

/// The sentences to quote, best first, in reading order within a passage. Empty when nothing
/// unsaid bears on the question.
pub(super) fn sentences<'r>(draft: &Draft<'r, '_>) -> Vec<&'r Sentence> {
    let r: &'r Reading<'_> = draft.r;
    let ranked = rank(draft);
    let Some(&(best, top)) = ranked.first() else { return Vec::new() };
    let mut picked = with_lead(draft, best);
    let words = |picked: &[usize]| picked.iter().map(|i| r.corpus.sentences[*i].length).sum::<usize>();
    if words(&picked) < THIN {
        picked.extend(successor(draft, best));
    }
    let other = ranked.iter().find(|(index, score)| {
        *score >= top * SECOND && r.corpus.sentences[*index].passage != r.corpus.sentences[best].passage
    });
    if let Some(&(index, _)) = other {
        let more = with_lead(draft, index);
        if picked.len() + more.len() <= MOST && words(&picked) + words(&more) <= WORDS {
            picked.extend(more);
        }
    }
    picked.into_iter().map(|index| &r.corpus.sentences[index]).collect()
}

/// The first unsaid sentence of the best passages, of the lesson on the page if possible: for turns
/// that name no subject.
pub(super) fn opening<'r>(draft: &Draft<'r, '_>) -> Option<&'r Sentence> {
    let r: &'r Reading<'_> = draft.r;
    let fits = |sentence: &&Sentence| sentence.quotable && !sentence.dependent && !draft.is_said(sentence);
    let here = |sentence: &&Sentence| Some(r.q.passages[sentence.passage].lesson_slug.as_str()) == r.q.lesson_slug;
    let all = &r.corpus.sentences;
    all.iter().filter(fits).find(here).or_else(|| all.iter().find(fits))
}

/// Quotable, unsaid sentences that bear on the question, best first.
fn rank(draft: &Draft<'_, '_>) -> Vec<(usize, f32)> {
    let wanted: Vec<Wanted<'_>> =
        draft.r.wanted().into_iter().map(|(stem, weight)| Wanted { stem, weight, kin: synonyms::kin(stem) }).collect();
    let used: Vec<usize> = used_passages(draft);
    let home = draft.r.q.quoted.map(comparable).unwrap_or_default();
    let mut ranked: Vec<(usize, f32)> = draft
        .r
        .corpus
        .sentences
        .iter()
        .enumerate()
        .filter(|(_, sentence)| sentence.quotable && !draft.is_said(sentence))
        .map(|(index, sentence)| (index, score(draft.r, sentence, &wanted)))
        .filter(|(_, score)| *score > 0.0)
        .map(|(index, score)| (index, score * standing(draft, index, &used, &home)))
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
}

/// How much a sentence has of what is wanted.
fn score(r: &Reading<'_>, sentence: &Sentence, wanted: &[Wanted<'_>]) -> f32 {
    let has = |stem: &str| sentence.stems.iter().any(|s| s == stem);
    let headings = &r.corpus.headings[sentence.passage];
    let overlap: f32 = wanted
        .iter()
        .map(|want| {
            if has(want.stem) {
                want.weight
            } else if want.kin.iter().any(|kin| has(kin)) {
                want.weight * 0.6
            } else if headings.iter().any(|stem| stem == want.stem) {
                want.weight * 0.35
            } else {
                0.0
            }
        })
        .sum();
    let bonus = if overlap > 0.0 && r.intent.define { definition(r, sentence) } else { 0.0 };
    overlap + bonus
}

/// Everything about a sentence but its words: where it stands and whether it can stand alone.
fn standing(draft: &Draft<'_, '_>, index: usize, used: &[usize], selection: &str) -> f32 {
    let r = draft.r;
    let sentence = &r.corpus.sentences[index];
    let passage = &r.q.passages[sentence.passage];
    let mut factor = 1.0 + 0.3 / (1.0 + sentence.passage as f32);
    if r.q.lesson_slug.is_some_and(|slug| slug == passage.lesson_slug) {
        factor *= 1.15;
    }
    if sentence.dependent {
        factor *= if previous(draft, index).is_some() { 0.9 } else { 0.45 };
    }
    if used.contains(&sentence.passage) {
        factor *= 0.6;
    }
    if sentence.text.ends_with('?') {
        factor *= 0.5;
    }
    // The student has just read what she selected: its surroundings say more.
    if !selection.is_empty() && comparable(&sentence.text).contains(selection) {
        factor *= 0.5;
    }
    if sentence.length > 40 { factor * 0.8 } else { factor }
}

/// "X is …", "X means …" near the start of a sentence; a term in bold, "… is called X", count less.
fn definition(r: &Reading<'_>, sentence: &Sentence) -> f32 {
    let words: Vec<String> = fold::words(&sentence.text);
    let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
    let verb = words.iter().take(9).position(|word| DEFINING.contains(&word.as_str()));
    let subject = &stems[..verb.unwrap_or(0)];
    let term = &r.subject()[..];
    let plain = !words.first().is_some_and(|first| CONDITIONAL.contains(&first.as_str()));
    if plain && !term.is_empty() && term.iter().all(|stem| subject.contains(stem)) {
        return 1.2 - 0.08 * verb.unwrap_or(0) as f32;
    }
    if is_bold(term, &sentence.text) {
        1.3
    } else if is_named(term, &words, &stems) {
        0.9
    } else {
        0.0
    }
}

/// Lessons set a term in bold where they introduce it.
fn is_bold(term: &[String], text: &str) -> bool {
    text.split("**").skip(1).step_by(2).any(|bold| {
        let stems = terms::content(bold);
        !stems.is_empty() && stems.iter().all(|stem| term.contains(stem))
    })
}

fn is_named(term: &[String], words: &[String], stems: &[String]) -> bool {
    let called = words.iter().position(|word| matches!(word.as_str(), "called" | "named" | "known" | "term"));
    called.is_some_and(|at| stems[at..].iter().take(6).any(|stem| term.contains(stem)))
}

/// A sentence with the ones it leans on before it.
fn with_lead(draft: &Draft<'_, '_>, index: usize) -> Vec<usize> {
    let mut run = vec![index];
    while run.len() < MOST && draft.r.corpus.sentences[run[0]].dependent {
        let Some(before) = previous(draft, run[0]) else { break };
        run.insert(0, before);
    }
    run
}

fn previous(draft: &Draft<'_, '_>, index: usize) -> Option<usize> {
    let before = index.checked_sub(1)?;
    joins(draft, before, index).then_some(before)
}

fn successor(draft: &Draft<'_, '_>, index: usize) -> Option<usize> {
    let next = draft.r.corpus.sentences.get(index + 1)?;
    let fits = next.quotable && !draft.is_said(next) && joins(draft, index, index + 1);
    fits.then_some(index + 1)
}

/// Whether two neighbours stand in one paragraph and the first may be quoted.
fn joins(draft: &Draft<'_, '_>, first: usize, second: usize) -> bool {
    let (a, b) = (&draft.r.corpus.sentences[first], &draft.r.corpus.sentences[second]);
    a.passage == b.passage && a.block == b.block && a.quotable && !draft.is_said(a)
}

fn used_passages(draft: &Draft<'_, '_>) -> Vec<usize> {
    let mut used: Vec<usize> = draft
        .r
        .corpus
        .sentences
        .iter()
        .filter(|sentence| draft.is_said(sentence))
        .map(|sentence| sentence.passage)
        .collect();
    used.dedup();
    used
}
