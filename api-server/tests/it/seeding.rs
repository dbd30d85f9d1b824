//! Files → database → passages.

use std::{fs, path::Path};

use sqlx::PgPool;
use tempfile::TempDir;
use testkit::Database;

use crate::app::{fixture, ingest, seed};

struct Content {
    dir: TempDir,
    pool: PgPool,
    _database: Database,
}

impl Content {
    async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        copy(&fixture(), &dir.path().join("walking"));
        let database = Database::create().await.unwrap();
        let pool = database.pool().await.unwrap();
        Self { dir, pool, _database: database }
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.dir.path().join("walking").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(&path, text.replace(from, to)).unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[tokio::test]
async fn seeding_twice_makes_no_new_version_and_ingesting_twice_no_new_passage() {
    let content = Content::new().await;
    let first = seed(&content.pool, content.dir.path()).await;
    assert_eq!((first.courses, first.new_versions, first.unchanged), (1, 4, 0));
    let ingested = ingest(&content.pool).await;
    assert_eq!((ingested.ingested, ingested.unchanged), (4, 0));
    assert!(ingested.chunks > 4);
    let again = seed(&content.pool, content.dir.path()).await;
    assert_eq!((again.new_versions, again.unchanged), (0, 4));
    assert_eq!(content.count("select count(*) from learn.lesson_version").await, 4);
    let again = ingest(&content.pool).await;
    assert_eq!((again.ingested, again.unchanged, again.chunks), (0, 4, 0));
}

#[tokio::test]
async fn a_changed_file_becomes_a_new_version_and_only_it_is_ingested_anew() {
    let content = Content::new().await;
    seed(&content.pool, content.dir.path()).await;
    ingest(&content.pool).await;
    content.change("1-basics/02-sensors.md", "slipping wheel", "skidding wheel");
    let report = seed(&content.pool, content.dir.path()).await;
    assert_eq!((report.new_versions, report.unchanged), (1, 3));
    let ingested = ingest(&content.pool).await;
    assert_eq!((ingested.ingested, ingested.unchanged), (1, 3));
    assert_eq!(content.count("select count(*) from learn.chunk where text like '%skidding%'").await, 1);
    assert_eq!(content.count("select count(*) from learn.chunk where text like '%slipping%'").await, 0);
}

#[tokio::test]
async fn a_lesson_that_a_person_edited_survives_a_reseed() {
    let content = Content::new().await;
    seed(&content.pool, content.dir.path()).await;
    sqlx::raw_sql(
        "with v as (insert into learn.lesson_version (id, lesson_id, markdown, front_matter, edited)
                    select gen_random_uuid(), id, 'Mine.', '{}', true from learn.lesson where slug = 'sensors'
                    returning id, lesson_id)
         update learn.lesson l set published_version = v.id from v where v.lesson_id = l.id",
    )
    .execute(&content.pool)
    .await
    .unwrap();
    content.change("1-basics/02-sensors.md", "slipping wheel", "skidding wheel");
    let report = seed(&content.pool, content.dir.path()).await;
    assert_eq!((report.new_versions, report.kept_edits), (0, vec!["sensors".to_owned()]));
    let published = content
        .count(
            "select count(*) from learn.lesson l join learn.lesson_version v on v.id = l.published_version
             where l.slug = 'sensors' and v.markdown = 'Mine.'",
        )
        .await;
    assert_eq!(published, 1);
}

#[tokio::test]
async fn a_lesson_that_moves_to_another_stage_takes_its_passages_along() {
    let content = Content::new().await;
    seed(&content.pool, content.dir.path()).await;
    ingest(&content.pool).await;
    let root = content.dir.path().join("walking");
    fs::rename(root.join("1-basics/02-sensors.md"), root.join("2-motion/02-sensors.md")).unwrap();
    seed(&content.pool, content.dir.path()).await;
    assert_eq!(ingest(&content.pool).await.ingested, 1);
    let astray = content
        .count("select count(*) from learn.chunk k join learn.lesson l on l.id = k.lesson_id where l.stage_id <> k.stage_id")
        .await;
    assert_eq!(astray, 0);
}

#[tokio::test]
async fn a_faulty_file_is_named_and_nothing_is_written() {
    let content = Content::new().await;
    content.change("2-motion/01-gaits.md", "minutes = 15", "minutes = \"long\"");
    let error = format!("{:#}", api_server::seed(&content.pool, content.dir.path()).await.unwrap_err());
    assert!(error.contains("01-gaits.md") && error.contains("minutes"), "{error}");
    assert_eq!(content.count("select count(*) from learn.course").await, 0);
}

#[tokio::test]
async fn passages_get_vectors_where_there_is_a_model() {
    let Some(dir) = std::env::var_os("EMBEDDINGS_DIR") else {
        eprintln!("skipped: EMBEDDINGS_DIR is not set, so there is no embedding model to try");
        return;
    };
    let content = Content::new().await;
    seed(&content.pool, content.dir.path()).await;
    ingest(&content.pool).await;
    let embedder = retrieval::Embedder::load(Path::new(&dir)).unwrap();
    let report = api_server::ingest(&content.pool, &embedder).await.unwrap();
    assert_eq!(report.ingested, 4, "passages without vectors are made anew");
    let whole = content.count("select count(*) from learn.chunk where cardinality(dense) = 384").await;
    assert_eq!(usize::try_from(whole).unwrap(), report.chunks);
    assert_eq!(ingest(&content.pool).await.ingested, 0, "vectors are kept while the model is away");
}
