//! Reading requests.

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::{JsonObject, Operation, fields::Fields};

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// What is asked for.
    #[serde(flatten)]
    pub operation: Operation,
    /// The integrator's own.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    pub metadata: JsonObject,
}

/// Why a request is refused. The text names the member and says what was expected; it is fit to
/// be shown to the client. All of these are a 400.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The body is not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// The body is not JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// There is no operation of that type.
    #[error("unknown request type {0:?}")]
    UnknownType(String),
    /// A required member is not there.
    #[error("{field} is missing")]
    Missing {
        /// Where, such as `params.input.content[0].text`.
        field: String,
    },
    /// A member has the wrong type or value.
    #[error("{field} must be {expected}")]
    Wrong {
        /// Where.
        field: String,
        /// What it should be.
        expected: String,
    },
    /// A text has a NUL in it, which databases can't hold.
    #[error("{field} must not contain a NUL character")]
    Nul {
        /// Where.
        field: String,
    },
}

/// So much of an unknown type is repeated in the error, in characters.
const MAX_ECHO: usize = 64;

impl RequestError {
    pub(crate) fn unknown_type(name: &str) -> Self {
        Self::UnknownType(name.chars().take(MAX_ECHO).collect())
    }
}

impl Request {
    /// A request without metadata.
    #[must_use]
    pub fn new(operation: Operation) -> Self {
        Self { operation, metadata: JsonObject::new() }
    }

    /// Reads the body of a request.
    ///
    /// It takes what the Python SDK takes: unknown members anywhere; `limit` as a number, as a
    /// string or null; no `order`; no or null `quoted_text`. Two things it demands beyond the
    /// SDK: an action's `type`, and texts without NUL.
    ///
    /// # Errors
    /// [`RequestError`], which names the member at fault.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let text = std::str::from_utf8(body).map_err(|_| RequestError::NotUtf8)?;
        let value: Value = serde_json::from_str(text).map_err(|error| RequestError::NotJson(error.to_string()))?;
        let envelope = Fields::of_body(&value)?;
        let name = envelope.string("type")?;
        if !Operation::exists(&name) {
            return Err(RequestError::unknown_type(&name));
        }
        let operation = Operation::read(&name, &envelope.object("params")?)?;
        Ok(Self { operation, metadata: envelope.optional_map("metadata")?.unwrap_or_default() })
    }

    /// Whether the answer is a stream of events; otherwise it is one JSON document.
    #[must_use]
    pub fn is_streaming(&self) -> bool {
        self.operation.is_streaming()
    }
}
