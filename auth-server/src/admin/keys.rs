//! `GET /api/auth/admin/keys`, `POST /api/auth/admin/keys/rotate`, `POST /api/auth/admin/keys/retire`.

use axum::{Json, extract::State};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    account::body::PostBody,
    admin::guard::{Admin, Visitor},
    error::{ApiError, Failure},
    keys::rotate::{self, By, PUBLISH_AHEAD},
    request::Caller,
    state::AppState,
};

const NOT_ALLOWED: &str = "YOU_ARE_NOT_ALLOWED_TO_MANAGE_KEYS";

/// All signing keys, newest first. Nothing of their private halves.
///
/// # Errors
/// 401 without a session, 403 for anybody but an admin.
pub async fn list_keys(State(state): State<AppState>, admin: Admin) -> Result<Json<Value>, ApiError> {
    admin.may(NOT_ALLOWED)?;
    Ok(Json(json!({"keys": rotate::list(&state.pool).await?})))
}

/// Makes a successor; with `now` true it signs at once. Gives the key.
///
/// # Errors
/// 400, 401, 403 as [`list_keys`].
pub async fn rotate_keys(
    State(state): State<AppState>,
    caller: Caller,
    visitor: Visitor,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let now = body.flag("now").unwrap_or(false);
    body.finish()?;
    let admin = visitor.admin(NOT_ALLOWED)?;
    let by = By { caller: &caller, actor: Some(admin.user.id) };
    let kid = if now {
        rotate::rotate_now(&state.pool, &state.sealer, by).await
    } else {
        rotate::rotate(&state.pool, &state.sealer, PUBLISH_AHEAD, by).await
    };
    key(&state, kid.map_err(Failure::from)?).await
}

/// Ends the key `kid` at once, and every token that it signed.
///
/// # Errors
/// As [`rotate_keys`]; 404 for a key that is not published.
pub async fn retire_key(
    State(state): State<AppState>,
    caller: Caller,
    visitor: Visitor,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let kid = body.required("kid");
    body.finish()?;
    let admin = visitor.admin(NOT_ALLOWED)?;
    let unknown = || ApiError::new(StatusCode::NOT_FOUND, "KEY_NOT_FOUND", "Key not found");
    let kid: Uuid = kid.parse().map_err(|_| unknown())?;
    let by = By { caller: &caller, actor: Some(admin.user.id) };
    if !rotate::retire(&state.pool, &state.sealer, kid, by).await.map_err(Failure::from)? {
        return Err(unknown());
    }
    key(&state, kid).await
}

async fn key(state: &AppState, kid: Uuid) -> Result<Json<Value>, ApiError> {
    let keys = rotate::list(&state.pool).await?;
    Ok(Json(json!({"key": keys.into_iter().find(|key| key.kid == kid)})))
}
