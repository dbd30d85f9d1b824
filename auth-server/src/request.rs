//! Who sends a request: the client's address and agent.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};

use crate::state::AppState;

/// The sender of a request, as sessions and the event log keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The client's address; a proxy's word is taken only from TRUSTED_PROXIES.
    pub ip_address: String,
    /// The header User-Agent, shortened.
    pub user_agent: String,
}

/// User agents are kept to this many characters.
const AGENT_LENGTH: usize = 256;

impl Caller {
    /// Who is no client: `operator`, `schedule`.
    #[must_use]
    pub fn inside(name: &str) -> Self {
        Self { ip_address: String::new(), user_agent: name.to_owned() }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let ip_address = state.config.common.trusted_proxies.client_of(parts).to_string();
        let user_agent = text(&parts.headers, header::USER_AGENT.as_str()).unwrap_or_default();
        Ok(Self { ip_address, user_agent: user_agent.chars().take(AGENT_LENGTH).collect() })
    }
}

/// A header as text, if it is there and is text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
