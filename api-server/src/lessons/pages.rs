//! Rendered lessons, kept because a version never changes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use prose::Rendered;
use sqlx::PgPool;
use uuid::Uuid;

use crate::error::Problem;

/// How many rendered versions are kept; a course has some dozens of lessons.
const KEPT: usize = 512;

/// Rendered lessons by version; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Pages(Arc<Mutex<HashMap<Uuid, Arc<Rendered>>>>);

impl Pages {
    /// The version as HTML.
    ///
    /// # Errors
    /// 404 when there is no such version; those of the database.
    pub async fn get(&self, pool: &PgPool, version: Uuid) -> Result<Arc<Rendered>, Problem> {
        if let Some(page) = self.kept(version) {
            return Ok(page);
        }
        let markdown = sqlx::query_scalar!("select markdown from learn.lesson_version where id = $1", version)
            .fetch_optional(pool)
            .await?
            .ok_or_else(|| Problem::not_found("lesson"))?;
        // Highlighting a long lesson takes tens of milliseconds: too long for an async thread.
        let page = tokio::task::spawn_blocking(move || Arc::new(prose::render(&markdown)))
            .await
            .map_err(|error| Problem::internal(&error))?;
        self.keep(version, &page);
        Ok(page)
    }

    fn kept(&self, version: Uuid) -> Option<Arc<Rendered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&version).cloned()
    }

    fn keep(&self, version: Uuid, page: &Arc<Rendered>) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= KEPT {
            pages.clear();
        }
        pages.insert(version, Arc::clone(page));
    }
}
