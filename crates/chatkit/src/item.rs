//! Items: what a thread is made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AssistantMessage, GeneratedImage, JsonObject, StructuredInput, StructuredStatus, Task, Timestamp, UserMessage,
    Workflow,
};

/// An item of a thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThreadItem {
    /// Its own in the thread, and the same from `added` to `done`.
    pub id: String,
    /// The thread.
    pub thread_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it is.
    #[serde(flatten)]
    pub body: ItemBody,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ItemBody {
    /// A message of the user's.
    UserMessage(UserMessage),
    /// An answer.
    AssistantMessage(AssistantMessage),
    /// Context for the model alone. Never on the wire.
    #[serde(rename = "hidden_context_item")]
    HiddenContext {
        /// The integrator's own.
        content: Value,
    },
    /// Context for the model alone, of the protocol's own making. Never on the wire.
    SdkHiddenContext {
        /// For the model to read.
        content: String,
    },
    /// What the assistant shows of its work.
    Workflow {
        /// The steps.
        workflow: Workflow,
    },
    /// A single step.
    Task {
        /// The step.
        task: Task,
    },
    /// A call that the page is to answer.
    ClientToolCall {
        /// Whether it is answered.
        status: ToolCallStatus,
        /// The model's id of the call.
        call_id: String,
        /// Which tool.
        name: String,
        /// For the tool.
        arguments: JsonObject,
        /// What the page answered.
        #[serde(skip_serializing_if = "Option::is_none")]
        output: Option<Value>,
    },
    /// A widget.
    Widget {
        /// Its root component.
        widget: Value,
        /// What copying it yields.
        #[serde(skip_serializing_if = "Option::is_none")]
        copy_text: Option<String>,
    },
    /// Questions with prepared answers.
    StructuredInput {
        /// How far it is.
        status: StructuredStatus,
        /// The questions.
        inputs: Vec<StructuredInput>,
    },
    /// A picture that was made.
    GeneratedImage {
        /// The picture, once it is there.
        #[serde(skip_serializing_if = "Option::is_none")]
        image: Option<GeneratedImage>,
    },
    /// A hint for the display.
    EndOfTurn {},
    /// A type that this crate does not know, read from elsewhere: all its members.
    #[serde(untagged)]
    Other(JsonObject),
}

/// Whether a call of a client tool is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolCallStatus {
    /// Not yet.
    Pending,
    /// Yes.
    Completed,
}

impl ItemBody {
    /// Whether it is for the model alone: never listed, never streamed.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::HiddenContext { .. } | Self::SdkHiddenContext { .. } => true,
            Self::Other(members) => {
                matches!(
                    members.get("type").and_then(Value::as_str),
                    Some("hidden_context_item" | "sdk_hidden_context")
                )
            }
            _ => false,
        }
    }
}
