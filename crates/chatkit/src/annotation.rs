//! Annotations: where a statement comes from.

use serde::{Deserialize, Serialize};

use crate::{Icon, JsonObject};

/// The word `annotation` in an annotation's `type`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnnotationTag {
    /// The only one there is.
    #[default]
    #[serde(rename = "annotation")]
    Annotation,
}

/// A source, pinned to a place in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Always `annotation`.
    #[serde(rename = "type", default)]
    pub tag: AnnotationTag,
    /// What is cited.
    pub source: Source,
    /// Where in the text, in characters from its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
}

impl Annotation {
    /// A citation of `source` after the first `index` characters.
    #[must_use]
    pub fn new(source: Source, index: Option<u64>) -> Self {
        Self { tag: AnnotationTag::Annotation, source, index }
    }
}

/// What is cited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Shown to the reader.
    pub title: String,
    /// A longer text about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it is from, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Sources of one group are shown together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What it is, and where.
    #[serde(flatten)]
    pub kind: SourceKind,
}

impl Source {
    /// A page.
    #[must_use]
    pub fn url(title: impl Into<String>, url: impl Into<String>) -> Self {
        let kind = SourceKind::Url { url: url.into(), attribution: None };
        Self { title: title.into(), description: None, timestamp: None, group: None, kind }
    }
}

/// The kinds of sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SourceKind {
    /// A page.
    Url {
        /// Absolute.
        url: String,
        /// Who is named as its publisher.
        #[serde(skip_serializing_if = "Option::is_none")]
        attribution: Option<String>,
    },
    /// A file.
    File {
        /// Its name.
        filename: String,
    },
    /// A thing of the integrator's.
    Entity {
        /// Its id.
        id: String,
        /// Its icon.
        #[serde(skip_serializing_if = "Option::is_none")]
        icon: Option<Icon>,
        /// Its label in a list.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Its label within the text.
        #[serde(skip_serializing_if = "Option::is_none")]
        inline_label: Option<String>,
        /// Whether it can be clicked.
        #[serde(default)]
        interactive: bool,
        /// The integrator's own.
        #[serde(default)]
        data: JsonObject,
    },
}
