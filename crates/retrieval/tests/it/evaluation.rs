//! How well the course's passages are found: by words, by meaning, by both. The figures are in docs/retrieval.md.

use std::collections::HashMap;

use retrieval::{Chunk, EdgeStore, Embedder, Place, Query, Scope, VectorStore, chunk_lesson, embedding_texts};
use uuid::Uuid;

use crate::fixture::{edition_of, model, say};
use crate::question_set::{Overlap, Question, lesson_sources, questions};

/// How many hits are looked at.
const DEPTH: usize = 50;
/// What counts as found: within as many hits.
const SHOWN: usize = 5;

/// The least recall of both ways together.
const ENOUGH: f64 = 0.85;
/// The same where questions have the lesson's own words.
const ENOUGH_IN_THE_LESSONS_WORDS: f64 = 0.98;

/// One way of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Words,
    Meaning,
    Both,
}

const WAYS: [(Way, &str); 3] = [(Way::Words, "BM25"), (Way::Meaning, "dense"), (Way::Both, "fused")];

/// Where the first passage that answers stands in the hits, from 1; `None`: not among them.
type Rank = Option<usize>;

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    recall: f64,
    reciprocal: f64,
}

#[tokio::test]
async fn both_ways_together_find_enough_and_no_less_than_either_alone() {
    let Some(model) = model("both_ways_together_find_enough_and_no_less_than_either_alone") else { return };
    let chunks = course(&model).await;
    let store = EdgeStore::temp(model.dimensions()).unwrap();
    for lesson in chunks.chunk_by(|a, b| a.lesson_id == b.lesson_id) {
        store.replace_lesson(edition_of(lesson[0].lesson_id), lesson).await.unwrap();
    }
    let scope = Scope { stage_ids: vec![Uuid::nil()] };
    let by_id: HashMap<Uuid, &Chunk> = chunks.iter().map(|chunk| (chunk.id, chunk)).collect();
    let questions = questions();
    let mut ranks: HashMap<&str, Vec<(Overlap, Rank)>> = HashMap::new();
    for question in &questions {
        let vector = model.embed_query(&question.question).await.unwrap();
        for (way, name) in WAYS {
            let query = Query {
                text: if way == Way::Meaning { String::new() } else { question.question.clone() },
                dense: vector.clone().filter(|_| way != Way::Words),
            };
            let hits = store.search(&query, &scope, DEPTH).await.unwrap();
            let rank = hits.iter().position(|hit| answers(question, by_id[&hit.chunk_id])).map(|at| at + 1);
            ranks.entry(name).or_default().push((question.overlap, rank));
        }
    }
    let size =
        format!("{} questions, {} passages of {} lessons", questions.len(), chunks.len(), lesson_sources().len());
    say(&format!("\n{size}\n\n{}", table(&ranks)));
    let both = score(&ranks["fused"], None);
    for name in ["BM25", "dense"] {
        let alone = score(&ranks[name], None);
        assert!(both.recall >= alone.recall && both.reciprocal >= alone.reciprocal, "{both:?}, {name}: {alone:?}");
    }
    assert!(both.recall >= ENOUGH, "{both:?}");
    let said = score(&ranks["fused"], Some(Overlap::High));
    assert!(said.recall >= ENOUGH_IN_THE_LESSONS_WORDS, "{said:?}");
}

/// All lessons as passages with vectors, in one stage.
async fn course(model: &Embedder) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for (slug, title, markdown) in lesson_sources() {
        let (nowhere, lesson_id) = (Uuid::nil(), Uuid::now_v7());
        let place =
            Place { course_id: nowhere, stage_id: nowhere, lesson_id, lesson_slug: &slug, lesson_title: &title };
        chunks.extend(chunk_lesson(&markdown).into_iter().map(|draft| draft.at(Uuid::now_v7(), &place)));
    }
    let texts = chunks.iter().map(|chunk| embedding_texts(&chunk.lesson_title, &chunk.clone().into())).collect();
    for (chunk, vectors) in chunks.iter_mut().zip(model.embed_each(texts).await.unwrap()) {
        chunk.dense = Some(vectors);
    }
    chunks
}

/// Whether a passage stands directly under one of the headings that answer.
fn answers(question: &Question, chunk: &Chunk) -> bool {
    let heading = chunk.anchor.rsplit_once('.').map_or(&*chunk.anchor, |(heading, _)| heading);
    chunk.lesson_slug == question.lesson && question.anchors.iter().any(|anchor| anchor == heading)
}

fn score(ranks: &[(Overlap, Rank)], only: Option<Overlap>) -> Score {
    let of: Vec<Rank> =
        ranks.iter().filter(|(overlap, _)| only.is_none_or(|only| only == *overlap)).map(|(_, rank)| *rank).collect();
    let share = |sum: f64| sum / of.len().max(1) as f64;
    Score {
        recall: share(of.iter().filter(|rank| rank.is_some_and(|rank| rank <= SHOWN)).count() as f64),
        reciprocal: share(of.iter().flatten().map(|rank| 1.0 / *rank as f64).sum()),
    }
}

fn table(ranks: &HashMap<&str, Vec<(Overlap, Rank)>>) -> String {
    let mut out = String::from("| | recall@5 | MRR | high overlap: recall@5 | MRR | low overlap: recall@5 | MRR |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (_, name) in WAYS {
        let cells = [None, Some(Overlap::High), Some(Overlap::Low)].map(|only| {
            let score = score(&ranks[name], only);
            format!("{:.3} | {:.3}", score.recall, score.reciprocal)
        });
        out.push_str(&format!("| {name} | {} |\n", cells.join(" | ")));
    }
    out
}
