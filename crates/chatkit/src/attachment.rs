//! Attachments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file that belongs, or will belong, to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: String,
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// File or image.
    #[serde(flatten)]
    pub kind: AttachmentKind,
    /// Where its bytes are to be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_descriptor: Option<UploadDescriptor>,
    /// The thread, once it is in a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
}

/// The kinds of attachments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AttachmentKind {
    /// Any file.
    File,
    /// A picture.
    Image {
        /// Absolute.
        preview_url: String,
    },
}

/// Where and how bytes are uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadDescriptor {
    /// Absolute.
    pub url: String,
    /// The HTTP method.
    pub method: UploadMethod,
    /// Headers to send along.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// The methods for uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum UploadMethod {
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}
