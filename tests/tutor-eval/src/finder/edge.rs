//! Qdrant Edge with BM25 and embeddings, as api-server searches.

use std::{collections::HashMap, path::Path};

use retrieval::{Chunk, EdgeStore, Edition, Embedder, Place, Query, Scope, VectorStore, embedding_texts};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use super::Entry;

/// The index, and which passage an id stands for.
#[derive(Debug)]
pub(super) struct Index {
    runtime: Runtime,
    store: EdgeStore,
    embedder: Embedder,
    places: HashMap<Uuid, usize>,
}

impl Index {
    pub(super) fn of(entries: &[Entry]) -> anyhow::Result<Self> {
        let embedder = match std::env::var("EMBEDDINGS_DIR") {
            Ok(dir) if !dir.is_empty() => Embedder::load(Path::new(&dir))?,
            _ => Embedder::off(),
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let store = EdgeStore::temp(embedder.dimensions())?;
        let mut index = Self { runtime, store, embedder, places: HashMap::new() };
        let mut lessons: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            lessons.entry(&entry.passage.lesson_slug).or_default().push(at);
        }
        for (slug, places) in lessons {
            index.add_lesson(slug, &places, entries)?;
        }
        Ok(index)
    }

    fn add_lesson(&mut self, slug: &str, places: &[usize], entries: &[Entry]) -> anyhow::Result<()> {
        let lesson_id = Uuid::new_v5(&Uuid::NAMESPACE_URL, slug.as_bytes());
        let mut chunks: Vec<Chunk> = places.iter().map(|&at| chunk(lesson_id, &entries[at])).collect();
        if self.embedder.is_on() {
            let texts = |&at: &usize| embedding_texts(&entries[at].passage.lesson_title, &entries[at].draft);
            let vectors = self.runtime.block_on(self.embedder.embed_each(places.iter().map(texts).collect()))?;
            chunks.iter_mut().zip(vectors).for_each(|(chunk, vectors)| chunk.dense = Some(vectors));
        }
        self.places.extend(chunks.iter().map(|chunk| chunk.id).zip(places.iter().copied()));
        let edition = Edition { lesson_id, revision: Uuid::nil() };
        Ok(self.runtime.block_on(self.store.replace_lesson(edition, &chunks))?)
    }

    pub(super) fn describe(&self) -> &'static str {
        if self.embedder.is_on() { "Qdrant Edge: BM25 and embeddings" } else { "Qdrant Edge: BM25" }
    }

    pub(super) fn rank(&self, text: &str, open: usize, limit: usize) -> anyhow::Result<Vec<usize>> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let scope = Scope { stage_ids: (0..open).map(stage_id).collect() };
        let dense = self.runtime.block_on(self.embedder.embed_query(text))?;
        let query = Query { text: text.to_owned(), dense };
        let hits = self.runtime.block_on(self.store.search(&query, &scope, limit))?;
        Ok(hits.iter().filter_map(|hit| self.places.get(&hit.chunk_id).copied()).collect())
    }
}

fn chunk(lesson_id: Uuid, Entry { stage, passage, draft }: &Entry) -> Chunk {
    let place = Place {
        course_id: Uuid::nil(),
        stage_id: stage_id(*stage),
        lesson_id,
        lesson_slug: &passage.lesson_slug,
        lesson_title: &passage.lesson_title,
    };
    draft.clone().at(Uuid::new_v5(&lesson_id, passage.id.as_bytes()), &place)
}

fn stage_id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}
