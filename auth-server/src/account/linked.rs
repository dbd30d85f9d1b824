//! Ways to sign in: `GET /api/auth/list-accounts`, `POST /api/auth/unlink-account`.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde::Serialize;
use serde_json::{Value, json};
use service::wire_time;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::body::PostBody;
use crate::{
    error::ApiError,
    events::{self, EventType},
    request::Caller,
    session::{self, Current},
    state::AppState,
};

/// The provider of passwords.
pub const CREDENTIAL: &str = "credential";

/// A way to sign in, without its secrets.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedAccount {
    /// The row's id: what unlink-account wants.
    pub id: Uuid,
    /// `credential`, `google`, `github`.
    pub provider_id: String,
    /// The provider's id for the person; for `credential` the person's own.
    pub account_id: String,
    /// Whose it is.
    pub user_id: Uuid,
    /// Since when.
    #[serde(serialize_with = "wire_time::serialize")]
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    #[serde(serialize_with = "wire_time::serialize")]
    pub updated_at: DateTime<Utc>,
    /// What the provider was asked for.
    pub scopes: Vec<String>,
}

struct Row {
    id: Uuid,
    provider_id: String,
    account_id: String,
    user_id: Uuid,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    scope: Option<String>,
}

impl From<Row> for LinkedAccount {
    fn from(row: Row) -> Self {
        // Providers give scopes apart by spaces, the legacy platform kept them apart by commas.
        let scope = row.scope.unwrap_or_default();
        let scopes = scope.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        Self {
            id: row.id,
            provider_id: row.provider_id,
            account_id: row.account_id,
            user_id: row.user_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            scopes,
        }
    }
}

/// A person's ways to sign in, oldest first. A row without a password is no way in.
///
/// # Errors
/// When the database is away.
pub async fn of_person(executor: impl PgExecutor<'_>, user: Uuid) -> Result<Vec<LinkedAccount>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, provider_id, account_id, user_id, created_at, updated_at, scope from auth.account
         where user_id = $1 and (provider_id <> 'credential' or password is not null) order by created_at, id",
        user
    );
    Ok(rows.fetch_all(executor).await?.into_iter().map(Into::into).collect())
}

/// The list.
///
/// # Errors
/// 401 without a session.
pub async fn list(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Vec<LinkedAccount>>, ApiError> {
    let current = session::require(&state, &headers).await?;
    Ok(Json(of_person(&state.pool, current.user.id).await?))
}

/// The endpoint that takes a way to sign in away, by its row's id.
///
/// # Errors
/// 400 for the last one or an unknown one, 401 without a session, 403 with an old one.
pub async fn unlink_account(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let id = body.required("accountId");
    body.finish()?;
    let current = session::require_fresh(&state, &headers).await?;
    unlink(&state, &caller, &current, &id).await?;
    Ok(Json(json!({"status": true})))
}

/// Takes a way to sign in away, and with its row the provider's tokens. Never the last one.
///
/// # Errors
/// 400 FAILED_TO_UNLINK_LAST_ACCOUNT or ACCOUNT_NOT_FOUND.
pub async fn unlink(state: &AppState, caller: &Caller, current: &Current, id: &str) -> Result<(), ApiError> {
    let mut transaction = state.pool.begin().await?;
    // Two requests that each leave the other's way must not leave none.
    if !current.hold(&mut transaction).await? {
        return Err(ApiError::unauthorized());
    }
    let ways = of_person(&mut *transaction, current.user.id).await?;
    if ways.len() <= 1 {
        return Err(ApiError::bad_request("FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account"));
    }
    let Some(way) = ways.iter().find(|way| way.id.to_string() == id) else {
        return Err(ApiError::bad_request("ACCOUNT_NOT_FOUND", "Account not found"));
    };
    sqlx::query!("delete from auth.account where id = $1 and user_id = $2", way.id, current.user.id)
        .execute(&mut *transaction)
        .await?;
    let details = json!({"provider": way.provider_id});
    events::record(&mut *transaction, caller, current.event(EventType::AccountUnlinked).details(&details)).await?;
    transaction.commit().await?;
    Ok(())
}
