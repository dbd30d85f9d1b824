//! What a version says besides its text.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    extract::Named,
    instructor::fields::{Faults, MAX_SUMMARY, MAX_TITLE},
};

/// The longest reading time, in minutes: a day.
const MAX_MINUTES: i32 = 1_440;
/// The last place in a stage.
const MAX_POSITION: i32 = 10_000;

/// A version's front matter as `learn.lesson_version` keeps it. Readers see it when the version is published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Matter {
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) minutes: i32,
    #[serde(default = "yes")]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) concepts: Vec<String>,
    /// The stage it belongs in. Versions read from files have none: publishing one moves the lesson nowhere.
    #[serde(default)]
    pub(crate) stage: Option<Uuid>,
    /// Its place in the stage.
    #[serde(default)]
    pub(crate) position: Option<i32>,
}

/// A version as an author sends it.
#[derive(Debug, Deserialize)]
pub(crate) struct Written {
    title: String,
    summary: String,
    minutes: i32,
    /// Whether the next stage waits for it; it does when left out.
    required: Option<bool>,
    concepts: Option<Vec<String>>,
    /// Id or slug; kept as it is when left out.
    stage: Option<String>,
    /// Kept as it is when left out; for a new lesson the end of the stage.
    position: Option<i32>,
    markdown: String,
}

fn yes() -> bool {
    true
}

impl Written {
    /// Checks every member. Answers front matter and text; what is wrong is in `faults`.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn check(
        self,
        connection: &mut PgConnection,
        course: Uuid,
        faults: &mut Faults,
    ) -> Result<(Matter, String), sqlx::Error> {
        faults.title("title", &self.title);
        faults.text("summary", &self.summary, MAX_SUMMARY);
        faults.number("minutes", self.minutes, 0..=MAX_MINUTES);
        let concepts = self.concepts.unwrap_or_default();
        faults.list("concepts", &concepts, MAX_TITLE);
        faults.number("position", self.position.unwrap_or(1), 1..=MAX_POSITION);
        faults.markdown(&self.markdown);
        let stage = match &self.stage {
            Some(name) => stage_of(connection, course, name, faults).await?,
            None => None,
        };
        let matter = Matter {
            title: self.title.trim().to_owned(),
            summary: self.summary.trim().to_owned(),
            minutes: self.minutes,
            required: self.required.unwrap_or(true),
            concepts,
            stage,
            position: self.position,
        };
        Ok((matter, self.markdown))
    }
}

async fn stage_of(
    connection: &mut PgConnection,
    course: Uuid,
    name: &str,
    faults: &mut Faults,
) -> Result<Option<Uuid>, sqlx::Error> {
    let named = Named::new(name.replace('\0', ""));
    let stage = sqlx::query_scalar!(
        "select id from learn.stage where course_id = $1 and (id = $2 or slug = $3)",
        course,
        named.id,
        named.slug
    )
    .fetch_optional(connection)
    .await?;
    if stage.is_none() {
        faults.add("stage", "is no stage of this course");
    }
    Ok(stage)
}
