//! `/oauth2/authorize`: who is it, may it be, and back to the client with a code (RFC 6749 section 4.1).

use axum::{
    Json,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use oauth::{ErrorCode, Parameters};
use serde_json::json;
use url::Url;

use super::{
    code, consents,
    form::FormParameters,
    id_token,
    interaction::{self, Pending},
    request::{self, Answer, AuthorizationRequest, Refusal},
    step::{Demand, Step, next_step},
};
use crate::{
    error::Failure,
    pages::{PageError, error_page},
    request::text,
    session::{self, Current, cookie},
    state::AppState,
};

/// GET.
///
/// # Errors
/// A page, for what cannot be told to the client.
pub async fn authorize(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let parameters = match Parameters::parse(query.as_deref().unwrap_or_default()) {
        Ok(parameters) => parameters,
        Err(error) => {
            return Ok(error_page(&state, StatusCode::BAD_REQUEST, &format!("The link is damaged: {error}.")));
        }
    };
    let mut request = match request::read(&state, &parameters).await? {
        Ok(request) => request,
        Err(Refusal::Page(words)) => return Ok(error_page(&state, StatusCode::BAD_REQUEST, words)),
        Err(Refusal::Client(answer)) => return Ok(refuse(&state, &headers, &answer)),
    };
    let since = interaction::waiting_since(&state, &parameters)?;
    let current = match person(&state, &headers, &parameters, &request, since).await? {
        Ok(current) => current,
        Err(answer) => return Ok(refuse(&state, &headers, &answer)),
    };
    let demand = Demand { prompt: request.prompt, max_age: request.max_age, since };
    let step = next_step(demand, current.as_ref().map(|current| current.session.created_at), Utc::now());
    if let Some(current) = &current {
        if let (false, Some(words)) = (request.client.skip_consent, unable(current, &request)) {
            return Ok(refuse(&state, &headers, &request.refusal(ErrorCode::AccessDenied, words)));
        }
        // Also for the site, whose people are not asked: a grant made for a student shall not carry more on the day
        // they become an admin.
        request.scopes = consents::grantable(&request.scopes, &current.user);
    }
    let step = match step {
        Step::Answer if !consented(&state, &request, current.as_ref(), since).await? => Step::Consent,
        step => step,
    };
    take(&state, &headers, &parameters, &request, current, step).await
}

/// Why who is signed in cannot give a foreign client what it asks for. An ID token does not say who really acts, so that
/// an admin who acts as somebody is nobody there.
fn unable(current: &Current, request: &AuthorizationRequest) -> Option<&'static str> {
    if current.session.impersonated_by.is_some() {
        return Some("an admin acts as the person");
    }
    let nothing = consents::grantable(&request.scopes, &current.user).is_empty();
    nothing.then_some("the person cannot give anything of this scope")
}

/// Who is signed in. With `id_token_hint` only that person counts: nobody shall come back to a client as somebody else
/// than it expects (OpenID Connect Core section 3.1.2.2).
async fn person(
    state: &AppState,
    headers: &HeaderMap,
    parameters: &Parameters,
    request: &AuthorizationRequest,
    since: Option<DateTime<Utc>>,
) -> Result<Result<Option<Current>, Answer>, Failure> {
    let current = session::current(state, headers).await?;
    let Some(hint) = parameters.get("id_token_hint") else { return Ok(Ok(current)) };
    let hint = id_token::verify_hint(state, hint).filter(|hint| hint.aud == request.client.client_id);
    let Some(hint) = hint else {
        return Ok(Err(request.refusal(ErrorCode::InvalidRequest, "id_token_hint is no ID token of this client")));
    };
    let is_new = |current: &Current| since.is_some_and(|since| current.session.created_at >= since);
    Ok(match current {
        // Asking once more would only go round in a circle.
        Some(other) if other.user.id != hint.sub && is_new(&other) => {
            Err(request.refusal(ErrorCode::LoginRequired, "somebody else signed in than id_token_hint names"))
        }
        current => Ok(current.filter(|current| current.user.id == hint.sub)),
    })
}

/// POST: the same, after a redirect that turns it into a GET, so that the session cookie (SameSite=Lax) comes along.
pub async fn authorize_by_form(FormParameters(parameters): FormParameters) -> Response {
    redirect(StatusCode::SEE_OTHER, &format!("/oauth2/authorize?{}", parameters.encode()))
}

async fn consented(
    state: &AppState,
    request: &AuthorizationRequest,
    current: Option<&Current>,
    since: Option<DateTime<Utc>>,
) -> Result<bool, Failure> {
    let Some(current) = current else { return Ok(true) };
    if request.client.skip_consent {
        return Ok(true);
    }
    let given = consents::store::find(&state.pool, current.user.id, &request.client.client_id).await?;
    let Some(given) = given else { return Ok(false) };
    // OpenID Connect Core section 3.1.2.1: asked anew, whatever was given before. What was given on this very request's
    // question counts for the way back from the page.
    if request.prompt.consent && !since.is_some_and(|since| given.answers(since)) {
        return Ok(false);
    }
    Ok(request.scopes.is_within(&given.scopes))
}

async fn take(
    state: &AppState,
    headers: &HeaderMap,
    parameters: &Parameters,
    request: &AuthorizationRequest,
    current: Option<Current>,
    step: Step,
) -> Result<Response, PageError> {
    if let (Step::Answer, Some(mut current)) = (step, current)
        && let Some(code) = code::issue(state, request, &current).await?
    {
        let target = answer_uri(state, &request.redirect_uri, request.state.as_deref(), &[("code", &code)]);
        let mut response = go(state, headers, &target);
        let line = if request.scopes.contains("offline_access") {
            session::keep_alive_with_grant(state, &mut current).await?
        } else {
            session::keep_alive(state, &mut current).await?
        };
        cookie::append(response.headers_mut(), line);
        return Ok(response);
    }
    match step {
        Step::Consent if request.prompt.none => Ok(refuse(
            state,
            headers,
            &request.refusal(ErrorCode::ConsentRequired, "the person has not consented to this client"),
        )),
        Step::SelectAccount => {
            let pending = interaction::wait(state, parameters)?;
            Ok(go_to_page(state, headers, &Pending::page("/select-account", Some(&pending))))
        }
        Step::Consent => {
            // The moment stays: a sign-in that this request asked for was after it, and must count when it comes back.
            let since = interaction::waiting_since(state, parameters)?.unwrap_or_else(Utc::now);
            let pending = interaction::wait_since(state, parameters, since)?;
            Ok(go_to_page(state, headers, &Pending::page("/consent", Some(&pending))))
        }
        _ if request.prompt.none => Ok(refuse(
            state,
            headers,
            &request.refusal(ErrorCode::LoginRequired, "nobody is signed in, or too long ago"),
        )),
        // Also an answer that came to nothing because its session has just ended.
        step => {
            let pending = interaction::wait(state, parameters)?;
            let page = if step == Step::SignUp { "/sign-up" } else { "/sign-in" };
            Ok(go_to_page(state, headers, &Pending::page(page, Some(&pending))))
        }
    }
}

fn refuse(state: &AppState, headers: &HeaderMap, answer: &Answer) -> Response {
    go(state, headers, &error_uri(state, answer))
}

/// Where a client hears of an error.
#[must_use]
pub fn error_uri(state: &AppState, answer: &Answer) -> Url {
    let members = [("error", answer.code.as_str()), ("error_description", answer.description)];
    answer_uri(state, &answer.redirect_uri, answer.state.as_deref(), &members)
}

/// The redirect URI with the answer in its query; `iss` says which server answers (RFC 9207).
fn answer_uri(state: &AppState, uri: &Url, client_state: Option<&str>, members: &[(&str, &str)]) -> Url {
    let mut uri = uri.clone();
    uri.query_pairs_mut().extend_pairs(members);
    if let Some(client_state) = client_state {
        uri.query_pairs_mut().append_pair("state", client_state);
    }
    uri.query_pairs_mut().append_pair("iss", &state.issuer);
    uri
}

fn go(state: &AppState, headers: &HeaderMap, uri: &Url) -> Response {
    go_to_page(state, headers, uri.as_str())
}

/// A redirect; for `fetch`, which could not read one, its target as JSON: in full, since whoever reads it may be a page
/// of another origin.
fn go_to_page(state: &AppState, headers: &HeaderMap, target: &str) -> Response {
    let by_fetch = text(headers, "sec-fetch-mode") == Some("cors")
        || text(headers, "accept").is_some_and(|accept| accept.contains("application/json"));
    let mut response = if by_fetch {
        let origin = if target.starts_with('/') { state.issuer.as_str() } else { "" };
        Json(json!({"redirect": true, "url": format!("{origin}{target}")})).into_response()
    } else {
        redirect(StatusCode::FOUND, target)
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn redirect(status: StatusCode, target: &str) -> Response {
    match HeaderValue::from_str(target) {
        Ok(location) => (status, [(header::LOCATION, location)]).into_response(),
        // A URL and an encoded query hold nothing that a header cannot.
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
