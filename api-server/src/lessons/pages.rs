//! Rendered lessons, kept because a version never changes.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use prose::Rendered;
use sqlx::PgPool;
use uuid::Uuid;

use crate::error::Problem;

/// How many rendered versions, and tasks, are kept; a course has some dozens of lessons.
const KEPT: usize = 512;

/// Rendered lessons by version, and exercises' tasks by their Markdown; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    lessons: Kept<Uuid, Arc<Rendered>>,
    tasks: Kept<String, String>,
}

type Kept<K, V> = Arc<Mutex<HashMap<K, V>>>;

impl Pages {
    /// The version as HTML.
    ///
    /// # Errors
    /// 404 when there is no such version; those of the database.
    pub async fn get(&self, pool: &PgPool, version: Uuid) -> Result<Arc<Rendered>, Problem> {
        if let Some(page) = kept(&self.lessons, &version) {
            return Ok(page);
        }
        let markdown = sqlx::query_scalar!("select markdown from learn.lesson_version where id = $1", version)
            .fetch_optional(pool)
            .await?
            .ok_or_else(|| Problem::not_found("lesson"))?;
        let page = apart(move || Arc::new(prose::render(&markdown))).await?;
        keep(&self.lessons, version, Arc::clone(&page));
        Ok(page)
    }

    /// An exercise's task as HTML. As blocks: its headings and passages must not clash with the lesson's ids.
    ///
    /// # Errors
    /// 500 when rendering it panics.
    pub async fn task(&self, markdown: String) -> Result<String, Problem> {
        if let Some(html) = kept(&self.tasks, &markdown) {
            return Ok(html);
        }
        let (markdown, html) = apart(move || {
            let html = prose::blocks(&markdown).concat();
            (markdown, html)
        })
        .await?;
        keep(&self.tasks, markdown, html.clone());
        Ok(html)
    }
}

/// What `render` gives. Highlighting takes tens of milliseconds: too long for an async thread.
async fn apart<T: Send + 'static>(render: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(render).await.map_err(|error| Problem::internal(&error))
}

fn kept<K: Eq + Hash + Borrow<Q>, Q: Eq + Hash + ?Sized, V: Clone>(all: &Kept<K, V>, key: &Q) -> Option<V> {
    all.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn keep<K: Eq + Hash, V>(all: &Kept<K, V>, key: K, value: V) {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= KEPT {
        all.clear();
    }
    all.insert(key, value);
}
