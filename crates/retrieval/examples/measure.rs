//! Measures retrieval over a directory of lessons, and shows what questions find.
//!
//! ```sh
//! EMBEDDINGS_DIR=.data/models/all-MiniLM-L6-v2 \
//!     cargo run -p retrieval --example measure -- content "what is a frame?"
//! ```
//!
//! Without EMBEDDINGS_DIR it measures BM25 alone.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use retrieval::{Chunk, EdgeStore, Embedder, Query, Scope, VectorStore, chunk_lesson, embedding_text};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many passages the large index holds.
const MANY: usize = 2_000;
/// How often each query is asked.
const ROUNDS: u32 = 100;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let content = PathBuf::from(args.next().ok_or("usage: measure DIR [QUESTION]...")?);
    let questions: Vec<String> = args.collect();
    let embedder = match std::env::var_os("EMBEDDINGS_DIR") {
        Some(dir) => timed("load the model", || Embedder::load(Path::new(&dir)))?,
        None => Embedder::off(),
    };
    let stage = Uuid::now_v7();
    let mut chunks = read(&content, stage)?;
    embed(&embedder, &mut chunks).await?;
    let store = EdgeStore::temp()?;
    index(&store, &chunks).await?;
    let scope = Scope { stage_ids: vec![stage] };
    for question in &questions {
        show(&store, &embedder, &scope, &chunks, question).await?;
    }
    measure_many(&embedder, &chunks, &scope).await?;
    memory();
    republish(&store, &chunks, &scope).await?;
    memory();
    Ok(())
}

fn timed<T>(what: &str, job: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = job();
    println!("{what}: {:?}", start.elapsed());
    result
}

/// All lessons below a directory, cut.
fn read(content: &Path, stage: Uuid) -> Result<Vec<Chunk>> {
    let mut files = Vec::new();
    collect(content, &mut files)?;
    files.sort();
    let mut chunks = Vec::new();
    for file in &files {
        let source = std::fs::read_to_string(file)?;
        let body = source.splitn(3, "+++").nth(2).unwrap_or(&source);
        let title = file.file_stem().unwrap_or_default().to_string_lossy().replace('-', " ");
        chunks.extend(lesson(&title, stage, body));
    }
    let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.text.len()).collect();
    println!(
        "{} lessons, {} passages, {} bytes of text on average, {} at most",
        files.len(),
        chunks.len(),
        sizes.iter().sum::<usize>() / sizes.len().max(1),
        sizes.iter().max().unwrap_or(&0),
    );
    Ok(chunks)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}

fn lesson(title: &str, stage: Uuid, body: &str) -> Vec<Chunk> {
    let lesson_id = Uuid::now_v7();
    let drafts = chunk_lesson(body).into_iter();
    drafts
        .map(|draft| Chunk {
            id: Uuid::now_v7(),
            course_id: Uuid::nil(),
            stage_id: stage,
            lesson_id,
            lesson_slug: String::new(),
            lesson_title: title.to_owned(),
            heading_path: draft.heading_path,
            anchor: draft.anchor,
            ordinal: draft.ordinal,
            kind: draft.kind,
            text: draft.text,
            markdown: draft.markdown,
            dense: None,
        })
        .collect()
}

async fn embed(embedder: &Embedder, chunks: &mut [Chunk]) -> Result<()> {
    if !embedder.is_on() {
        println!("no model: BM25 alone");
        return Ok(());
    }
    let texts = chunks.iter().map(|chunk| embedding_text(&chunk.lesson_title, &draft(chunk)));
    let start = Instant::now();
    let vectors = embedder.embed(texts.collect()).await?;
    println!("embed {} passages: {:?}", chunks.len(), start.elapsed());
    for (chunk, vector) in chunks.iter_mut().zip(vectors) {
        chunk.dense = Some(vector);
    }
    Ok(())
}

fn draft(chunk: &Chunk) -> retrieval::ChunkDraft {
    retrieval::ChunkDraft {
        heading_path: chunk.heading_path.clone(),
        anchor: chunk.anchor.clone(),
        ordinal: chunk.ordinal,
        kind: chunk.kind.clone(),
        text: chunk.text.clone(),
        markdown: chunk.markdown.clone(),
    }
}

async fn index(store: &EdgeStore, chunks: &[Chunk]) -> Result<()> {
    let start = Instant::now();
    for lesson in chunks.chunk_by(|a, b| a.lesson_id == b.lesson_id) {
        store.replace_lesson(lesson[0].lesson_id, lesson).await?;
    }
    println!("index {} passages: {:?}", chunks.len(), start.elapsed());
    Ok(())
}

async fn show(store: &EdgeStore, embedder: &Embedder, scope: &Scope, chunks: &[Chunk], question: &str) -> Result<()> {
    println!("\n? {question}");
    let dense = embedder.embed_query(question).await?;
    let query = Query { text: question.to_owned(), dense };
    for hit in store.search(&query, scope, 5).await? {
        let Some(chunk) = chunks.iter().find(|chunk| chunk.id == hit.chunk_id) else { continue };
        let path = chunk.heading_path.join(" > ");
        let start: String = chunk.text.chars().take(70).collect();
        let cosine = query.dense.iter().zip(&chunk.dense).map(|(a, b)| dot(a, b)).next();
        println!(
            "  {:.3} {:.2} [{}] {} > {path}: {}",
            hit.score,
            cosine.unwrap_or(f32::NAN),
            chunk.kind,
            chunk.lesson_title,
            start.replace('\n', " ")
        );
    }
    Ok(())
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The same passages over and over, under ids of their own, until there are many.
async fn measure_many(embedder: &Embedder, chunks: &[Chunk], scope: &Scope) -> Result<()> {
    println!();
    let mut many = Vec::with_capacity(MANY);
    while many.len() < MANY && !chunks.is_empty() {
        for lesson in chunks.chunk_by(|a, b| a.lesson_id == b.lesson_id) {
            let lesson_id = Uuid::now_v7();
            many.extend(lesson.iter().map(|chunk| Chunk { id: Uuid::now_v7(), lesson_id, ..chunk.clone() }));
        }
    }
    many.truncate(MANY);
    let store = EdgeStore::temp()?;
    index(&store, &many).await?;
    let question = "How does a robot keep its balance while walking?";
    let (words, dense) = (Query { text: question.to_owned(), dense: None }, question);
    ask("query, BM25", &store, &words, scope).await?;
    if embedder.is_on() {
        let start = Instant::now();
        for round in 0..ROUNDS {
            embedder.embed_query(&format!("{dense} {round}")).await?;
        }
        println!("embed a question: {:?}", start.elapsed() / ROUNDS);
        let both = Query { dense: embedder.embed_query(dense).await?, ..words };
        ask("query, BM25 and dense", &store, &both, scope).await?;
    }
    Ok(())
}

async fn ask(what: &str, store: &EdgeStore, query: &Query, scope: &Scope) -> Result<()> {
    let mut slowest = Duration::ZERO;
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let one = Instant::now();
        store.search(query, scope, 8).await?;
        slowest = slowest.max(one.elapsed());
    }
    println!("{what}: {:?}, slowest {slowest:?}", start.elapsed() / ROUNDS);
    Ok(())
}

/// What many publications do to an index.
async fn republish(store: &EdgeStore, chunks: &[Chunk], scope: &Scope) -> Result<()> {
    let start = Instant::now();
    for _ in 0..ROUNDS {
        for lesson in chunks.chunk_by(|a, b| a.lesson_id == b.lesson_id) {
            store.replace_lesson(lesson[0].lesson_id, lesson).await?;
        }
    }
    println!("publish {} passages {ROUNDS} times: {:?}", chunks.len(), start.elapsed());
    let query = Query { text: "balance while walking".to_owned(), dense: chunks[0].dense.clone() };
    ask("query afterwards", store, &query, scope).await
}

/// What Linux says about this process.
fn memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")) {
        println!("{line}");
    }
}
