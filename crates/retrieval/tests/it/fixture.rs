//! Chunks and models to test with.

use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

use retrieval::{Chunk, Edition, Embedder, Hit, Query, Scope, VectorStore};
use uuid::Uuid;

/// What a search finds when it must not find anything.
pub const NOTHING: [Uuid; 0] = [];

/// A stage and a lesson in it.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub stage: Uuid,
    pub lesson: Uuid,
}

impl Place {
    pub fn new() -> Self {
        Self { stage: Uuid::now_v7(), lesson: Uuid::now_v7() }
    }

    pub fn scope(self) -> Scope {
        Scope { stage_ids: vec![self.stage] }
    }

    /// A passage of this lesson.
    pub fn chunk(self, text: &str) -> Chunk {
        Chunk {
            id: Uuid::now_v7(),
            course_id: Uuid::nil(),
            stage_id: self.stage,
            lesson_id: self.lesson,
            lesson_slug: "frames".into(),
            lesson_title: "Coordinate frames".into(),
            heading_path: vec!["Transforms".into()],
            anchor: "transforms".into(),
            ordinal: 0,
            kind: "prose".into(),
            text: text.into(),
            markdown: text.into(),
            asked: Vec::new(),
            dense: None,
        }
    }

    /// The same with a vector.
    pub fn dense_chunk(self, text: &str, dense: Vec<f32>) -> Chunk {
        Chunk { dense: Some(dense), ..self.chunk(text) }
    }
}

/// A vector that points along one axis.
pub fn axis(at: usize) -> Vec<f32> {
    let mut vector = vec![0.0; Embedder::DIMENSIONS];
    vector[at] = 1.0;
    vector
}

pub fn words(text: &str) -> Query {
    Query { text: text.into(), dense: None }
}

pub fn meaning(dense: Vec<f32>) -> Query {
    Query { text: String::new(), dense: Some(dense) }
}

/// A new edition of a place's lesson.
pub fn edition(place: Place) -> Edition {
    edition_of(place.lesson)
}

/// A new edition of a lesson.
pub fn edition_of(lesson_id: Uuid) -> Edition {
    Edition { lesson_id, revision: Uuid::now_v7() }
}

/// Puts a lesson into a store.
pub async fn put(store: &dyn VectorStore, place: Place, chunks: &[Chunk]) {
    store.replace_lesson(edition(place), chunks).await.unwrap();
}

pub async fn found(store: &dyn VectorStore, query: &Query, scope: &Scope) -> Vec<Uuid> {
    let hits: Vec<Hit> = store.search(query, scope, 10).await.unwrap();
    hits.into_iter().map(|hit| hit.chunk_id).collect()
}

/// The real model, loaded once; `None`, with the reason printed, where its files are not there.
pub fn model(test: &str) -> Option<Embedder> {
    static MODEL: OnceLock<Result<Embedder, String>> = OnceLock::new();
    let dir = std::env::var_os("EMBEDDINGS_DIR").map_or_else(development_dir, PathBuf::from);
    let loaded = MODEL.get_or_init(|| Embedder::load(&dir).map_err(|error| error.to_string()));
    match loaded {
        Ok(model) => Some(model.clone()),
        Err(reason) => {
            say(&format!("skipped {test}: {reason}"));
            None
        }
    }
}

/// Prints a line even when the test passes: the test runner swallows what `eprintln!` writes.
pub fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn development_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.data/models/all-MiniLM-L6-v2")
}
