//! Qdrant Edge with BM25 and embeddings, as api-server searches.

use std::{collections::HashMap, path::Path};

use retrieval::{Chunk, ChunkDraft, EdgeStore, Embedder, Query, Scope, VectorStore, embedding_texts};
use tokio::runtime::{Builder, Runtime};
use tutor::Passage;
use uuid::Uuid;

/// The index, and which passage an id stands for.
#[derive(Debug)]
pub(super) struct Index {
    runtime: Runtime,
    store: EdgeStore,
    embedder: Embedder,
    places: HashMap<Uuid, usize>,
}

impl Index {
    pub(super) fn of(passages: &[(usize, Passage)]) -> anyhow::Result<Self> {
        let embedder = match std::env::var("EMBEDDINGS_DIR") {
            Ok(dir) if !dir.is_empty() => Embedder::load(Path::new(&dir))?,
            _ => Embedder::off(),
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut index = Self { runtime, store: EdgeStore::temp()?, embedder, places: HashMap::new() };
        let mut lessons: HashMap<&str, Vec<Chunk>> = HashMap::new();
        for (at, (stage, passage)) in passages.iter().enumerate() {
            let chunk = index.chunk(at, *stage, passage)?;
            index.places.insert(chunk.id, at);
            lessons.entry(&passage.lesson_slug).or_default().push(chunk);
        }
        for chunks in lessons.values() {
            index.runtime.block_on(index.store.replace_lesson(chunks[0].lesson_id, chunks))?;
        }
        Ok(index)
    }

    pub(super) fn describe(&self) -> &'static str {
        if self.embedder.is_on() { "Qdrant Edge: BM25 and embeddings" } else { "Qdrant Edge: BM25" }
    }

    pub(super) fn rank(&self, text: &str, open: usize, limit: usize) -> anyhow::Result<Vec<usize>> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let scope = Scope { stage_ids: (0..open).map(stage_id).collect() };
        let query = Query { text: text.to_owned(), dense: self.embed(text)? };
        let hits = self.runtime.block_on(self.store.search(&query, &scope, limit))?;
        Ok(hits.iter().filter_map(|hit| self.places.get(&hit.chunk_id).copied()).collect())
    }

    fn embed(&self, text: &str) -> anyhow::Result<Option<Vec<f32>>> {
        if !self.embedder.is_on() {
            return Ok(None);
        }
        Ok(self.runtime.block_on(self.embedder.embed(vec![text.to_owned()]))?.pop())
    }

    fn embed_each(&self, texts: Vec<String>) -> anyhow::Result<Option<Vec<f32>>> {
        if !self.embedder.is_on() {
            return Ok(None);
        }
        Ok(self.runtime.block_on(self.embedder.embed_each(vec![texts]))?.pop())
    }

    fn chunk(&self, at: usize, stage: usize, passage: &Passage) -> anyhow::Result<Chunk> {
        let ordinal = i32::try_from(at)?;
        let draft = ChunkDraft {
            heading_path: passage.heading_path.clone(),
            anchor: passage.anchor.clone(),
            ordinal,
            kind: "prose".to_owned(),
            text: passage.text.clone(),
            markdown: passage.markdown.clone(),
            asked: Vec::new(),
        };
        let lesson_id = Uuid::new_v5(&Uuid::NAMESPACE_URL, passage.lesson_slug.as_bytes());
        Ok(Chunk {
            id: Uuid::new_v5(&lesson_id, passage.id.as_bytes()),
            course_id: Uuid::nil(),
            stage_id: stage_id(stage),
            lesson_id,
            lesson_slug: passage.lesson_slug.clone(),
            lesson_title: passage.lesson_title.clone(),
            dense: self.embed_each(embedding_texts(&passage.lesson_title, &draft))?,
            asked: draft.asked,
            heading_path: draft.heading_path,
            anchor: draft.anchor,
            ordinal,
            kind: draft.kind,
            text: draft.text,
            markdown: draft.markdown,
        })
    }
}

fn stage_id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}
