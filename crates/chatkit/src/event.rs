//! Events: what a stream is made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Annotation, AssistantContent, GeneratedImage, Icon, JsonObject, Task, Thread, ThreadItem};

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// The thread now exists. Its page of items is empty.
    #[serde(rename = "thread.created")]
    ThreadCreated {
        /// The thread.
        thread: Thread,
    },
    /// Title or status changed. The page of items is empty.
    #[serde(rename = "thread.updated")]
    ThreadUpdated {
        /// The thread.
        thread: Thread,
    },
    /// An item opens. It is not stored yet.
    #[serde(rename = "thread.item.added")]
    ItemAdded {
        /// As far as it is there.
        item: ThreadItem,
    },
    /// An open item grows.
    #[serde(rename = "thread.item.updated")]
    ItemUpdated {
        /// The item.
        item_id: String,
        /// How it grows.
        update: Update,
    },
    /// An item is complete, and stored.
    #[serde(rename = "thread.item.done")]
    ItemDone {
        /// The whole item.
        item: ThreadItem,
    },
    /// An item is gone.
    #[serde(rename = "thread.item.removed")]
    ItemRemoved {
        /// The item.
        item_id: String,
    },
    /// A stored item is overwritten.
    #[serde(rename = "thread.item.replaced")]
    ItemReplaced {
        /// The whole item.
        item: ThreadItem,
    },
    /// How the stream may be handled. Once, before the answer.
    #[serde(rename = "stream_options")]
    StreamOptions {
        /// The options.
        stream_options: StreamOptions,
    },
    /// What is being done. Gone after the turn.
    #[serde(rename = "progress_update")]
    ProgressUpdate {
        /// Its icon.
        #[serde(skip_serializing_if = "Option::is_none")]
        icon: Option<Icon>,
        /// Shown to the reader.
        text: String,
    },
    /// Something to know. Not stored.
    #[serde(rename = "notice")]
    Notice {
        /// How serious it is.
        level: NoticeLevel,
        /// Markdown.
        message: String,
        /// Its title.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    /// The turn failed. Nothing of the answer follows.
    #[serde(rename = "error")]
    Error {
        /// Which text is shown.
        code: ErrorCode,
        /// Shown with [`ErrorCode::Custom`].
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Whether a retry is offered.
        #[serde(default)]
        allow_retry: bool,
    },
    /// The page is to do something. Not stored.
    #[serde(rename = "client_effect")]
    ClientEffect {
        /// What.
        name: String,
        /// For the page.
        #[serde(default)]
        data: JsonObject,
    },
    /// A type that this crate does not know, read from elsewhere: all its members.
    #[serde(untagged)]
    Other(JsonObject),
}

impl Event {
    /// Whether there is a stop button.
    #[must_use]
    pub fn stream_options(allow_cancel: bool) -> Self {
        Self::StreamOptions { stream_options: StreamOptions { allow_cancel } }
    }

    /// A piece of text for an open answer.
    #[must_use]
    pub fn text_delta(item_id: impl Into<String>, content_index: usize, delta: impl Into<String>) -> Self {
        Self::ItemUpdated { item_id: item_id.into(), update: Update::TextDelta { content_index, delta: delta.into() } }
    }

    /// A failure with a text of the server's.
    #[must_use]
    pub fn custom_error(message: impl Into<String>, allow_retry: bool) -> Self {
        Self::Error { code: ErrorCode::Custom, message: Some(message.into()), allow_retry }
    }

    /// A failure with the client's own text.
    #[must_use]
    pub fn stream_error(allow_retry: bool) -> Self {
        Self::Error { code: ErrorCode::StreamError, message: None, allow_retry }
    }

    /// Whether it would show an item that is for the model alone.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::ItemAdded { item } | Self::ItemDone { item } | Self::ItemReplaced { item } => item.body.is_hidden(),
            _ => false,
        }
    }
}

/// How an open item grows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Update {
    /// A part of an answer opens.
    #[serde(rename = "assistant_message.content_part.added")]
    ContentPartAdded {
        /// Which part, from 0.
        content_index: usize,
        /// Usually empty.
        content: AssistantContent,
    },
    /// A part's text grows.
    #[serde(rename = "assistant_message.content_part.text_delta")]
    TextDelta {
        /// Which part.
        content_index: usize,
        /// To be appended.
        delta: String,
    },
    /// A part gets an annotation.
    #[serde(rename = "assistant_message.content_part.annotation_added")]
    AnnotationAdded {
        /// Which part.
        content_index: usize,
        /// Which annotation, from 0.
        annotation_index: usize,
        /// The annotation.
        annotation: Annotation,
    },
    /// A part is complete.
    #[serde(rename = "assistant_message.content_part.done")]
    ContentPartDone {
        /// Which part.
        content_index: usize,
        /// With its whole text.
        content: AssistantContent,
    },
    /// A workflow gets a step.
    #[serde(rename = "workflow.task.added")]
    TaskAdded {
        /// Which step, from 0.
        task_index: usize,
        /// The step.
        task: Task,
    },
    /// A step changes.
    #[serde(rename = "workflow.task.updated")]
    TaskUpdated {
        /// Which step.
        task_index: usize,
        /// The whole step.
        task: Task,
    },
    /// A widget changes as a whole.
    #[serde(rename = "widget.root.updated")]
    WidgetRootUpdated {
        /// The whole widget.
        widget: Value,
    },
    /// A part of a widget changes.
    #[serde(rename = "widget.component.updated")]
    WidgetComponentUpdated {
        /// Which component.
        component_id: String,
        /// The whole component.
        component: Value,
    },
    /// A text in a widget grows.
    #[serde(rename = "widget.streaming_text.value_delta")]
    WidgetTextDelta {
        /// Which component.
        component_id: String,
        /// To be appended.
        delta: String,
        /// Whether it is complete.
        done: bool,
    },
    /// A picture gets better.
    #[serde(rename = "generated_image.updated")]
    GeneratedImageUpdated {
        /// The picture.
        image: GeneratedImage,
        /// From 0 to 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        progress: Option<f64>,
    },
    /// A type that this crate does not know, read from elsewhere: all its members.
    #[serde(untagged)]
    Other(JsonObject),
}

/// How a stream may be handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamOptions {
    /// Whether there is a stop button.
    pub allow_cancel: bool,
}

/// How serious a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Better heeded.
    Warning,
    /// Serious.
    Danger,
}

/// The only two codes that clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorCode {
    /// The client shows a text of its own.
    #[serde(rename = "stream.error")]
    StreamError,
    /// The client shows the message.
    #[serde(rename = "custom")]
    Custom,
}
