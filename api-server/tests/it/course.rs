//! The course that comes with the product, as it stands in the database after seeding.

use std::{collections::BTreeSet, ops::RangeInclusive, path::Path};

use sqlx::PgPool;
use testkit::Database;

use crate::app::seed;

/// How many words a lesson has to read: listings and displayed formulas do not count.
const WORDS: RangeInclusive<usize> = 1_200..=2_500;
/// The fewest lessons.
const LESSONS: usize = 25;

struct Course {
    pool: PgPool,
    _database: Database,
}

impl Course {
    async fn new() -> Self {
        let database = Database::create().await.unwrap();
        let pool = database.pool().await.unwrap();
        seed(&pool, &Path::new(env!("CARGO_MANIFEST_DIR")).join("../content")).await;
        Self { pool, _database: database }
    }

    /// Slug and text of every published lesson.
    async fn lessons(&self) -> Vec<(String, String)> {
        sqlx::query_as(
            "select l.slug, v.markdown from learn.lesson l join learn.lesson_version v on v.id = l.published_version",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

/// One test, because rendering the whole course with its highlighted listings takes a while.
#[tokio::test]
async fn the_lessons_are_enough_and_each_renders_is_of_readable_length_and_links_to_lessons_that_are_there() {
    let lessons = Course::new().await.lessons().await;
    assert!(lessons.len() >= LESSONS, "{} lessons", lessons.len());
    let slugs: BTreeSet<_> = lessons.iter().map(|(slug, _)| &**slug).collect();
    for (slug, markdown) in &lessons {
        let rendered = prose::render(markdown);
        assert!(WORDS.contains(&rendered.words), "{slug} has {} words", rendered.words);
        assert!(!rendered.html.contains("math-error"), "{slug} has a formula that cannot be read");
        for target in links(&rendered.html) {
            let lesson = target.strip_prefix("/lessons/").unwrap_or_else(|| panic!("{slug} links to {target}"));
            assert!(slugs.contains(lesson), "{slug} links to {target}, which is not there");
        }
    }
}

/// Where a page's links lead, but for those to its own headings.
fn links(html: &str) -> impl Iterator<Item = &str> {
    let targets = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    targets.filter(|target| !target.starts_with('#'))
}

#[tokio::test]
async fn every_lesson_has_an_exercise_and_every_stage_at_least_three_lessons() {
    let course = Course::new().await;
    let without = course
        .count("select count(*) from learn.lesson l where not exists (select from learn.exercise e where e.lesson_id = l.id)")
        .await;
    assert_eq!(without, 0, "lessons without an exercise");
    let bare = course
        .count("select count(*) from learn.stage s where (select count(*) from learn.lesson l where l.stage_id = s.id) < 3")
        .await;
    assert_eq!(bare, 0, "stages with fewer than three lessons");
}

#[tokio::test]
async fn no_exercise_gives_its_solution_away_in_its_text_or_hints() {
    let course = Course::new().await;
    let exercises: Vec<(String, String, String, serde_json::Value)> =
        sqlx::query_as("select slug, solution, prompt, hints from learn.exercise")
            .fetch_all(&course.pool)
            .await
            .unwrap();
    assert!(!exercises.is_empty());
    for (slug, solution, prompt, hints) in exercises {
        let rungs = hints.as_object().unwrap().values().map(|rung| rung.as_str().unwrap());
        let told = std::iter::once(&*prompt).chain(rungs).collect::<Vec<_>>().join("\n");
        let similarity = tutor::leak::similarity(&told, &solution);
        assert!(similarity < tutor::leak::LEAK, "{slug}: {similarity:.2} of its solution is told");
    }
}
