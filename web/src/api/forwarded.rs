//! Whose request it is that we make: auth-server writes it into its event log.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use crate::state::AppState;

/// The browser's address and name. auth-server believes the address where the site is one of its `TRUSTED_PROXIES`.
#[derive(Clone, Debug, Default)]
pub struct Forwarded(pub(super) HeaderMap);

impl FromRequestParts<AppState> for Forwarded {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let mut headers = HeaderMap::new();
        let address = state.config.common.trusted_proxies.client_of(parts).to_string();
        if let Ok(address) = HeaderValue::from_str(&address) {
            headers.insert(HeaderName::from_static("x-forwarded-for"), address);
        }
        if let Some(agent) = parts.headers.get(header::USER_AGENT) {
            headers.insert(header::USER_AGENT, agent.clone());
        }
        Ok(Self(headers))
    }
}
