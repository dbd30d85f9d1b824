//! What a page says when it cannot say what was asked for.
//!
//! Handlers of pages return [`PageError`]; [`show`] turns it into a page, because only a middleware knows the request
//! (where to return to after signing in) and the nonce. `/api/v1/*` and `/panel/*` answer problem+json instead.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, Method, StatusCode, header};

use crate::{
    api::{ApiError, Refusal},
    oidc::login_path,
    pages,
    seal::SealError,
    session::{RefreshError, StoreError, Visitor},
    state::AppState,
};

/// Why there is no page.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PageError {
    /// There is nothing at this address for this person.
    #[error("not found")]
    NotFound,
    /// Signed out, or never in.
    #[error("signed out")]
    SignedOut,
    /// The auth server is away.
    #[error("sign-in is unavailable")]
    SignInUnavailable,
    /// A sign-in came back in a way that does not fit.
    #[error("the sign-in does not fit")]
    SignInBroken,
    /// The auth server could not be told to sign somebody out everywhere.
    #[error("still signed in")]
    StillSignedIn,
    /// Lessons want a proved address.
    #[error("unverified")]
    Unverified,
    /// The stage is locked; the API says what opens it.
    #[error("locked")]
    Locked(Box<Refusal>),
    /// One must take part first.
    #[error("not enrolled")]
    NotEnrolled(Box<Refusal>),
    /// The page is for people of another role.
    #[error("beyond the role")]
    BeyondRole,
    /// An admin who signed in before they were one.
    #[error("signed in before becoming an admin")]
    AdminSinceSignIn,
    /// The API refused for another reason, in words for a person.
    #[error("refused: {}", .0.detail)]
    Refused(Box<Refusal>),
    /// The request itself cannot be read, with the status that says how.
    #[error("unreadable")]
    Unreadable(StatusCode),
    /// api-server or the database is away.
    #[error("unavailable")]
    Unavailable,
    /// Our fault.
    #[error("internal")]
    Internal,
}

impl PageError {
    /// The status of its page.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignedOut => StatusCode::SEE_OTHER,
            Self::SignInUnavailable | Self::StillSignedIn | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::SignInBroken => StatusCode::BAD_REQUEST,
            Self::Unreadable(status) => *status,
            Self::Unverified | Self::Locked(_) | Self::NotEnrolled(_) | Self::BeyondRole | Self::AdminSinceSignIn => {
                StatusCode::FORBIDDEN
            }
            Self::Refused(refusal) => StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_GATEWAY),
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for PageError {
    /// A bare status that carries the error to [`show`].
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Makes a page of whatever error a handler left.
pub async fn show(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let Some(error) = response.extensions().get::<PageError>().cloned().or_else(|| refusal_of_the_framework(&response))
    else {
        return response;
    };
    if matches!(error, PageError::SignedOut) {
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let back = if parts.method == Method::GET { here } else { "/dashboard" };
        return Redirect::to(&login_path(back)).into_response();
    }
    use axum::extract::FromRequestParts;
    let visitor = Visitor::from_request_parts(&mut parts, &app).await;
    let person = visitor.ok().and_then(|Visitor(session)| session).map(|session| session.person());
    let mut page = pages::message::page(pages::Shell::of(&app, &parts).known(person), &error);
    // RFC 9110 section 15.5.6: a 405 says which methods there are.
    page.headers_mut().extend(response.headers().get(header::ALLOW).map(|allow| (header::ALLOW, allow.clone())));
    page
}

/// Forms, queries and methods that do not fit are refused before a handler runs, in words for programmers.
fn refusal_of_the_framework(response: &Response) -> Option<PageError> {
    let kind = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let bare = kind.is_empty() || kind.starts_with(b"text/plain");
    match response.status() {
        status if !bare || !status.is_client_error() => None,
        StatusCode::NOT_FOUND => Some(PageError::NotFound),
        // The right syntax and the wrong members: the client's mistake like any other.
        StatusCode::UNPROCESSABLE_ENTITY => Some(PageError::Unreadable(StatusCode::BAD_REQUEST)),
        status => Some(PageError::Unreadable(status)),
    }
}

impl From<ApiError> for PageError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Refused(refusal) => refused(refusal),
            ApiError::Session(RefreshError::Ended) => Self::SignedOut,
            ApiError::Session(RefreshError::Unavailable) => Self::SignInUnavailable,
            ApiError::Session(RefreshError::Store(error)) => error.into(),
            ApiError::Unavailable(why) => {
                tracing::warn!(why, "api-server is out of reach");
                Self::Unavailable
            }
        }
    }
}

fn refused(refusal: Refusal) -> PageError {
    match (refusal.status, refusal.code.as_str()) {
        (404, _) => PageError::NotFound,
        (_, "email_unverified") => PageError::Unverified,
        (_, "stage_locked") => PageError::Locked(Box::new(refusal)),
        (403, "staff_only" | "admin_only" | "admins_only") => PageError::BeyondRole,
        (_, "not_enrolled") => PageError::NotEnrolled(Box::new(refusal)),
        (500.., _) => PageError::Unavailable,
        _ => PageError::Refused(Box::new(refusal)),
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                tracing::warn!(%error, "the database is out of reach");
                Self::Unavailable
            }
            other => {
                tracing::error!(error = %other, "a query failed");
                Self::Internal
            }
        }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(error) => error.into(),
            StoreError::Seal(error) => error.into(),
        }
    }
}

impl From<SealError> for PageError {
    fn from(error: SealError) -> Self {
        tracing::error!(%error, "sealing failed");
        Self::Internal
    }
}
