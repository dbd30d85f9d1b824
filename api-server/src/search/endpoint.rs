//! `GET /api/v1/search?q=`: retrieval exactly as the tutor does it for this person.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};

use super::{
    retrieve::{self, Found, RetrieveError},
    scope,
};
use crate::{
    caller::Caller,
    error::{Problem, nul_in_text, text_too_long},
    extract::Params,
    state::AppState,
};

/// The longest question, in characters.
const MAX_QUERY: usize = 1_000;
/// How many passages are given when nobody says.
const DEFAULT_LIMIT: usize = 10;
/// The most that are given.
const MAX_LIMIT: usize = 50;

/// What is looked for.
#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    limit: Option<usize>,
}

/// What was found, best first.
#[derive(Debug, Serialize)]
pub struct Results {
    query: String,
    results: Vec<ResultItem>,
}

#[derive(Debug, Serialize)]
struct ResultItem {
    lesson: LessonPlace,
    heading_path: Vec<String>,
    anchor: String,
    /// Path on the site that jumps to the passage.
    path: String,
    text: String,
    score: f32,
}

#[derive(Debug, Serialize)]
struct LessonPlace {
    slug: String,
    title: String,
}

/// Passages of the stages that are open to the caller.
///
/// # Errors
/// 400 for NUL, 413 for an over-long question, 403 `email_unverified`, 503 while the index is being built.
pub async fn search(
    State(state): State<AppState>,
    caller: Caller,
    Params(search): Params<Search>,
) -> Result<Json<Results>, Problem> {
    caller.verified()?;
    if search.q.contains('\0') {
        return Err(nul_in_text("q"));
    }
    if search.q.chars().count() > MAX_QUERY {
        return Err(text_too_long("q", MAX_QUERY));
    }
    let limit = search.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let scope = scope::of(&state.pool, &caller).await?;
    let found = retrieve::passages(&state, &scope, &search.q, limit).await?;
    Ok(Json(Results { query: search.q, results: found.into_iter().map(ResultItem::from).collect() }))
}

impl From<Found> for ResultItem {
    fn from(found: Found) -> Self {
        let passage = found.passage;
        Self {
            path: format!("/lessons/{}#{}", passage.lesson_slug, passage.anchor),
            lesson: LessonPlace { slug: passage.lesson_slug, title: passage.lesson_title },
            heading_path: passage.heading_path,
            anchor: passage.anchor,
            text: passage.text,
            score: passage.score,
        }
    }
}

impl From<RetrieveError> for Problem {
    fn from(error: RetrieveError) -> Self {
        match error {
            RetrieveError::NotReady => Self::unavailable(
                "search_unavailable",
                "The search index is being built. Please try again in a moment.",
            ),
            RetrieveError::Database(error) => error.into(),
            RetrieveError::Store(error) => {
                tracing::error!(%error, "a search failed");
                Self::unavailable("search_unavailable", "Search is out of order. Please try again in a moment.")
            }
        }
    }
}
