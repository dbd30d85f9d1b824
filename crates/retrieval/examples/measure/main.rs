//! Measures retrieval over a directory of lessons and over many synthetic passages, and shows what questions find.
//!
//! ```sh
//! EMBEDDINGS_DIR=.data/models/all-MiniLM-L6-v2 \
//!     cargo run --release -p retrieval --example measure -- content 100000 "what is a frame?"
//! ```
//!
//! Without EMBEDDINGS_DIR it measures without the model. With QDRANT_URL (and QDRANT_API_KEY) the synthetic passages go
//! into that server instead of an index in the process.

mod synthetic;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use retrieval::{
    Chunk, EdgeStore, Edition, Embedder, Place, QdrantAddress, QdrantStore, Query, Scope, VectorStore, chunk_lesson,
    embedding_texts,
};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How often queries are asked.
const QUERIES: usize = 2_000;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let content = PathBuf::from(args.next().ok_or("usage: measure DIR MANY [QUESTION]...")?);
    let many: usize = args.next().as_deref().unwrap_or("2000").parse()?;
    let questions: Vec<String> = args.collect();
    let embedder = match std::env::var_os("EMBEDDINGS_DIR") {
        Some(dir) => timed("load the model", || Embedder::load(Path::new(&dir)))?,
        None => Embedder::off(),
    };
    course(&content, &embedder, &questions).await?;
    memory("with the model and the course");
    drop(embedder);
    synthetic(many).await
}

fn timed<T>(what: &str, job: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = job();
    println!("{what}: {:?}", start.elapsed());
    result
}

/// Cuts, embeds and indexes the lessons below a directory, and asks the questions.
async fn course(content: &Path, embedder: &Embedder, questions: &[String]) -> Result<()> {
    let stage = Uuid::now_v7();
    let mut chunks = read(content, stage)?;
    embed(embedder, &mut chunks).await?;
    let store = EdgeStore::temp(embedder.dimensions())?;
    index(&store, &chunks).await?;
    let scope = Scope { stage_ids: vec![stage] };
    for question in questions {
        show(&store, embedder, &scope, &chunks, question).await?;
    }
    Ok(())
}

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
    let mut sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.text.len()).collect();
    sizes.sort_unstable();
    println!("{} lessons, {} passages; bytes of text: {}", files.len(), chunks.len(), spread(&sizes));
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
    let (course_id, lesson_id) = (Uuid::nil(), Uuid::now_v7());
    let place = Place { course_id, stage_id: stage, lesson_id, lesson_slug: "", lesson_title: title };
    chunk_lesson(body).into_iter().map(|draft| draft.at(Uuid::now_v7(), &place)).collect()
}

async fn embed(embedder: &Embedder, chunks: &mut [Chunk]) -> Result<()> {
    if !embedder.is_on() {
        println!("no model: BM25 alone");
        return Ok(());
    }
    let texts = chunks.iter().map(|chunk| embedding_texts(&chunk.lesson_title, &chunk.clone().into()));
    let start = Instant::now();
    let vectors = embedder.embed_each(texts.collect()).await?;
    let rate = chunks.len() as f64 / start.elapsed().as_secs_f64();
    println!("embed {} passages: {:?}, {rate:.0} a second", chunks.len(), start.elapsed());
    for (chunk, vector) in chunks.iter_mut().zip(vectors) {
        chunk.dense = Some(vector);
    }
    let mut times = Vec::new();
    for round in 0..50 {
        let one = Instant::now();
        embedder.embed_query(&format!("How does a robot keep its balance while walking, case {round}?")).await?;
        times.push(one.elapsed());
    }
    times.sort_unstable();
    println!("embed a question: {}", spread(&times));
    Ok(())
}

async fn index(store: &dyn VectorStore, chunks: &[Chunk]) -> Result<()> {
    let start = Instant::now();
    let mut done = 0;
    for lesson in chunks.chunk_by(|a, b| a.lesson_id == b.lesson_id) {
        let edition = Edition { lesson_id: lesson[0].lesson_id, revision: Uuid::now_v7() };
        store.replace_lesson(edition, lesson).await?;
        done += lesson.len();
        if done % 20_000 < lesson.len() {
            println!("  {done} of {} indexed, {:?}", chunks.len(), start.elapsed());
        }
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
        let cosine = query.dense.iter().zip(&chunk.dense).map(|(a, b)| synthetic::dot(a, b)).next();
        let cosine = cosine.unwrap_or(f32::NAN);
        let start = start.replace('\n', " ");
        println!("  {:.3} {cosine:.2} [{}] {} > {path}: {start}", hit.score, chunk.kind, chunk.lesson_title);
    }
    Ok(())
}

/// Many passages that never were, in 20 stages, asked by people who opened some of them.
async fn synthetic(many: usize) -> Result<()> {
    println!("\n{many} synthetic passages");
    let school = synthetic::School::new(many);
    let store: Arc<dyn VectorStore> = match std::env::var("QDRANT_URL") {
        Ok(url) => {
            let address = QdrantAddress { url, api_key: std::env::var("QDRANT_API_KEY").ok() };
            Arc::new(QdrantStore::new(&address, &format!("measure-{}", Uuid::now_v7()), Embedder::DIMENSIONS)?)
        }
        Err(_) => Arc::new(EdgeStore::temp(Embedder::DIMENSIONS)?),
    };
    store.held().await?;
    index(&*store, &school.chunks).await?;
    memory("before the graph");
    ask("before the graph", &*store, &school, 200).await?;
    let start = Instant::now();
    store.tidy().await?;
    println!("graph: {:?}", start.elapsed());
    memory("with the graph");
    ask("fused", &*store, &school, QUERIES).await?;
    recall(&*store, &school).await?;
    while_writing(store, &school).await
}

async fn ask(what: &str, store: &dyn VectorStore, school: &synthetic::School, times: usize) -> Result<()> {
    let mut taken = Vec::with_capacity(times);
    for number in 0..times {
        let (query, scope) = school.question(number);
        let one = Instant::now();
        store.search(&query, &scope, 8).await?;
        taken.push(one.elapsed());
    }
    taken.sort_unstable();
    println!("{what}, {times} queries: {}", spread(&taken));
    Ok(())
}

/// How many of the really nearest eight the dense half finds.
async fn recall(store: &dyn VectorStore, school: &synthetic::School) -> Result<()> {
    let (mut found, mut all) = (0, 0);
    for number in 0..50 {
        let (query, scope) = school.question(number);
        let query = Query { text: String::new(), ..query };
        let hits = store.search(&query, &scope, 8).await?;
        let nearest = school.nearest(&query, &scope, 8);
        found += nearest.iter().filter(|id| hits.iter().any(|hit| hit.chunk_id == **id)).count();
        all += nearest.len();
    }
    println!("of the nearest eight the dense half finds {found} of {all}");
    Ok(())
}

/// Queries while one lesson after the other is published.
async fn while_writing(store: Arc<dyn VectorStore>, school: &synthetic::School) -> Result<()> {
    let lessons: Vec<Vec<Chunk>> =
        school.chunks.chunk_by(|a, b| a.lesson_id == b.lesson_id).take(100).map(<[Chunk]>::to_vec).collect();
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let start = Instant::now();
            for lesson in &lessons {
                let edition = Edition { lesson_id: lesson[0].lesson_id, revision: Uuid::now_v7() };
                store.replace_lesson(edition, lesson).await?;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            println!("publish 100 lessons, 10 ms apart: {:?}", start.elapsed());
            Ok::<_, retrieval::StoreError>(())
        }
    });
    ask("fused, while lessons are published", &*store, school, 500).await?;
    Ok(writer.await??)
}

/// The middle and the ends of what was measured, sorted.
fn spread<T: std::fmt::Debug + Copy>(sorted: &[T]) -> String {
    let at = |share: f64| sorted.get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1)));
    match (at(0.5), at(0.99), sorted.last()) {
        (Some(median), Some(p99), Some(most)) => format!("median {median:?}, p99 {p99:?}, most {most:?}"),
        _ => "nothing".to_owned(),
    }
}

/// What Linux says about this process.
fn memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    let lines: Vec<String> = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    println!("memory {when}: {}", lines.join(", "));
}
