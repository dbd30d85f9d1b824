//! `POST /api/v1/threads/{thread}/stop`: ends the running answer and keeps what was said.

use axum::extract::State;
use http::StatusCode;

use super::hub::Why;
use crate::{caller::Caller, error::Problem, extract::Named, state::AppState};

/// Stops the thread's running turn wherever it runs. A thread without one is fine as it is.
///
/// # Errors
/// 404 for a thread that is not the caller's; those of the database.
pub async fn stop(State(state): State<AppState>, caller: Caller, thread: Named) -> Result<StatusCode, Problem> {
    caller.verified()?;
    let own = sqlx::query_scalar!(
        "select 1 from tutor.chatkit_thread where id = $1 and user_id = $2",
        thread.slug,
        caller.id
    )
    .fetch_optional(&state.pool)
    .await?;
    if own.is_none() {
        return Err(Problem::not_found("thread"));
    }
    // Here at once; another process looks five times a second.
    if let Some(hub) = state.engine.of_thread(&thread.slug) {
        hub.stop(Why::Asked);
    }
    sqlx::query!("update tutor.turn set stop = 'asked' where thread_id = $1 and status = 'running'", thread.slug)
        .execute(&state.pool)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
