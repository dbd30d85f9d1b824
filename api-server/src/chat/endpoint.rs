//! `POST /api/v1/chatkit`: every ChatKit request. What can be refused is refused before a stream begins.

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use chatkit::{Operation, Request, RequestError};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use tracing::Instrument;

use super::{
    begin::{self, Asked, Begun, Opening},
    conversation as talk, events,
    hub::Why,
    refusals,
    repeat::RequestKey,
    runner,
};
use crate::{
    caller::Caller,
    error::Problem,
    state::AppState,
    tutor::page::PageContext,
    usage::{self, limit},
};

/// How long anything before a stream may take. Longer, and the database does not answer.
const LIMIT: Duration = Duration::from_secs(8);

/// Answers a request with JSON or with a stream, and says what is left of the daily limit either way.
///
/// # Errors
/// 400, 401, 403 `email_unverified`, 404, 409 `turn_running`, 413, 422 `idempotency_key_reused`,
/// 429 `daily_limit_reached`, 501, 503 as problem+json.
pub async fn chatkit(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    // A task of its own: when the wait is over, what it does with the database is not dropped half way.
    let work = tokio::spawn(answer(state, caller, headers, body).in_current_span());
    match tokio::time::timeout(LIMIT, work).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(error)) => Err(Problem::internal(&error)),
        Err(_) => Err(Problem::unavailable(
            "database_unavailable",
            "The database does not answer. Please try again in a moment.",
        )),
    }
}

async fn answer(
    state: AppState,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let mut response = match operate(&state, caller.clone(), &headers, body).await {
        Ok(response) => response,
        // Asking the database what is left would only take longer.
        Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => return Err(problem),
        Err(problem) => problem.into_response(),
    };
    // A turn that was just opened knows it.
    if response.headers().contains_key(&limit::HEADER) {
        return Ok(response);
    }
    match usage::allowance(&state.pool, &caller, state.config.tutor_daily_limit).await {
        Ok(left) => left.write_headers(response.headers_mut(), Utc::now()),
        // What was asked for has happened, and must not look as if it had not.
        Err(error) => tracing::warn!(%error, "an answer goes without what is left of the daily limit"),
    }
    Ok(response)
}

async fn operate(
    state: &AppState,
    caller: Caller,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| Problem::new(rejection.status(), "body_unreadable", rejection.body_text()))?;
    let request = Request::parse(&body).map_err(|error| bad_request(&error))?;
    caller.verified()?;
    let page = PageContext::read(&request.metadata);
    let key = RequestKey::read(headers, &body)?;
    let asked = |opening| Asked { opening, page, key };
    let (pool, user) = (&state.pool, caller.id);
    Ok(match request.operation {
        Operation::CreateThread { input } => stream(state, caller, asked(Opening::Create(input))).await?,
        Operation::AddUserMessage { thread_id, input } => {
            stream(state, caller, asked(Opening::Add(thread_id, input))).await?
        }
        Operation::RetryAfterItem { thread_id, item_id } => {
            stream(state, caller, asked(Opening::Retry(thread_id, item_id))).await?
        }
        Operation::ListThreads { page } => Json(talk::list(pool, user, &page).await?).into_response(),
        Operation::GetThread { thread_id } => Json(talk::get(pool, user, &thread_id).await?).into_response(),
        Operation::ListItems { thread_id, page } => {
            Json(talk::items(pool, user, &thread_id, &page).await?).into_response()
        }
        Operation::UpdateThread { thread_id, title } => {
            Json(talk::rename(pool, user, &thread_id, &title).await?).into_response()
        }
        Operation::DeleteThread { thread_id } => {
            let deleted = talk::delete(pool, user, &thread_id).await?;
            state.engine.of_thread(&thread_id).inspect(|hub| hub.stop(Why::Asked));
            Json(deleted).into_response()
        }
        Operation::Feedback { thread_id, item_ids, kind, comment } => {
            Json(talk::rate(pool, user, &thread_id, &item_ids, kind, comment.as_deref()).await?).into_response()
        }
        other => return Err(refusals::refuse(pool, user, &other).await),
    })
}

/// The turn is stored and started by the task that [`chatkit`] began: a client that leaves meanwhile does not leave it
/// without its answer.
async fn stream(state: &AppState, caller: Caller, asked: Asked) -> Result<Response, Problem> {
    match begin::begin(state, caller, asked).await? {
        Begun::New(job) => {
            let left = job.left;
            let mut response = events::response(runner::start(state, *job));
            left.write_headers(response.headers_mut(), Utc::now());
            Ok(response)
        }
        Begun::Repeated(turn) => events::read(state, turn, 0),
    }
}

fn bad_request(error: &RequestError) -> Problem {
    let code = match error {
        RequestError::NotUtf8 | RequestError::NotJson(_) => "bad_json",
        // No such request is understood by anybody, so it is the client's fault and not a feature that is left out.
        RequestError::UnknownType(_) => "unknown_type",
        RequestError::Nul { .. } => "nul_in_text",
        RequestError::Missing { .. } | RequestError::Wrong { .. } => "bad_request",
    };
    Problem::bad_request(code, sentence(&error.to_string()))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>() + ".").unwrap_or_default()
}
