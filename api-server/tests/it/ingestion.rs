//! Passages follow their lessons: only what changed is embedded, and what is taken back is gone at once.

use std::{collections::BTreeMap, time::Duration};

use retrieval::{Embedder, RemoteModel};
use sqlx::PgPool;
use testkit::Database;
use uuid::Uuid;

use crate::{
    app::{App, fixture, ingest, seed},
    vectors::Vectors,
};

/// A school with an embeddings API that counts.
struct School {
    pool: PgPool,
    api: Vectors,
    _database: Database,
}

impl School {
    async fn start() -> Self {
        let database = Database::create().await.unwrap();
        let pool = database.pool().await.unwrap();
        seed(&pool, &fixture()).await;
        Self { pool, api: Vectors::start(4).await, _database: database }
    }

    fn embedder(&self, name: &str) -> Embedder {
        let base_url = self.api.url().to_owned();
        Embedder::remote(&RemoteModel { base_url, api_key: None, name: name.into(), dimensions: 4 }).unwrap()
    }

    /// Ingests; the texts that were embedded.
    async fn ingest(&self, model: &str) -> Vec<String> {
        let before = self.api.texts().len();
        let report = api_server::ingest(&self.pool, &self.embedder(model)).await.unwrap();
        let texts = self.api.texts().split_off(before);
        assert_eq!(report.embedded, texts.len());
        texts
    }

    /// The ids of a lesson's passages by their text.
    async fn passages(&self, lesson: &str) -> BTreeMap<String, Uuid> {
        let rows: Vec<(String, Uuid)> = sqlx::query_as(
            "select k.text, k.id from learn.chunk k join learn.lesson l on l.id = k.lesson_id where l.slug = $1",
        )
        .bind(lesson)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        rows.into_iter().collect()
    }
}

async fn publish(pool: &PgPool, lesson: &str, from: &str, to: &str) {
    let done = sqlx::query(
        "with v as (insert into learn.lesson_version (id, lesson_id, markdown, front_matter, edited)
                    select gen_random_uuid(), l.id, replace(v.markdown, $2, $3), v.front_matter, true
                    from learn.lesson l join learn.lesson_version v on v.id = l.published_version where l.slug = $1
                    returning id, lesson_id)
         update learn.lesson l set published_version = v.id from v where v.lesson_id = l.id",
    );
    let done = done.bind(lesson).bind(from).bind(to).execute(pool).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
}

async fn retire(pool: &PgPool, lesson: &str) {
    sqlx::query("update learn.lesson set published_version = null where slug = $1")
        .bind(lesson)
        .execute(pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn only_the_changed_passage_is_embedded_and_the_others_keep_their_ids() {
    let school = School::start().await;
    let first = school.ingest("small").await;
    assert!(first.len() > 4, "{first:?}");
    assert_eq!(school.ingest("small").await, [""; 0]);
    let before = school.passages("sensors").await;
    publish(&school.pool, "sensors", "slipping wheel", "skidding wheel").await;
    let again = school.ingest("small").await;
    assert!(again.len() == 1 && again[0].contains("skidding"), "{again:?}");
    let after = school.passages("sensors").await;
    let kept: Vec<_> = after.iter().filter(|(text, id)| before.get(*text) == Some(id)).collect();
    assert_eq!((kept.len(), after.len()), (before.len() - 1, before.len()));
}

#[tokio::test]
async fn a_passage_that_is_gone_leaves_and_nothing_is_embedded_for_that() {
    let school = School::start().await;
    school.ingest("small").await;
    let before = school.passages("sensors").await.len();
    let cut = "\n## Gyroscopes\n\nA gyroscope measures angular velocity. Adding up its readings gives an angle, and the \
               small bias in every reading makes that angle drift.\n";
    publish(&school.pool, "sensors", cut, "").await;
    assert_eq!(school.ingest("small").await, [""; 0]);
    assert_eq!(school.passages("sensors").await.len(), before - 1);
}

#[tokio::test]
async fn another_model_embeds_everything_and_no_model_keeps_what_there_is() {
    let school = School::start().await;
    let first = school.ingest("small").await.len();
    assert_eq!(school.ingest("large").await.len(), first);
    assert_eq!(ingest(&school.pool).await.ingested, 0);
    publish(&school.pool, "sensors", "slipping wheel", "skidding wheel").await;
    assert_eq!(ingest(&school.pool).await.embedded, 0);
    assert_eq!(school.ingest("large").await.len(), 1, "what came without a model is made up for");
}

#[tokio::test]
async fn ingestions_at_once_do_not_embed_twice() {
    let school = School::start().await;
    let embedder = school.embedder("small");
    let (one, two) =
        tokio::join!(api_server::ingest(&school.pool, &embedder), api_server::ingest(&school.pool, &embedder));
    assert_eq!(one.unwrap().ingested + two.unwrap().ingested, 4);
}

#[tokio::test]
async fn a_retired_lesson_is_not_found_from_the_commit_on() {
    let app = App::start().await;
    let student = app.student().await;
    let found = |told: serde_json::Value| told["results"].to_string().contains("gyroscope");
    assert!(found(app.get(&student, "/search?q=gyroscope").await.1));
    retire(&app.pool, "sensors").await;
    assert!(!found(app.get(&student, "/search?q=gyroscope").await.1), "without waiting for the index");
}

#[tokio::test]
async fn what_is_published_while_the_service_runs_is_found_soon() {
    let app = App::start().await;
    let student = app.student().await;
    publish(&app.pool, "sensors", "slipping wheel", "zigzagging wheel").await;
    // Nobody says so: the service looks for itself.
    for _ in 0..300 {
        if app.get(&student, "/search?q=zigzagging").await.1["results"][0]["text"].to_string().contains("zigzagging") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not found after 30 s");
}
