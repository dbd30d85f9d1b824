//! `GET /api/auth/admin/get-user?id=`.

use axum::{
    Json,
    extract::{RawQuery, State},
};

use super::{Refusal, target};
use crate::{
    admin::{guard::Visitor, query::Query},
    error::ApiError,
    state::AppState,
    user::{self, WireUser},
};

/// The endpoint.
///
/// # Errors
/// 400 without `id`, 401, 403, 404.
pub async fn get_user(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Json<WireUser>, ApiError> {
    let query = Query::parse(query.as_deref())?;
    let id = query.required("id")?;
    visitor.admin("YOU_ARE_NOT_ALLOWED_TO_GET_USER")?;
    let user = user::find(&state.pool, target::id(id)?).await?.ok_or(Refusal::NoSuchUser)?;
    Ok(Json(user.to_wire()))
}
