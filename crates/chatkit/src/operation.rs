//! The operations that a request can ask for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Action, PageRequest, RequestError, StructuredSubmission, UserInput, fields::Fields};

/// What a request asks for: its `type` and `params`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "params")]
#[expect(missing_docs, reason = "the fields are the protocol's own, named as on the wire")]
pub enum Operation {
    /// Starts a thread with a message. Streams.
    #[serde(rename = "threads.create")]
    CreateThread { input: UserInput },
    /// Adds a message. Streams.
    #[serde(rename = "threads.add_user_message")]
    AddUserMessage { thread_id: String, input: UserInput },
    /// Answers a message anew; what came after it goes. Streams.
    #[serde(rename = "threads.retry_after_item")]
    RetryAfterItem { thread_id: String, item_id: String },
    /// Answers the pending call of a client tool. Streams.
    #[serde(rename = "threads.add_client_tool_output")]
    AddClientToolOutput { thread_id: String, result: Value },
    /// Answers a structured input. Streams.
    #[serde(rename = "threads.add_structured_input")]
    AddStructuredInput { thread_id: String, item_id: String, input: StructuredSubmission },
    /// Handles an action. Streams.
    #[serde(rename = "threads.custom_action")]
    CustomAction {
        thread_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        item_id: Option<String>,
        action: Action,
    },
    /// Handles an action that changes one item at most.
    #[serde(rename = "threads.sync_custom_action")]
    SyncCustomAction {
        thread_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        item_id: Option<String>,
        action: Action,
    },
    /// A thread with its first items.
    #[serde(rename = "threads.get_by_id")]
    GetThread { thread_id: String },
    /// The threads.
    #[serde(rename = "threads.list")]
    ListThreads {
        #[serde(flatten)]
        page: PageRequest,
    },
    /// Gives a thread a title, maybe an empty one.
    #[serde(rename = "threads.update")]
    UpdateThread { thread_id: String, title: String },
    /// Deletes a thread.
    #[serde(rename = "threads.delete")]
    DeleteThread { thread_id: String },
    /// The items of a thread.
    #[serde(rename = "items.list")]
    ListItems {
        thread_id: String,
        #[serde(flatten)]
        page: PageRequest,
    },
    /// Rates items. `comment` is an addition to the protocol.
    #[serde(rename = "items.feedback")]
    Feedback {
        thread_id: String,
        item_ids: Vec<String>,
        kind: FeedbackKind,
        #[serde(skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// Announces an attachment. `size` is in bytes.
    #[serde(rename = "attachments.create")]
    CreateAttachment { name: String, size: i64, mime_type: String },
    /// Deletes an attachment.
    #[serde(rename = "attachments.delete")]
    DeleteAttachment { attachment_id: String },
    /// Writes down speech.
    #[serde(rename = "input.transcribe")]
    Transcribe { audio_base64: String, mime_type: String },
}

/// How items are rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    /// Thumbs up.
    Positive,
    /// Thumbs down.
    Negative,
}

/// The answer to `input.transcribe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcription {
    /// What was said.
    pub text: String,
}

/// The `type` of every operation.
const TYPES: [&str; 16] = [
    "threads.create",
    "threads.add_user_message",
    "threads.retry_after_item",
    "threads.add_client_tool_output",
    "threads.add_structured_input",
    "threads.custom_action",
    "threads.sync_custom_action",
    "threads.get_by_id",
    "threads.list",
    "threads.update",
    "threads.delete",
    "items.list",
    "items.feedback",
    "attachments.create",
    "attachments.delete",
    "input.transcribe",
];

impl Operation {
    /// The `type` on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let index = match self {
            Self::CreateThread { .. } => 0,
            Self::AddUserMessage { .. } => 1,
            Self::RetryAfterItem { .. } => 2,
            Self::AddClientToolOutput { .. } => 3,
            Self::AddStructuredInput { .. } => 4,
            Self::CustomAction { .. } => 5,
            Self::SyncCustomAction { .. } => 6,
            Self::GetThread { .. } => 7,
            Self::ListThreads { .. } => 8,
            Self::UpdateThread { .. } => 9,
            Self::DeleteThread { .. } => 10,
            Self::ListItems { .. } => 11,
            Self::Feedback { .. } => 12,
            Self::CreateAttachment { .. } => 13,
            Self::DeleteAttachment { .. } => 14,
            Self::Transcribe { .. } => 15,
        };
        TYPES[index]
    }

    /// Whether the answer is a stream of events; otherwise it is one JSON document.
    #[must_use]
    pub fn is_streaming(&self) -> bool {
        matches!(
            self,
            Self::CreateThread { .. }
                | Self::AddUserMessage { .. }
                | Self::RetryAfterItem { .. }
                | Self::AddClientToolOutput { .. }
                | Self::AddStructuredInput { .. }
                | Self::CustomAction { .. }
        )
    }

    /// The thread it is about, if it is about one that exists.
    #[must_use]
    pub fn thread_id(&self) -> Option<&str> {
        match self {
            Self::AddUserMessage { thread_id, .. }
            | Self::RetryAfterItem { thread_id, .. }
            | Self::AddClientToolOutput { thread_id, .. }
            | Self::AddStructuredInput { thread_id, .. }
            | Self::CustomAction { thread_id, .. }
            | Self::SyncCustomAction { thread_id, .. }
            | Self::GetThread { thread_id }
            | Self::UpdateThread { thread_id, .. }
            | Self::DeleteThread { thread_id }
            | Self::ListItems { thread_id, .. }
            | Self::Feedback { thread_id, .. } => Some(thread_id),
            _ => None,
        }
    }

    /// Whether there is an operation of that `type`.
    pub(crate) fn exists(name: &str) -> bool {
        TYPES.contains(&name)
    }

    pub(crate) fn read(name: &str, params: &Fields<'_>) -> Result<Self, RequestError> {
        match name.split_once('.') {
            Some(("threads", verb)) => Self::read_thread(verb, params),
            Some(("items", verb)) => Self::read_items(verb, params),
            _ => Self::read_file(name, params),
        }
    }

    fn read_thread(verb: &str, params: &Fields<'_>) -> Result<Self, RequestError> {
        let thread = || params.string("thread_id");
        let item = || params.string("item_id");
        Ok(match verb {
            "create" => Self::CreateThread { input: UserInput::read(&params.object("input")?)? },
            "add_user_message" => {
                Self::AddUserMessage { thread_id: thread()?, input: UserInput::read(&params.object("input")?)? }
            }
            "retry_after_item" => Self::RetryAfterItem { thread_id: thread()?, item_id: item()? },
            "add_client_tool_output" => {
                Self::AddClientToolOutput { thread_id: thread()?, result: params.json("result")? }
            }
            "add_structured_input" => {
                let input = StructuredSubmission::read(&params.object("input")?)?;
                Self::AddStructuredInput { thread_id: thread()?, item_id: item()?, input }
            }
            "custom_action" | "sync_custom_action" => {
                let (thread_id, item_id) = (thread()?, params.optional_string("item_id")?);
                let action = Action::read(&params.object("action")?)?;
                if verb == "custom_action" {
                    Self::CustomAction { thread_id, item_id, action }
                } else {
                    Self::SyncCustomAction { thread_id, item_id, action }
                }
            }
            "get_by_id" => Self::GetThread { thread_id: thread()? },
            "list" => Self::ListThreads { page: PageRequest::read(params)? },
            "update" => Self::UpdateThread { thread_id: thread()?, title: params.string("title")? },
            "delete" => Self::DeleteThread { thread_id: thread()? },
            _ => return Err(RequestError::unknown_type(&format!("threads.{verb}"))),
        })
    }

    fn read_items(verb: &str, params: &Fields<'_>) -> Result<Self, RequestError> {
        let thread_id = params.string("thread_id")?;
        Ok(match verb {
            "list" => Self::ListItems { thread_id, page: PageRequest::read(params)? },
            "feedback" => Self::Feedback {
                thread_id,
                item_ids: params.strings("item_ids")?,
                kind: match params.word("kind", &["positive", "negative"])? {
                    "positive" => FeedbackKind::Positive,
                    _ => FeedbackKind::Negative,
                },
                comment: params.optional_string("comment")?,
            },
            _ => return Err(RequestError::unknown_type(&format!("items.{verb}"))),
        })
    }

    fn read_file(name: &str, params: &Fields<'_>) -> Result<Self, RequestError> {
        Ok(match name {
            "attachments.create" => Self::CreateAttachment {
                name: params.string("name")?,
                size: params.integer("size")?,
                mime_type: params.string("mime_type")?,
            },
            "attachments.delete" => Self::DeleteAttachment { attachment_id: params.string("attachment_id")? },
            "input.transcribe" => Self::Transcribe {
                audio_base64: params.string("audio_base64")?,
                mime_type: params.string("mime_type")?,
            },
            _ => return Err(RequestError::unknown_type(name)),
        })
    }
}
