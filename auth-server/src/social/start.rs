//! `POST /api/auth/sign-in/social` and `POST /api/auth/link-social`: off to the provider.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Fault, Provider,
    flow::{self, StartError, Started, Targets},
    id_token::{self, BroughtToken},
    provider::Ask,
};
use crate::{
    account::{body::PostBody, device::Device},
    error::ApiError,
    request::Caller,
    session::{self, cookie},
    state::AppState,
};

/// What both endpoints read.
struct Wish {
    provider: String,
    targets: Targets,
    ask: Ask,
    stay: bool,
    id_token: Option<BroughtToken>,
}

/// Scopes and further parameters of a request, at most.
const MAX_EXTRAS: usize = 20;

impl Wish {
    fn read(body: &mut PostBody) -> Result<Self, ApiError> {
        let mut target = |name| body.optional(name).filter(|url| !url.is_empty());
        let targets = Targets {
            callback: target("callbackURL"),
            error: target("errorCallbackURL"),
            new_user: target("newUserCallbackURL"),
            ..Targets::default()
        };
        let parameters = body.value("additionalParams").and_then(Value::as_object).into_iter().flatten();
        let parameters = parameters.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let ask = Ask {
            parameters: parameters.take(MAX_EXTRAS).collect(),
            scopes: body.texts("scopes").into_iter().take(MAX_EXTRAS).collect(),
            login_hint: body.optional("loginHint"),
        };
        let wish = Self {
            provider: body.required("provider"),
            targets,
            ask,
            stay: body.flag("disableRedirect").unwrap_or(false),
            id_token: BroughtToken::read(body),
        };
        body.finish()?;
        Ok(wish)
    }

    fn provider(&self, state: &AppState) -> Result<Provider, ApiError> {
        let provider = Provider::parse(&self.provider);
        provider.filter(|provider| state.social.offered().contains(provider)).ok_or_else(not_found)
    }

    async fn start(self, state: &AppState, link: Option<Uuid>) -> Result<Response, ApiError> {
        let provider = self.provider(state)?;
        let started = flow::start(state, provider, self.targets, link, &self.ask).await?;
        Ok(answer(&started, self.stay))
    }
}

/// 404 for a provider that is not offered.
pub(super) fn not_found() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "PROVIDER_NOT_FOUND", "Provider not found")
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Provider(fault) => fault.into(),
            StartError::Failure(failure) => failure.into(),
        }
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotOffered => not_found(),
            fault => {
                tracing::warn!(%fault, "an identity provider fails");
                let words = "The identity provider does not answer. Please try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "PROVIDER_UNAVAILABLE", words)
            }
        }
    }
}

/// Where to go, as clients of this API expect it.
fn answer(started: &Started, stay: bool) -> Response {
    let body: Value = json!({"url": started.url.as_str(), "redirect": !stay});
    let mut response = Json(body).into_response();
    if !stay && let Ok(location) = HeaderValue::from_str(started.url.as_str()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    cookie::append(response.headers_mut(), [started.cookie.clone()]);
    response
}

/// Begins a sign-in, or finishes it at once for an ID token that the client brings.
///
/// # Errors
/// 404 for a provider that is not offered, 503 when it is away; for an ID token 401, and 404 where there are none.
pub async fn sign_in(
    State(state): State<AppState>,
    caller: Caller,
    device: Device,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let mut wish = Wish::read(&mut body)?;
    match wish.id_token.take() {
        Some(brought) => {
            let provider = wish.provider(&state)?;
            // This one starts a session here and now.
            state.trusted().check_api(&headers, true)?;
            id_token::sign_in(&state, &caller, device, provider, &brought).await
        }
        None => wish.start(&state, None).await,
    }
}

/// Begins the linking of a provider to the account of who is signed in.
///
/// # Errors
/// As [`sign_in`]; 401 without a session, 403 for an admin who acts as somebody else.
pub async fn link(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let mut wish = Wish::read(&mut body)?;
    let current = session::require(&state, &headers).await?;
    current.require_own()?;
    match wish.id_token.take() {
        Some(brought) => {
            let provider = wish.provider(&state)?;
            id_token::link(&state, &caller, current.user.id, provider, &brought).await
        }
        None => wish.start(&state, Some(current.user.id)).await,
    }
}
