//! `GET /api/v1/threads/{thread}/events`: a turn's frames after the n-th, for a reader who lost the connection.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{elsewhere, repeat::Repeat};
use crate::{
    caller::Caller,
    error::Problem,
    extract::{Named, Params},
    state::AppState,
};

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
        r#"select id, coalesce(finished_at < now() - interval '10 minutes', false) as "over!" from tutor.turn
           where thread_id = $1 and user_id = $2 and ($3::text is null or user_item_id = $3)
           order by started_at desc, id desc limit 1"#,
        thread.slug,
        caller.id,
        place.turn
    )
    .fetch_optional(&state.pool)
    .await?
    .ok_or_else(|| Problem::not_found("turn"))?;
    read(&state, Repeat { turn: turn.id, over: turn.over }, place.after)
}

/// A turn's frames after the `after`-th, wherever it runs.
///
/// # Errors
/// 410 `turn_over` when its frames are gone.
pub fn read(state: &AppState, turn: Repeat, after: u32) -> Result<Response, Problem> {
    if turn.over {
        return Err(Problem::new(StatusCode::GONE, "turn_over", "This answer is complete: load the thread."));
    }
    Ok(match state.engine.hub(turn.turn) {
        Some(hub) => response(hub.read(usize::try_from(after).unwrap_or(usize::MAX))),
        None => response(elsewhere::read(state.pool.clone(), turn.turn, after)),
    })
}

/// A stream of frames as ChatKit wants it.
pub fn response(frames: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let open = OpenStream::new();
    let chunks = frames.map(move |chunk| {
        let _until_the_stream_is_dropped = &open;
        Ok::<_, Infallible>(chunk)
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // For nginx and its kin: pass every frame on at once.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

/// Counts a stream as open for as long as it lives.
struct OpenStream;

impl OpenStream {
    fn new() -> Self {
        metrics::gauge!("tutor_streams_open").increment(1.0);
        Self
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        metrics::gauge!("tutor_streams_open").decrement(1.0);
    }
}
