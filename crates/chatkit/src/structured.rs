//! Questions with prepared answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{RequestError, fields::Fields};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructuredInput {
    /// Its id within the item.
    pub id: String,
    /// The question itself.
    pub question: String,
    /// The answer, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<StructuredAnswer>,
    /// How it can be answered.
    #[serde(flatten)]
    pub kind: StructuredInputKind,
}

/// How a question can be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StructuredInputKind {
    /// By choosing.
    MultipleChoice {
        /// What to choose from.
        options: Vec<Choice>,
        /// Whether more than one may be chosen.
        #[serde(default)]
        multiple: bool,
    },
    /// By writing.
    Freeform {
        /// What to write about.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Shown, and sent back.
    pub value: String,
}

/// The answer to a question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructuredAnswer {
    /// What was chosen or written.
    #[serde(default)]
    pub values: Vec<String>,
    /// Not answered on purpose.
    #[serde(default)]
    pub skipped: bool,
}

/// How far a structured input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredStatus {
    /// Waiting for the user.
    Pending,
    /// Answered.
    Answered,
    /// Skipped.
    Skipped,
}

/// What a user submits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StructuredSubmission {
    /// Answered or skipped.
    pub status: SubmissionStatus,
    /// By id of the question.
    pub answers: BTreeMap<String, StructuredAnswer>,
}

/// How a submission ends a structured input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionStatus {
    /// With answers.
    #[default]
    Answered,
    /// Without.
    Skipped,
}

impl StructuredSubmission {
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, RequestError> {
        let status = match fields.optional_word("status", &["answered", "skipped"])? {
            Some("skipped") => SubmissionStatus::Skipped,
            _ => SubmissionStatus::Answered,
        };
        let mut answers = BTreeMap::new();
        if let Some(given) = fields.optional_object("answers")? {
            for id in given.names() {
                let answer = given.object(id)?;
                let values = answer.optional_strings("values")?.unwrap_or_default();
                let skipped = answer.optional_bool("skipped")?.unwrap_or_default();
                answers.insert(id.to_owned(), StructuredAnswer { values, skipped });
            }
        }
        Ok(Self { status, answers })
    }
}
