//! What the assistant shows of its work.

use serde::{Deserialize, Serialize};

use crate::{Icon, Source};

/// Steps towards an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// Reasoning, or the integrator's own.
    #[serde(rename = "type")]
    pub kind: WorkflowKind,
    /// The steps.
    pub tasks: Vec<Task>,
    /// What is shown when it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<WorkflowSummary>,
    /// Whether the steps are shown at once.
    #[serde(default)]
    pub expanded: bool,
}

/// The kinds of workflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowKind {
    /// The integrator's own.
    Custom,
    /// Thinking.
    Reasoning,
}

/// What is shown of a finished workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WorkflowSummary {
    /// A title.
    Titled {
        /// Shown to the reader.
        title: String,
        /// Its icon.
        #[serde(skip_serializing_if = "Option::is_none")]
        icon: Option<Icon>,
    },
    /// How long it took.
    Timed {
        /// In seconds.
        duration: u64,
    },
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// How far it is.
    #[serde(default)]
    pub status_indicator: TaskStatus,
    /// What it does.
    #[serde(flatten)]
    pub kind: TaskKind,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Not shown.
    #[default]
    None,
    /// Running.
    Loading,
    /// Done.
    Complete,
}

/// The kinds of steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TaskKind {
    /// The integrator's own.
    Custom {
        /// Shown to the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Its icon.
        #[serde(skip_serializing_if = "Option::is_none")]
        icon: Option<Icon>,
        /// Markdown.
        #[serde(skip_serializing_if = "Option::is_none")]
        content: Option<String>,
    },
    /// A search of the web.
    WebSearch {
        /// Shown to the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// The query in the title.
        #[serde(skip_serializing_if = "Option::is_none")]
        title_query: Option<String>,
        /// All queries.
        #[serde(default)]
        queries: Vec<String>,
        /// Pages found.
        #[serde(default)]
        sources: Vec<Source>,
    },
    /// A thought.
    Thought {
        /// Shown to the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Markdown.
        content: String,
    },
    /// Reading of files.
    File {
        /// Shown to the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// The files.
        #[serde(default)]
        sources: Vec<Source>,
    },
    /// Making of a picture.
    Image {
        /// Shown to the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
}

/// A picture that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedImage {
    /// Its id.
    pub id: String,
    /// Absolute.
    pub url: String,
}
