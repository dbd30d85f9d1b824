//! `POST /api/v1/chatkit`: every ChatKit request. What can be refused is refused before a stream begins.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use chatkit::{Operation, Request, RequestError};
use tracing::Instrument;

use super::{
    begin::{self, Opening},
    conversation as talk, events, refusals, runner,
};
use crate::{caller::Caller, error::Problem, state::AppState, tutor::page::PageContext, usage};

/// Answers a request with JSON or with a stream, and says what is left of the daily limit either way.
///
/// # Errors
/// 400, 401, 403 `email_unverified`, 404, 409 `turn_running`, 413, 429 `daily_limit_reached`, 501 as problem+json.
pub async fn chatkit(
    State(state): State<AppState>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let mut response = match operate(&state, caller.clone(), body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    match usage::allowance(&state.pool, &caller, state.config.tutor_daily_limit).await {
        Ok(left) => left.write_headers(response.headers_mut()),
        // What was asked for has happened, and must not look as if it had not.
        Err(error) => tracing::warn!(%error, "an answer goes without what is left of the daily limit"),
    }
    Ok(response)
}

async fn operate(state: &AppState, caller: Caller, body: Result<Bytes, BytesRejection>) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| Problem::new(rejection.status(), "body_unreadable", rejection.body_text()))?;
    let request = Request::parse(&body).map_err(|error| bad_request(&error))?;
    caller.verified()?;
    let page = PageContext::read(&request.metadata);
    let (pool, user) = (&state.pool, caller.id);
    Ok(match request.operation {
        Operation::CreateThread { input } => stream(state, caller, Opening::Create(input), page).await?,
        Operation::AddUserMessage { thread_id, input } => {
            stream(state, caller, Opening::Add(thread_id, input), page).await?
        }
        Operation::RetryAfterItem { thread_id, item_id } => {
            stream(state, caller, Opening::Retry(thread_id, item_id), page).await?
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
            state.engine.of_thread(&thread_id).inspect(|hub| hub.stop.cancel());
            Json(deleted).into_response()
        }
        Operation::Feedback { thread_id, item_ids, kind, comment } => {
            Json(talk::rate(pool, user, &thread_id, &item_ids, kind, comment.as_deref()).await?).into_response()
        }
        other => return Err(refusals::refuse(pool, user, &other).await),
    })
}

async fn stream(state: &AppState, caller: Caller, opening: Opening, page: PageContext) -> Result<Response, Problem> {
    let state = state.clone();
    // A task of its own: a client that leaves while the turn is being stored must not leave it without its answer.
    let begun =
        async move { Ok::<_, Problem>(runner::start(&state, begin::begin(&state, caller, opening, page).await?)) };
    let hub = tokio::spawn(begun.in_current_span()).await.map_err(|error| Problem::internal(&error))??;
    Ok(events::response(Arc::clone(&hub).read(0)))
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
