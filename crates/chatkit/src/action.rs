//! Actions of widgets and pages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{RequestError, ThreadItem, fields::Fields};

/// Something that the user triggered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// The integrator's name for it.
    #[serde(rename = "type")]
    pub name: String,
    /// The integrator's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

impl Action {
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, RequestError> {
        Ok(Self { name: fields.string("type")?, payload: fields.optional_json("payload")? })
    }
}

/// The answer to `threads.sync_custom_action`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ActionResult {
    /// The item that it changed, if it changed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_item: Option<ThreadItem>,
}
