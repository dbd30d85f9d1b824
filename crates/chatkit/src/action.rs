//! Actions of widgets and pages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{RequestError, fields::Fields};

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
