//! `PUT /api/v1/instructor/courses/{course}`: title, summary and language.

use axum::{Json, extract::State};
use serde::Deserialize;

use super::show::{self, CourseDraft};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Body, Named},
    instructor::{
        access,
        fields::{Faults, MAX_SUMMARY},
    },
    state::AppState,
};

/// The longest language tag (RFC 5646 section 4.4.1 asks for 35).
const MAX_LANGUAGE: usize = 35;

/// What the catalogue says of a course.
#[derive(Debug, Deserialize)]
pub struct Face {
    pub(super) title: String,
    pub(super) summary: String,
    /// English when left out.
    language: Option<String>,
}

impl Face {
    pub(super) fn language(&self) -> &str {
        self.language.as_deref().unwrap_or("en")
    }

    pub(super) fn check(&self, faults: &mut Faults) {
        faults.title("title", &self.title);
        faults.text("summary", &self.summary, MAX_SUMMARY);
        let subtags = self.language().split('-');
        let sound = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if self.language().len() > MAX_LANGUAGE || !subtags.into_iter().all(sound) {
            faults.add("language", "must be a language tag such as `en` or `pt-BR`");
        }
    }
}

/// Changes what the catalogue says. From then on, seeding from files leaves the course's title and stages alone.
///
/// # Errors
/// As [`access::course`]; 422 naming the member.
pub async fn edit(
    State(state): State<AppState>,
    caller: Caller,
    course: Named,
    Body(face): Body<Face>,
) -> Result<Json<CourseDraft>, Problem> {
    let course = access::course(&state.pool, &caller, &course).await?;
    let mut faults = Faults::default();
    face.check(&mut faults);
    faults.refuse()?;
    sqlx::query!(
        "update learn.course set title = $2, summary = $3, language = $4, edited = true, updated_at = now()
         where id = $1",
        course.id,
        face.title.trim(),
        face.summary.trim(),
        face.language()
    )
    .execute(&state.pool)
    .await?;
    tracing::info!(course = course.slug, by = %caller.id, "a course was changed");
    Ok(Json(show::draft(&state.pool, course.id).await?))
}
