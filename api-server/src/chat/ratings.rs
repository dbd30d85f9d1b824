//! `GET /api/v1/threads/{thread}/ratings`: what the caller thought of the answers. ChatKit's items have no member for it.

use axum::{Json, extract::State};
use serde::Serialize;

use super::conversation as talk;
use crate::{caller::Caller, error::Problem, extract::Named, state::AppState};

/// The ratings of a thread.
#[derive(Debug, Serialize)]
pub struct Ratings {
    ratings: Vec<Rating>,
}

#[derive(Debug, Serialize)]
struct Rating {
    item_id: String,
    /// `positive` or `negative`, as `items.feedback` has it.
    kind: String,
}

/// The caller's ratings in a thread of their own, in the order of the answers. Comments are for those who teach.
///
/// # Errors
/// 404 for a thread that is not the caller's, 403 `email_unverified`; those of the database.
pub async fn ratings(State(state): State<AppState>, caller: Caller, thread: Named) -> Result<Json<Ratings>, Problem> {
    caller.verified()?;
    talk::own(&state.pool, caller.id, &thread.slug).await?;
    let ratings = sqlx::query_as!(
        Rating,
        "select f.item_id, f.kind from tutor.feedback f
         join tutor.chatkit_thread_item i on i.id = f.item_id
         where f.user_id = $1 and i.thread_id = $2 and not i.hidden
         order by i.seq",
        caller.id,
        thread.slug
    )
    .fetch_all(&state.pool)
    .await?;
    Ok(Json(Ratings { ratings }))
}
