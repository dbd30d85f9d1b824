//! Clients proving who they are at the token endpoint: client_secret_basic, client_secret_post, none.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::{HeaderMap, header};
use oauth::{BasicCredentials, ErrorCode, Parameters};

use super::{
    clients::{self, AuthMethod, Client},
    error::OAuthError,
};
use crate::{
    limits::{self, Window},
    request::text,
    state::AppState,
    token,
};

/// What a request says about its client.
struct Credentials {
    client_id: String,
    secret: Option<String>,
    method: AuthMethod,
    /// The secret without the decoding that not every client's encoding goes with.
    as_sent: Option<String>,
}

impl Credentials {
    /// In constant time for each way to read the secret.
    fn prove(&self, hash: &[u8]) -> bool {
        let ways = [&self.secret, &self.as_sent];
        ways.into_iter().flatten().any(|secret| verify_slices_are_equal(hash, &token::hash(secret)).is_ok())
    }
}

/// The client of this request, once it has proved itself.
///
/// # Errors
/// invalid_client for an unknown client or a wrong or missing secret, 401 where the header Authorization was used, else
/// 400; 400 invalid_request for no client or two ways at once; 429 for too many wrong secrets of one client.
pub async fn authenticate(
    state: &AppState,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Client, OAuthError> {
    let credentials = credentials(headers, parameters)?;
    let client = clients::find(&state.pool, &credentials.client_id).await?;
    let client = client.ok_or_else(|| refused(headers, "unknown client"))?;
    check_method(&client, &credentials).map_err(|why| refused(headers, &why))?;
    match (&client.secret_hash, &credentials.secret) {
        (None, None) => Ok(client),
        (None, Some(_)) => Err(refused(headers, "a public client has no secret")),
        (Some(_), None) => Err(refused(headers, "the client must authenticate")),
        (Some(hash), Some(_)) if credentials.prove(hash) => Ok(client),
        (Some(_), Some(_)) => {
            count_wrong_secret(state, &client).await?;
            Err(refused(headers, "invalid client_secret"))
        }
    }
}

/// Counts a wrong secret, from wherever it came. The right one always passes: nobody can shut a client out by guessing.
async fn count_wrong_secret(state: &AppState, client: &Client) -> Result<(), OAuthError> {
    let maximum = state.config.limits.client_secret;
    let window = Window { name: "client-secret", subject: &client.client_id, seconds: 60, maximum };
    match limits::hit(&state.pool, window).await? {
        Some(wait) => Err(OAuthError::too_many_requests(wait)),
        None => Ok(()),
    }
}

/// A client keeps to the method that it registered (RFC 7591 section 2): its secret is looked for nowhere else.
fn check_method(client: &Client, credentials: &Credentials) -> Result<(), String> {
    let (registered, used) = (client.auth_method, credentials.method);
    if client.is_public() || used == AuthMethod::None || used == registered {
        return Ok(());
    }
    Err(format!("client registered for {} cannot use {}", registered.as_str(), used.as_str()))
}

/// RFC 6749 section 5.2: 401 with a challenge for who used the header, else 400 (401 would demand a challenge, which
/// makes browsers ask their person for a password).
fn refused(headers: &HeaderMap, why: &str) -> OAuthError {
    if headers.contains_key(header::AUTHORIZATION) {
        OAuthError::invalid_client(why)
    } else {
        OAuthError::new(ErrorCode::InvalidClient, why)
    }
}

/// As [`authenticate`], for endpoints that only confidential clients may use. Always 401 (RFC 7662 section 2.3).
///
/// # Errors
/// 401 also for a public client.
pub async fn authenticate_confidential(
    state: &AppState,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Client, OAuthError> {
    if !headers.contains_key(header::AUTHORIZATION) && parameters.get("client_id").is_none() {
        return Err(OAuthError::invalid_client("the client must authenticate"));
    }
    match authenticate(state, headers, parameters).await {
        Ok(client) if client.is_public() => Err(OAuthError::invalid_client("a public client may not ask this")),
        Err(error) if error.code == ErrorCode::InvalidClient => Err(OAuthError::invalid_client(error.description)),
        other => other,
    }
}

fn credentials(headers: &HeaderMap, parameters: &Parameters) -> Result<Credentials, OAuthError> {
    let in_body = parameters.get("client_id");
    let Some(authorization) = text(headers, header::AUTHORIZATION.as_str()) else {
        let client_id = in_body.ok_or_else(|| OAuthError::invalid_request("client_id is required"))?;
        let secret = parameters.get("client_secret").map(str::to_owned);
        let method = if secret.is_some() { AuthMethod::Post } else { AuthMethod::None };
        return Ok(Credentials { client_id: client_id.to_owned(), secret, method, as_sent: None });
    };
    // RFC 6749 section 2.3: not more than one method in a request.
    if parameters.get("client_secret").is_some() {
        return Err(OAuthError::invalid_request("the client authenticates in two ways at once"));
    }
    let basic = BasicCredentials::parse(authorization);
    let basic = basic.ok_or_else(|| OAuthError::invalid_client("malformed Basic credentials"))?;
    if in_body.is_some_and(|id| id != basic.client_id) {
        return Err(OAuthError::invalid_request("client_id is not the authenticated client"));
    }
    let as_sent = BasicCredentials::secret_as_sent(authorization);
    let (client_id, secret) = (basic.client_id, Some(basic.client_secret));
    Ok(Credentials { client_id, secret, method: AuthMethod::Basic, as_sent })
}
