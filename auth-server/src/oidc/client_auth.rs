//! Clients proving who they are at the token endpoint: client_secret_basic, client_secret_post, none.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use oauth::Parameters;
use url::form_urlencoded;

use super::{
    clients::{self, Client},
    error::OAuthError,
};
use crate::{request::text, state::AppState, token};

/// What a request says about its client.
struct Credentials {
    client_id: String,
    secret: Option<String>,
}

/// The client of this request, once it has proved itself.
///
/// # Errors
/// 401 invalid_client for an unknown client or a wrong or missing secret; 400 for none or two ways at once.
pub async fn authenticate(
    state: &AppState,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Client, OAuthError> {
    let credentials = credentials(headers, parameters)?;
    let client = clients::find(&state.pool, &credentials.client_id).await?;
    let client = client.ok_or_else(|| OAuthError::invalid_client("unknown client"))?;
    match (&client.secret_hash, &credentials.secret) {
        (None, None) => Ok(client),
        (None, Some(_)) => Err(OAuthError::invalid_client("a public client has no secret")),
        (Some(_), None) => Err(OAuthError::invalid_client("the client must authenticate")),
        (Some(hash), Some(secret)) => match verify_slices_are_equal(hash, &token::hash(secret)) {
            Ok(()) => Ok(client),
            Err(_) => Err(OAuthError::invalid_client("invalid client_secret")),
        },
    }
}

fn credentials(headers: &HeaderMap, parameters: &Parameters) -> Result<Credentials, OAuthError> {
    let in_body = parameters.get("client_id");
    let Some(authorization) = text(headers, header::AUTHORIZATION.as_str()) else {
        let client_id = in_body.ok_or_else(|| OAuthError::invalid_request("client_id is required"))?;
        let secret = parameters.get("client_secret").map(str::to_owned);
        return Ok(Credentials { client_id: client_id.to_owned(), secret });
    };
    // RFC 6749 section 2.3: not more than one method in a request.
    if parameters.get("client_secret").is_some() {
        return Err(OAuthError::invalid_request("the client authenticates in two ways at once"));
    }
    let basic = basic(authorization).ok_or_else(|| OAuthError::invalid_client("malformed Basic credentials"))?;
    if in_body.is_some_and(|id| id != basic.client_id) {
        return Err(OAuthError::invalid_request("client_id is not the authenticated client"));
    }
    Ok(basic)
}

fn basic(authorization: &str) -> Option<Credentials> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok()).flatten()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let credentials = Credentials { client_id: form_decoded(id), secret: Some(form_decoded(secret)) };
    (!credentials.client_id.contains('\0')).then_some(credentials)
}

/// RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
fn form_decoded(text: &str) -> String {
    let kept = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(kept.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_decoded() {
        let credentials = basic(&format!("Basic {}", STANDARD.encode("my%3Aapp:s%2Bc+r=t"))).unwrap();
        assert_eq!(credentials.client_id, "my:app");
        assert_eq!(credentials.secret.as_deref(), Some("s+c r=t"));
    }

    #[test]
    fn other_schemes_and_garbage_are_no_credentials() {
        for text in ["Bearer abc", "Basic !!!", "Basic", &format!("Basic {}", STANDARD.encode("nocolon"))] {
            assert!(basic(text).is_none(), "{text}");
        }
    }
}
