//! `GET /api/auth/export-data`: everything that this server holds about a person, for them to take along.
//!
//! Secrets stay out: password hashes, providers' tokens, digests of tokens and links. So does where an admin was who
//! did something to the person or in their name.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use serde_json::{Value, json};
use service::wire_time;
use sqlx::PgConnection;
use uuid::Uuid;

use super::linked;
use crate::{
    error::{ApiError, Failure},
    events::{self, EventType},
    request::Caller,
    session::{self, Current},
    state::AppState,
};

/// The endpoint: a JSON file.
///
/// # Errors
/// 401 without a session, 403 with an old one or one in which an admin acts as the person.
pub async fn export_data(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let current = session::require_fresh(&state, &headers).await?;
    Ok(file(&state, &caller, &current).await?)
}

/// The file, for who has proved to be the person.
///
/// # Errors
/// When the database is away.
pub async fn file(state: &AppState, caller: &Caller, current: &Current) -> Result<Response, Failure> {
    let mut transaction = state.pool.begin().await?;
    let data = gather(&mut transaction, current).await?;
    events::record(&mut *transaction, caller, current.event(EventType::DataExported)).await?;
    transaction.commit().await?;
    let headers = [
        (header::CONTENT_DISPOSITION, "attachment; filename=\"intellistack-account.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Json(data)).into_response())
}

async fn gather(connection: &mut PgConnection, current: &Current) -> Result<Value, sqlx::Error> {
    let user = current.user.id;
    Ok(json!({
        "exportedAt": wire_time::format(&Utc::now()),
        "profile": profile(connection, current).await?,
        "waysToSignIn": linked::of_person(&mut *connection, user).await?,
        "sessions": sessions(connection, user).await?,
        "applicationsAllowed": consents(connection, user).await?,
        "applicationsSignedIn": grants(connection, user).await?,
        "applicationsRegistered": applications(connection, user).await?,
        "links": links(connection, user).await?,
        "failedSignIns": failures(connection, &current.user.email).await?,
        "events": log(connection, user).await?,
        "formerPlatform": former_platform(connection, user).await?,
    }))
}

fn time(time: DateTime<Utc>) -> String {
    wire_time::format(&time)
}

async fn profile(connection: &mut PgConnection, current: &Current) -> Result<Value, sqlx::Error> {
    let row = sqlx::query!(
        r#"select legacy_id, bio, locale, last_sign_in_at from auth."user" where id = $1"#,
        current.user.id
    )
    .fetch_one(connection)
    .await?;
    let mut profile = json!(current.user.to_wire());
    profile["bio"] = json!(row.bio);
    profile["locale"] = json!(row.locale);
    profile["legacyId"] = json!(row.legacy_id);
    profile["lastSignInAt"] = json!(row.last_sign_in_at.map(time));
    Ok(profile)
}

async fn sessions(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, created_at, updated_at, expires_at, remember, impersonated_by is not null as \"by_admin!\",
                case when impersonated_by is null then ip_address else '' end as \"ip_address!\",
                case when impersonated_by is null then user_agent else '' end as \"user_agent!\" from auth.session where user_id = $1 order by created_at",
        user
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        json!({
            "id": row.id,
            "createdAt": time(row.created_at),
            "updatedAt": time(row.updated_at),
            "expiresAt": time(row.expires_at),
            "remember": row.remember,
            "ipAddress": row.ip_address,
            "userAgent": row.user_agent,
            "byAdministrator": row.by_admin,
        })
    });
    Ok(rows.collect())
}

async fn consents(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select c.client_id, a.name, c.scopes, c.created_at, c.updated_at from auth.oauth_consent c
         join auth.oauth_application a using (client_id) where c.user_id = $1 order by c.created_at",
        user
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        json!({
            "clientId": row.client_id,
            "name": row.name,
            "scopes": row.scopes,
            "createdAt": time(row.created_at),
            "updatedAt": time(row.updated_at),
        })
    });
    Ok(rows.collect())
}

async fn grants(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select client_id, scopes, auth_time, created_at, expires_at, revoked_at, revoked_for from auth.oauth_grant
         where user_id = $1 order by created_at",
        user
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        json!({
            "clientId": row.client_id,
            "scopes": row.scopes,
            "signedInAt": time(row.auth_time),
            "createdAt": time(row.created_at),
            "expiresAt": time(row.expires_at),
            "endedAt": row.revoked_at.map(time),
            "endedFor": row.revoked_for,
        })
    });
    Ok(rows.collect())
}

async fn applications(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select client_id, name, redirect_uris, contacts, created_at from auth.oauth_application where owner_id = $1
         order by created_at",
        user
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        json!({
            "clientId": row.client_id,
            "name": row.name,
            "redirectUris": row.redirect_uris,
            "contacts": row.contacts,
            "createdAt": time(row.created_at),
        })
    });
    Ok(rows.collect())
}

async fn links(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select purpose, email, created_at, expires_at, opened_at, used_at, data ->> 'email' as new_email from auth.verification
         where user_id = $1 order by created_at",
        user
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        json!({
            "purpose": row.purpose,
            "email": row.email,
            "newEmail": row.new_email,
            "createdAt": time(row.created_at),
            "expiresAt": time(row.expires_at),
            "openedAt": row.opened_at.map(time),
            "usedAt": row.used_at.map(time),
        })
    });
    Ok(rows.collect())
}

async fn failures(connection: &mut PgConnection, email: &str) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!("select failures, locked_until, updated_at from auth.lockout where email = $1", email);
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        json!({
            "failures": row.failures,
            "lockedUntil": row.locked_until.map(time),
            "lastAt": time(row.updated_at),
        })
    });
    Ok(rows.collect())
}

/// What was kept of the legacy platform's rows.
async fn former_platform(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select source_table, content from auth.legacy_archive where user_id = $1 order by source_table, source_key",
        user
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| json!({"table": row.source_table, "row": row.content})).collect())
}

async fn log(connection: &mut PgConnection, user: Uuid) -> Result<Vec<Value>, sqlx::Error> {
    let rows = sqlx::query!(
        "select at, type as kind, reason, email, client_id, details, actor_id is not null as \"by_admin!\",
                case when actor_id is null then ip_address else '' end as \"ip_address!\",
                case when actor_id is null then user_agent else '' end as \"user_agent!\" from auth.auth_event_log where user_id = $1 order by at, id",
        user
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        json!({
            "at": time(row.at),
            "type": row.kind,
            "reason": row.reason,
            "email": row.email,
            "clientId": row.client_id,
            "details": row.details,
            "ipAddress": row.ip_address,
            "userAgent": row.user_agent,
            "byAdministrator": row.by_admin,
        })
    });
    Ok(rows.collect())
}
