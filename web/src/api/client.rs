//! Calls to api-server, and to auth-server's account API, on behalf of a session.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Forwarded;
use crate::{
    session::{Person, RefreshError, Session, fresh, renew},
    state::AppState,
};

/// How long a page waits for the API.
const TIMEOUT: Duration = Duration::from_secs(10);

/// One of the other two servers, spoken to for one person.
pub struct Api<'a> {
    app: &'a AppState,
    session: Session,
    base: String,
    /// On whose behalf, for the event log.
    forwarded: HeaderMap,
}

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The API said no.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The API does not answer, or not sensibly.
    #[error("the API is out of reach: {0}")]
    Unavailable(String),
    /// There is no good token.
    #[error(transparent)]
    Session(#[from] RefreshError),
}

/// A problem (RFC 9457) that the API told.
#[derive(Clone, Debug, Default)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// Words for a person.
    pub detail: String,
    /// The whole body.
    pub body: Value,
}

impl<'a> Api<'a> {
    /// api-server, for `session`.
    #[must_use]
    pub fn new(app: &'a AppState, session: Session) -> Self {
        let base = service::config::origin(&app.config.common.api_url);
        Self { app, session, base, forwarded: HeaderMap::new() }
    }

    /// The same person at auth-server (`/api/auth/*`), where what they do is logged with the browser's address.
    #[must_use]
    pub fn accounts(&self, forwarded: Forwarded) -> Self {
        let base = self.app.config.common.issuer();
        Self { app: self.app, session: self.session.clone(), base, forwarded: forwarded.0 }
    }

    /// Whether the newest token carries `scope`.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        crate::session::claims(&self.session.tokens.access).is_some_and(|claims| claims.has_scope(scope))
    }

    /// Whom it speaks for, as of the newest token: ask after the calls, because one of them may have renewed it.
    #[must_use]
    pub fn person(&self) -> Person {
        self.session.person()
    }

    /// `GET`.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, ApiError> {
        self.call(Method::GET, path, None).await
    }

    /// `PUT` without a body.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn put<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, ApiError> {
        self.call(Method::PUT, path, None).await
    }

    /// `POST` of a JSON body.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn post<T: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<T, ApiError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// `PUT` of a JSON body.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn put_json<T: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<T, ApiError> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// `PUT` or `DELETE` that answers nothing.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn press(&mut self, method: Method, path: &str) -> Result<(), ApiError> {
        self.ask(method, path, None).await.map(drop)
    }

    /// `GET` of a file, as it comes, however long that takes.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn file(&mut self, path: &str) -> Result<reqwest::Response, ApiError> {
        let response = self.send(|http, base| http.get(format!("{base}{path}"))).await?;
        if response.status().is_success() { Ok(response) } else { Err(ApiError::Refused(refusal(response).await)) }
    }

    async fn call<T: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, ApiError> {
        let response = self.ask(method, path, body).await?;
        response.json().await.map_err(|error| ApiError::Unavailable(error.without_url().to_string()))
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<reqwest::Response, ApiError> {
        let forwarded = self.forwarded.clone();
        let response = self
            .send(|http, base| {
                let request = http.request(method.clone(), format!("{base}{path}")).timeout(TIMEOUT);
                let request = request.headers(forwarded.clone());
                if let Some(body) = body { request.json(body) } else { request }
            })
            .await?;
        if response.status().is_success() { Ok(response) } else { Err(ApiError::Refused(refusal(response).await)) }
    }

    /// Sends what `build` makes, with a good Bearer; once more with a new one when the API finds it stale. The answer
    /// may have any status but 401.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn send(
        &mut self,
        build: impl Fn(&reqwest::Client, &str) -> reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, ApiError> {
        self.session = fresh(self.app, self.session.clone()).await?;
        let response = self.try_once(&build).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        // Stale: role, verification or password changed. A new token says what holds now.
        self.session = renew(self.app, &self.session).await?;
        let response = self.try_once(&build).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let refusal = refusal(response).await;
            tracing::warn!(code = refusal.code, "the API refuses a token that was just issued");
            return Err(ApiError::Unavailable("it refuses our tokens".to_owned()));
        }
        Ok(response)
    }

    async fn try_once(
        &self,
        build: &impl Fn(&reqwest::Client, &str) -> reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, ApiError> {
        let request = build(&self.app.http, &self.base).bearer_auth(&self.session.tokens.access);
        request.send().await.map_err(|error| ApiError::Unavailable(error.without_url().to_string()))
    }
}

async fn refusal(response: reqwest::Response) -> Refusal {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap_or_default();
    let text = |member: &str| body.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    // auth-server says `message` (the account API's shape), api-server `detail` (RFC 9457).
    let detail = Some(text("detail")).filter(|detail| !detail.is_empty()).unwrap_or_else(|| text("message"));
    Refusal { status, code: text("code"), detail, body }
}
