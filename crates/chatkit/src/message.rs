//! Messages of users and of the assistant.

use serde::{Deserialize, Serialize};

use crate::{Annotation, Attachment, JsonObject, RequestError, fields::Fields};

/// What a user sends.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct UserInput {
    /// May be empty.
    pub content: Vec<UserContent>,
    /// Ids of attachments.
    pub attachments: Vec<String>,
    /// Text that the user quotes. `""` is not the same as none: it comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_text: Option<String>,
    /// Wishes for this message.
    pub inference_options: InferenceOptions,
}

impl UserInput {
    /// Its text: all parts, joined.
    #[must_use]
    pub fn text(&self) -> String {
        self.content.iter().map(UserContent::text).collect()
    }

    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, RequestError> {
        let options = fields.object("inference_options")?;
        let parts = fields.objects("content")?;
        Ok(Self {
            content: parts.iter().map(UserContent::read).collect::<Result<_, _>>()?,
            attachments: fields.strings("attachments")?,
            quoted_text: fields.optional_string("quoted_text")?,
            inference_options: InferenceOptions::read(&options)?,
        })
    }
}

/// A part of a user's message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum UserContent {
    /// Text.
    #[serde(rename = "input_text")]
    Text {
        /// As typed.
        text: String,
    },
    /// A mention of something.
    #[serde(rename = "input_tag")]
    Tag {
        /// The integrator's id of it.
        id: String,
        /// Shown to the reader.
        text: String,
        /// The integrator's own.
        #[serde(default)]
        data: JsonObject,
        /// Tags of one group are shown together.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// Whether it can be clicked.
        #[serde(default)]
        interactive: bool,
    },
}

impl UserContent {
    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text { text } | Self::Tag { text, .. } => text,
        }
    }

    fn read(fields: &Fields<'_>) -> Result<Self, RequestError> {
        match fields.word("type", &["input_text", "input_tag"])? {
            "input_tag" => Ok(Self::Tag {
                id: fields.string("id")?,
                text: fields.string("text")?,
                data: fields.optional_map("data")?.unwrap_or_default(),
                group: fields.optional_string("group")?,
                interactive: fields.optional_bool("interactive")?.unwrap_or_default(),
            }),
            _ => Ok(Self::Text { text: fields.string("text")? }),
        }
    }
}

/// Wishes for one message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InferenceOptions {
    /// The model picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The tool picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
}

/// A tool picked from the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolChoice {
    /// Its id.
    pub id: String,
}

impl InferenceOptions {
    fn read(fields: &Fields<'_>) -> Result<Self, RequestError> {
        let choice = fields.optional_object("tool_choice")?;
        Ok(Self {
            model: fields.optional_string("model")?,
            tool_choice: choice.map(|choice| choice.string("id").map(|id| ToolChoice { id })).transpose()?,
        })
    }
}

/// A user's message in a thread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UserMessage {
    /// May be empty.
    pub content: Vec<UserContent>,
    /// With their descriptions.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Text that the user quoted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_text: Option<String>,
    /// Wishes for this message.
    #[serde(default)]
    pub inference_options: InferenceOptions,
}

impl UserMessage {
    /// The message that some input becomes, with its attachments looked up.
    #[must_use]
    pub fn from_input(input: UserInput, attachments: Vec<Attachment>) -> Self {
        let UserInput { content, quoted_text, inference_options, .. } = input;
        Self { content, attachments, quoted_text, inference_options }
    }

    /// Its text: all parts, joined.
    #[must_use]
    pub fn text(&self) -> String {
        self.content.iter().map(UserContent::text).collect()
    }
}

/// The word `output_text` in a part's `type`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutputTextTag {
    /// The only one there is.
    #[default]
    #[serde(rename = "output_text")]
    OutputText,
}

/// A part of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AssistantContent {
    /// Where its statements come from.
    #[serde(default)]
    pub annotations: Vec<Annotation>,
    /// Markdown.
    pub text: String,
    /// Always `output_text`.
    #[serde(rename = "type", default)]
    pub tag: OutputTextTag,
}

impl AssistantContent {
    /// A text without annotations.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// An answer in a thread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AssistantMessage {
    /// Empty while it is only opened.
    pub content: Vec<AssistantContent>,
}
