//! `/oauth2/logout`: OpenID Connect RP-Initiated Logout 1.0.
//!
//! A hint that names the browser's own session ends it at once; anything else asks the person first, so that a link
//! on a foreign page cannot sign anybody out.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use oauth::{Parameters, redirect};
use url::Url;

use super::{
    clients::{self, Client},
    error::OAuthError,
    form::FormParameters,
    id_token,
};
use crate::{
    error::Failure,
    pages::{self, PageError},
    request::Caller,
    session::{self, ending},
    state::AppState,
};

/// GET.
///
/// # Errors
/// When the database is away.
pub async fn logout(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    match Parameters::parse(query.as_deref().unwrap_or_default()) {
        // A link confirms nothing, not even one on a page of ours: clients have links there.
        Ok(parameters) => end(&state, &caller, &headers, &parameters.without(CONFIRMED)).await,
        Err(error) => Ok(pages::error_page(&state, StatusCode::BAD_REQUEST, &format!("The link is damaged: {error}."))),
    }
}

/// POST: the person's answer to the confirmation, from our own page; or a client's request, which is turned into a GET,
/// so that the session cookie (SameSite=Lax) comes along.
///
/// # Errors
/// When the database is away.
pub async fn logout_by_form(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    form: Result<FormParameters, OAuthError>,
) -> Result<Response, PageError> {
    match form {
        Ok(FormParameters(parameters)) if is_confirmation(&state, &headers, &parameters) => {
            end(&state, &caller, &headers, &parameters).await
        }
        Ok(FormParameters(parameters)) => {
            let query = parameters.without(CONFIRMED).encode();
            Ok(pages::see_other(&format!("/oauth2/logout?{query}")))
        }
        Err(error) => Ok(error.into_response()),
    }
}

/// The field of our own page that says that the person means it.
const CONFIRMED: &str = "confirmed";

fn is_confirmation(state: &AppState, headers: &HeaderMap, parameters: &Parameters) -> bool {
    parameters.get(CONFIRMED).is_some() && pages::is_own_form(state, headers)
}

/// Where a person goes after a sign-out: back to the client, where it registered for that.
struct Return {
    uri: Url,
    state: Option<String>,
}

async fn end(
    state: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Response, PageError> {
    let shown = parameters.get("id_token_hint");
    let hint = shown.and_then(|jwt| id_token::verify_hint(state, jwt));
    let named = parameters.get("client_id");
    // RP-Initiated Logout section 2: both must mean the same client.
    if hint.as_ref().is_some_and(|hint| named.is_some_and(|named| named != hint.aud)) {
        let words = "The request to sign out names two different applications.";
        return Ok(pages::error_page(state, StatusCode::BAD_REQUEST, words));
    }
    let client_id = hint.as_ref().map(|hint| hint.aud.as_str()).or(named);
    // A hint that is not ours casts doubt on the rest: the person may sign out, and stays here.
    let client_id = client_id.filter(|_| hint.is_some() || shown.is_none());
    let Ok(back) = wanted_return(state, parameters, client_id).await? else {
        let words =
            "The application wants to return to an address that is not registered for it. You were not signed out.";
        return Ok(pages::error_page(state, StatusCode::BAD_REQUEST, words));
    };
    let Some(current) = session::current(state, headers).await? else { return Ok(done(state, headers, back)) };
    let is_own = hint.is_some_and(|hint| hint.sid == current.session.id && hint.sub == current.user.id);
    if is_own || is_confirmation(state, headers, parameters) {
        ending::sign_out(state, caller, &current).await?;
        return Ok(done(state, headers, back));
    }
    Ok(pages::sign_out::confirm(state, &current.user, &parameters.without(CONFIRMED), back.as_ref().map(|to| &to.uri)))
}

/// The address is not one that the client registered.
struct NotRegistered;

/// Nowhere, when the request does not say for which client.
async fn wanted_return(
    state: &AppState,
    parameters: &Parameters,
    client_id: Option<&str>,
) -> Result<Result<Option<Return>, NotRegistered>, Failure> {
    let (Some(wanted), Some(client_id)) = (parameters.get("post_logout_redirect_uri"), client_id) else {
        return Ok(Ok(None));
    };
    let client = clients::find(&state.pool, client_id).await?;
    let uri = client.and_then(|client| registered(&client, wanted)).ok_or(NotRegistered);
    Ok(uri.map(|uri| Some(Return { uri, state: parameters.get("state").map(str::to_owned) })))
}

fn registered(client: &Client, wanted: &str) -> Option<Url> {
    let known =
        client.post_logout_redirect_uris.iter().any(|uri| redirect::matches(uri, wanted, client.application_type));
    known.then(|| Url::parse(wanted).ok()).flatten()
}

fn done(state: &AppState, headers: &HeaderMap, back: Option<Return>) -> Response {
    let response = match back {
        Some(Return { mut uri, state: client_state }) => {
            if let Some(client_state) = client_state {
                uri.query_pairs_mut().append_pair("state", &client_state);
            }
            Redirect::to(uri.as_str()).into_response()
        }
        None => pages::sign_out::done(state),
    };
    ending::forget(state, headers, response)
}
