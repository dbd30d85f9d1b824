//! `GET /api/v1/threads/{thread}/events`: a turn's frames after the n-th, for a reader who lost the connection.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::hub::Frame;
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Named, Params},
    state::AppState,
};

/// How often a turn of another process is looked at.
const LOOK: Duration = Duration::from_millis(150);

/// Which turn, and from where.
#[derive(Debug, Deserialize)]
pub struct Place {
    /// The id of the message that the turn answers; left out, the thread's latest turn.
    turn: Option<String>,
    /// How many frames the reader has.
    #[serde(default)]
    after: u32,
}

/// Streams a turn from any process, until ten minutes after its end.
///
/// # Errors
/// 404 for a thread or turn that is not the caller's, 410 `turn_over` when its frames are gone.
pub async fn events(
    State(state): State<AppState>,
    caller: Caller,
    thread: Named,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    caller.verified()?;
    if place.turn.as_deref().is_some_and(|turn| turn.contains('\0')) {
        return Err(Problem::not_found("turn"));
    }
    let turn = sqlx::query!(
        r#"select id, finished_at < now() - interval '10 minutes' as "over?" from tutor.turn
           where thread_id = $1 and user_id = $2 and ($3::text is null or user_item_id = $3)
           order by started_at desc, id desc limit 1"#,
        thread.slug,
        caller.id,
        place.turn
    )
    .fetch_optional(&state.pool)
    .await?
    .ok_or_else(|| Problem::not_found("turn"))?;
    if turn.over == Some(true) {
        return Err(Problem::new(StatusCode::GONE, "turn_over", "This answer is complete: load the thread."));
    }
    let after = usize::try_from(place.after).unwrap_or(usize::MAX);
    Ok(match state.engine.hub(turn.id) {
        Some(hub) => response(Arc::clone(&hub).read(after)),
        None => response(stored(state.pool.clone(), turn.id, place.after)),
    })
}

/// A stream of frames as ChatKit wants it.
pub fn response(frames: impl Stream<Item = Frame> + Send + 'static) -> Response {
    let chunks = frames.map(|frame| Ok::<_, Infallible>(Bytes::copy_from_slice(frame.as_bytes())));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // For nginx and its kin: pass every frame on at once.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

/// The frames of a turn that another process generates, or that has ended.
fn stored(pool: PgPool, turn: Uuid, after: u32) -> impl Stream<Item = Frame> + Send + 'static {
    async_stream::stream! {
        let mut next = i32::try_from(after).unwrap_or(i32::MAX);
        loop {
            // The status first: frames stored before the end are then sure to be seen.
            let Ok(running) = is_running(&pool, turn).await else { break };
            let Ok(frames) = frames_after(&pool, turn, next).await else { break };
            for (n, frame) in frames {
                next = n;
                yield Frame::from(frame);
            }
            if !running {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn is_running(pool: &PgPool, turn: Uuid) -> Result<bool, sqlx::Error> {
    let status = sqlx::query_scalar!("select status from tutor.turn where id = $1", turn).fetch_optional(pool).await?;
    Ok(status.as_deref() == Some("running"))
}

async fn frames_after(pool: &PgPool, turn: Uuid, after: i32) -> Result<Vec<(i32, String)>, sqlx::Error> {
    let rows =
        sqlx::query!("select n, frame from tutor.turn_frame where turn_id = $1 and n > $2 order by n", turn, after)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().map(|row| (row.n, row.frame)).collect())
}
