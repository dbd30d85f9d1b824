//! Authorization requests that wait for a person: carried by the pages in the field `continue`, and signed, so that
//! the authorization endpoint knows since when it has been waiting.
//!
//! `prompt=login` is satisfied by a sign-in after that moment; without the signature a link could claim any moment.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use oauth::{Parameters, ScopeSet, redirect};
use url::form_urlencoded;

use super::{
    consents::grantable,
    request::{self, AuthorizationRequest, recipient},
};
use crate::{error::Failure, keys::seal::Purpose, state::AppState, user::User};

/// The parameter that carries the signed moment.
const PARAMETER: &str = "interaction";
/// The authorization endpoint.
const PATH: &str = "/oauth2/authorize";

/// `parameters` as the value of `continue`: our own path, with the moment it began to wait.
///
/// # Errors
/// Never for the keys used here.
pub fn wait(state: &AppState, parameters: &Parameters) -> Result<String, Failure> {
    Ok(format!("{PATH}?{}", signed_query(state, parameters, Utc::now())?))
}

/// As [`wait`], for a request that has been waiting since `since` and must not be asked again for what was done after
/// that.
///
/// # Errors
/// Never for the keys used here.
pub fn wait_since(state: &AppState, parameters: &Parameters, since: DateTime<Utc>) -> Result<String, Failure> {
    Ok(format!("{PATH}?{}", signed_query(state, parameters, since)?))
}

fn signed_query(state: &AppState, parameters: &Parameters, since: DateTime<Utc>) -> Result<String, Failure> {
    let parameters = parameters.without(PARAMETER);
    let moment = since.timestamp_millis().to_string();
    let signature = sign(state, &moment, &parameters)?;
    Ok(parameters.with(PARAMETER, format!("{moment}.{signature}")).encode())
}

/// Since when the request has been waiting, if it says so with our signature.
///
/// # Errors
/// Never for the keys used here.
pub fn waiting_since(state: &AppState, parameters: &Parameters) -> Result<Option<DateTime<Utc>>, Failure> {
    let Some((moment, signature)) = parameters.get(PARAMETER).and_then(|text| text.split_once('.')) else {
        return Ok(None);
    };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return Ok(None) };
    let signed = signed_text(moment, &parameters.without(PARAMETER));
    if !state.sealer.verify(Purpose::Interaction, signed.as_bytes(), &signature) {
        return Ok(None);
    }
    Ok(moment.parse().ok().and_then(DateTime::from_timestamp_millis))
}

fn sign(state: &AppState, moment: &str, parameters: &Parameters) -> Result<String, Failure> {
    let signature = state.sealer.sign(Purpose::Interaction, signed_text(moment, parameters).as_bytes())?;
    Ok(URL_SAFE_NO_PAD.encode(signature))
}

fn signed_text(moment: &str, parameters: &Parameters) -> String {
    format!("{moment} {}", parameters.encode())
}

/// A request that a page may carry on.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The value of `continue`: path and query on this server.
    pub path: String,
    /// Who waits.
    pub client_name: String,
    /// What `form-action` must name, since browsers apply it to the whole redirect chain.
    pub form_action: String,
    /// The address the client expects.
    pub login_hint: Option<String>,
}

impl Pending {
    /// Reads a `continue` value. Anything but a request that the authorization endpoint would answer is `None`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(state: &AppState, text: &str) -> Result<Option<Self>, Failure> {
        let Some(query) = text.strip_prefix(PATH).and_then(|rest| rest.strip_prefix('?')) else { return Ok(None) };
        let Ok(parameters) = Parameters::parse(query) else { return Ok(None) };
        let Ok((client, redirect_uri)) = recipient(state, &parameters).await? else { return Ok(None) };
        Ok(Some(Self {
            // Encoded anew, so that nothing but a query can follow the path.
            path: format!("{PATH}?{}", parameters.encode()),
            client_name: client.name,
            form_action: redirect::form_action_source(&redirect_uri),
            login_hint: parameters.get("login_hint").map(str::to_owned),
        }))
    }

    /// The request without the word `prompt` in its parameter prompt: what was asked for with it is done.
    #[must_use]
    pub fn without_prompt(&self, prompt: &str) -> String {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let parameters = Parameters::parse(query).unwrap_or_default();
        let words = parameters.get("prompt").unwrap_or_default().split(' ').filter(|word| *word != prompt);
        let words = words.collect::<Vec<_>>().join(" ");
        let rest = parameters.without("prompt").without(PARAMETER);
        let rest = if words.is_empty() { rest } else { rest.with("prompt", words) };
        format!("{PATH}?{}", rest.encode())
    }

    /// The page at `path` with this request to carry.
    #[must_use]
    pub fn page(path: &str, pending: Option<&str>) -> String {
        match pending {
            None => path.to_owned(),
            Some(pending) => {
                let query = form_urlencoded::Serializer::new(String::new()).append_pair("continue", pending).finish();
                format!("{path}?{query}")
            }
        }
    }
}

/// A pending request that carries our signature.
#[derive(Clone, Debug)]
pub struct Signed {
    parameters: Parameters,
    since: DateTime<Utc>,
}

/// Reads the query of a pending request. `None` unless we signed it, and not too long ago.
///
/// # Errors
/// Never for the keys used here.
pub fn read_signed(state: &AppState, query: &str) -> Result<Option<Signed>, Failure> {
    let Ok(parameters) = Parameters::parse(query) else { return Ok(None) };
    let since = waiting_since(state, &parameters)?;
    let since = since.filter(|since| Utc::now() - *since < LIFETIME);
    Ok(since.map(|since| Signed { parameters, since }))
}

/// As [`read_signed`], for the value of `continue`.
///
/// # Errors
/// Never for the keys used here.
pub fn read_signed_path(state: &AppState, path: &str) -> Result<Option<Signed>, Failure> {
    match path.strip_prefix(PATH).and_then(|rest| rest.strip_prefix('?')) {
        Some(query) => read_signed(state, query),
        None => Ok(None),
    }
}

/// How long a pending request waits for an answer: as long as anybody leaves a page open.
const LIFETIME: TimeDelta = TimeDelta::hours(12);

/// What a person is asked for consent to.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request.
    pub request: AuthorizationRequest,
    /// What this person can allow of it.
    pub scopes: ScopeSet,
    /// Since when it has been waiting.
    pub since: DateTime<Utc>,
    parameters: Parameters,
}

impl Asked {
    /// The question that `signed` puts to `user`; `None` when the authorization endpoint would not ask it any more.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(state: &AppState, signed: Signed, user: &User) -> Result<Option<Self>, Failure> {
        let Signed { parameters, since } = signed;
        let Ok(request) = request::read(state, &parameters).await? else { return Ok(None) };
        let scopes = grantable(&request.scopes, user);
        Ok(Some(Self { request, scopes, since, parameters }))
    }

    /// Its query for the authorization endpoint, as it is.
    ///
    /// # Errors
    /// Never for the keys used here.
    pub fn query(&self, state: &AppState) -> Result<String, Failure> {
        signed_query(state, &self.parameters, self.since)
    }

    /// The same, asking for `scopes` alone.
    ///
    /// # Errors
    /// Never for the keys used here.
    pub fn narrowed(&self, state: &AppState, scopes: &ScopeSet) -> Result<String, Failure> {
        let parameters = self.parameters.without("scope").with("scope", scopes.to_string());
        signed_query(state, &parameters, self.since)
    }

    /// The authorization endpoint with `query`.
    #[must_use]
    pub fn path(query: &str) -> String {
        format!("{PATH}?{query}")
    }
}
