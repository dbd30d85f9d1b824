//! An authorization request: read, and checked against its client (RFC 6749 section 4.1.1, OpenID Connect Core 3.1.2.1).

use chrono::TimeDelta;
use oauth::{CodeChallenge, ErrorCode, Parameters, ScopeSet, claims::API_AUDIENCE, pkce};
use url::Url;

use super::clients::{self, Client};
use crate::{error::Failure, state::AppState};

/// A request that may be answered.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: Client,
    /// Where the answer goes.
    pub redirect_uri: Url,
    /// The same as the client wrote it, which it must repeat to the letter at the token endpoint.
    pub redirect_uri_text: String,
    /// Passed through to the answer.
    pub state: Option<String>,
    /// What is asked for.
    pub scopes: ScopeSet,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// The PKCE challenge; none only from a client that may do without.
    pub challenge: Option<CodeChallenge>,
    /// What the person must or must not be asked.
    pub prompt: Prompt,
    /// How old the sign-in may be.
    pub max_age: Option<TimeDelta>,
}

impl AuthorizationRequest {
    /// An error that answers it.
    #[must_use]
    pub fn refusal(&self, code: ErrorCode, description: &'static str) -> Answer {
        Answer { redirect_uri: self.redirect_uri.clone(), state: self.state.clone(), code, description }
    }
}

/// The parameter `prompt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Nothing may be shown.
    pub none: bool,
    /// The person must sign in, whether signed in or not.
    pub login: bool,
    /// The person must be asked for consent, whether asked before or not.
    pub consent: bool,
    /// Registration comes first.
    pub create: bool,
    /// The person must be asked as whom to go on.
    pub select_account: bool,
}

/// Why a request is refused.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// Client or redirect URI are not to be trusted: the person is told, nobody is redirected (RFC 6749 4.1.2.1).
    Page(&'static str),
    /// Told to the client.
    Client(Box<Answer>),
}

/// Where an answer goes, and an error that is one.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The client's redirect URI.
    pub redirect_uri: Url,
    /// The client's state.
    pub state: Option<String>,
    /// The error.
    pub code: ErrorCode,
    /// Words for the client's developer.
    pub description: &'static str,
}

/// A client and one of its redirect URIs, as a request names them.
///
/// # Errors
/// What is wrong with them, in words for a person; or our own failure.
pub async fn recipient(
    state: &AppState,
    parameters: &Parameters,
) -> Result<Result<(Client, Url), &'static str>, Failure> {
    let Some(client_id) = parameters.get("client_id") else {
        return Ok(Err("The link that brought you here names no application (client_id)."));
    };
    let Some(client) = clients::find(&state.pool, client_id).await? else {
        return Ok(Err("The application that sent you here is not registered with us."));
    };
    let Some(requested) = parameters.get("redirect_uri") else {
        return Ok(Err("The application did not say where to return to (redirect_uri)."));
    };
    match client.redirect_uri(requested) {
        Some(uri) => Ok(Ok((client, uri))),
        None => Ok(Err("The application wants to return to an address that is not registered for it.")),
    }
}

/// Reads and checks a request.
///
/// # Errors
/// [`Refusal`] for a bad request; our own failure.
pub async fn read(state: &AppState, parameters: &Parameters) -> Result<Result<AuthorizationRequest, Refusal>, Failure> {
    let (client, redirect_uri) = match recipient(state, parameters).await? {
        Ok(recipient) => recipient,
        Err(words) => return Ok(Err(Refusal::Page(words))),
    };
    let answer_state = parameters.get("state").map(str::to_owned);
    Ok(check(parameters, &client, &state.issuer).map_or_else(
        |(code, description)| {
            let answer = Answer { redirect_uri: redirect_uri.clone(), state: answer_state.clone(), code, description };
            Err(Refusal::Client(Box::new(answer)))
        },
        |checked| {
            Ok(AuthorizationRequest {
                redirect_uri: redirect_uri.clone(),
                redirect_uri_text: parameters.get("redirect_uri").unwrap_or_default().to_owned(),
                state: answer_state.clone(),
                nonce: parameters.get("nonce").map(str::to_owned),
                scopes: checked.scopes,
                challenge: checked.challenge,
                prompt: checked.prompt,
                max_age: checked.max_age,
                client: client.clone(),
            })
        },
    ))
}

struct Checked {
    scopes: ScopeSet,
    challenge: Option<CodeChallenge>,
    prompt: Prompt,
    max_age: Option<TimeDelta>,
}

/// What is wrong with a request: the code and words for the client's developer.
pub type Wrong = (ErrorCode, &'static str);

fn check(parameters: &Parameters, client: &Client, issuer: &str) -> Result<Checked, Wrong> {
    if parameters.get("request").is_some() {
        return Err((ErrorCode::RequestNotSupported, "request objects are not supported"));
    }
    if parameters.get("request_uri").is_some() {
        return Err((ErrorCode::RequestUriNotSupported, "request objects are not supported"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        None => return Err((ErrorCode::InvalidRequest, "response_type is required")),
        Some(_) => return Err((ErrorCode::UnsupportedResponseType, "only response_type=code is supported")),
    }
    if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err((ErrorCode::InvalidRequest, "only response_mode=query is supported"));
    }
    let scopes = scopes(parameters, client)?;
    let challenge = challenge(parameters, client)?;
    resources(parameters, issuer, &scopes)?;
    let prompt = prompt(parameters)?;
    Ok(Checked { scopes, challenge, prompt, max_age: max_age(parameters)? })
}

fn scopes(parameters: &Parameters, client: &Client) -> Result<ScopeSet, Wrong> {
    let requested = match parameters.get("scope") {
        None => return Ok(client.scopes.clone()),
        Some(text) => text.parse::<ScopeSet>().map_err(|_| (ErrorCode::InvalidScope, "malformed scope"))?,
    };
    if requested.is_within(&client.scopes) {
        Ok(requested)
    } else {
        Err((ErrorCode::InvalidScope, "a scope is unknown or not registered for this client"))
    }
}

fn challenge(parameters: &Parameters, client: &Client) -> Result<Option<CodeChallenge>, Wrong> {
    let Some(challenge) = parameters.get("code_challenge") else {
        return without_challenge(parameters, client).map(|()| None);
    };
    if parameters.get("code_challenge_method") != Some(pkce::METHOD) {
        return Err((ErrorCode::InvalidRequest, "code_challenge_method must be S256"));
    }
    let challenge = CodeChallenge::parse(challenge);
    challenge.map(Some).map_err(|_| (ErrorCode::InvalidRequest, "code_challenge is no S256 challenge"))
}

/// An admin may let a confidential client do without, for certification suites: they send neither challenge nor nonce.
/// Nothing then tells the client a stolen code from its own (RFC 9700 section 4.5).
fn without_challenge(parameters: &Parameters, client: &Client) -> Result<(), Wrong> {
    if client.require_pkce || client.is_public() || parameters.get("code_challenge_method").is_some() {
        return Err((ErrorCode::InvalidRequest, "code_challenge is required (PKCE)"));
    }
    Ok(())
}

/// RFC 8707: what the token is for must be something that it will be for. The audience itself follows from the scope.
///
/// # Errors
/// invalid_target.
pub fn resources(parameters: &Parameters, issuer: &str, scopes: &ScopeSet) -> Result<(), Wrong> {
    let known = |resource| resource == issuer || (resource == API_AUDIENCE && scopes.contains("api"));
    if parameters.all("resource").all(known) {
        Ok(())
    } else {
        Err((ErrorCode::InvalidTarget, "a resource is unknown, or the scope does not cover it"))
    }
}

fn prompt(parameters: &Parameters) -> Result<Prompt, Wrong> {
    let mut prompt = Prompt::default();
    for word in parameters.get("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "select_account" => prompt.select_account = true,
            "consent" => prompt.consent = true,
            "create" => prompt.create = true,
            _ => return Err((ErrorCode::InvalidRequest, "unknown prompt")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent || prompt.create || prompt.select_account) {
        return Err((ErrorCode::InvalidRequest, "prompt=none stands alone"));
    }
    Ok(prompt)
}

fn max_age(parameters: &Parameters) -> Result<Option<TimeDelta>, Wrong> {
    let Some(text) = parameters.get("max_age") else { return Ok(None) };
    let seconds: u32 = text.parse().map_err(|_| (ErrorCode::InvalidRequest, "max_age is no number of seconds"))?;
    Ok(Some(TimeDelta::seconds(i64::from(seconds))))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters::parse(query).unwrap()
    }

    #[test]
    fn prompt_none_stands_alone() {
        assert!(prompt(&parameters("prompt=none")).unwrap().none);
        assert!(prompt(&parameters("prompt=none+login")).is_err());
        assert!(prompt(&parameters("prompt=sometimes")).is_err());
        let both = prompt(&parameters("prompt=login+consent")).unwrap();
        assert!(both.login && both.consent && !both.create);
    }

    #[test]
    fn max_age_is_a_number_of_seconds() {
        assert_eq!(max_age(&parameters("max_age=0")).unwrap(), Some(TimeDelta::zero()));
        assert!(max_age(&parameters("max_age=-1")).is_err());
    }
}
