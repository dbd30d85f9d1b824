//! Threads.

use serde::{Deserialize, Serialize};

use crate::{Page, ThreadItem, Timestamp};

/// A thread. `I` is what stands for an item: with one's own, items that are stored as JSON can be passed on as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread<I = ThreadItem> {
    /// Left out until there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it can be written in.
    #[serde(default)]
    pub status: ThreadStatus,
    /// Where images may come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_image_domains: Option<Vec<String>>,
    /// Always empty: what a server keeps with a thread is its own.
    #[serde(default)]
    pub metadata: EmptyObject,
    /// Empty in lists and events.
    #[serde(default = "Page::empty")]
    pub items: Page<I>,
}

impl<I> Thread<I> {
    /// The same thread with this page of items.
    #[must_use]
    pub fn with_items<J>(self, items: Page<J>) -> Thread<J> {
        let Self { title, id, created_at, status, allowed_image_domains, metadata, items: _ } = self;
        Thread { title, id, created_at, status, allowed_image_domains, metadata, items }
    }
}

impl Thread {
    /// An active thread without title and items.
    #[must_use]
    pub fn new(id: impl Into<String>, created_at: Timestamp) -> Self {
        Self {
            title: None,
            id: id.into(),
            created_at,
            status: ThreadStatus::Active,
            allowed_image_domains: None,
            metadata: EmptyObject {},
            items: Page::empty(),
        }
    }
}

/// `{}`, whatever is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmptyObject {}

/// Whether a thread can be written in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ThreadStatus {
    /// Yes.
    #[default]
    Active,
    /// Not now.
    Locked {
        /// Shown to the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Never again.
    Closed {
        /// Shown to the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}
