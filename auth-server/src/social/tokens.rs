//! `POST /api/auth/get-access-token`, `POST /api/auth/refresh-token`, `GET /api/auth/account-info`: what a person's
//! linked providers let them do. All name the account by its row's id.

use axum::{
    Json,
    extract::{RawQuery, State},
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use oauth::Parameters;
use serde::Serialize;
use serde_json::{Value, json};
use service::wire_time;
use uuid::Uuid;

use super::{
    Fault, Provider, Tokens,
    store::{self, Account, Linked},
};
use crate::{
    account::body::{PostBody, validation},
    error::ApiError,
    session,
    state::AppState,
};

/// How a refusal looks where nobody is signed in: these endpoints say it without a body.
#[derive(Debug)]
pub enum TokenError {
    /// 401, empty.
    Anonymous,
    /// As everywhere.
    Api(ApiError),
}

impl<E: Into<ApiError>> From<E> for TokenError {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

impl axum::response::IntoResponse for TokenError {
    fn into_response(self) -> axum::response::Response {
        match self {
            Self::Anonymous => StatusCode::UNAUTHORIZED.into_response(),
            Self::Api(error) => error.into_response(),
        }
    }
}

/// A linked account of the caller, with what it holds.
struct Opened {
    user: Uuid,
    provider: Provider,
    account: Account,
    tokens: Tokens,
}

async fn open(state: &AppState, headers: &HeaderMap, id: &str) -> Result<Opened, TokenError> {
    let Some(current) = session::current(state, headers).await.map_err(ApiError::from)? else {
        return Err(TokenError::Anonymous);
    };
    current.require_own()?;
    let unknown = || ApiError::bad_request("ACCOUNT_NOT_FOUND", "Account not found");
    let id: Uuid = id.parse().map_err(|_| unknown())?;
    let found = store::tokens(&state.pool, &state.sealer, current.user.id, id).await.map_err(ApiError::from)?;
    let (account, tokens) = found.ok_or_else(unknown)?;
    let Some(provider) = Provider::parse(&account.provider_id) else {
        let words = format!("Provider {} is not supported.", account.provider_id);
        return Err(ApiError::bad_request("PROVIDER_NOT_SUPPORTED", words).into());
    };
    Ok(Opened { user: current.user.id, provider, account, tokens })
}

/// Tokens on the wire; what is not known is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireTokens {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "wire_time::option::serialize")]
    access_token_expires_at: Option<DateTime<Utc>>,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl From<Tokens> for WireTokens {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access,
            access_token_expires_at: tokens.access_expires_at,
            scopes: tokens.scopes,
            id_token: tokens.id,
        }
    }
}

/// An access token that is about to end is renewed, where the provider gave the means.
const NEARLY_OVER: TimeDelta = TimeDelta::seconds(5);

/// The provider's access token.
///
/// # Errors
/// 400 for an account that is not the caller's, or a password; 401 without a session.
pub async fn get_access_token(
    State(state): State<AppState>,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<Value>, TokenError> {
    let id = body.required("accountId");
    body.finish()?;
    let mut opened = open(&state, &headers, &id).await?;
    let over = opened.tokens.access_expires_at.is_some_and(|end| end <= Utc::now() + NEARLY_OVER);
    if over && opened.tokens.refresh.is_some() {
        renew(&state, &mut opened).await?;
    }
    Ok(Json(serde_json::to_value(WireTokens::from(opened.tokens)).map_err(ApiError::from)?))
}

/// New tokens from the provider.
///
/// # Errors
/// As [`get_access_token`]; 400 without a refresh token.
pub async fn refresh_token(
    State(state): State<AppState>,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Json<Value>, TokenError> {
    let id = body.required("accountId");
    body.finish()?;
    let mut opened = open(&state, &headers, &id).await?;
    renew(&state, &mut opened).await?;
    let refresh = opened.tokens.refresh.clone();
    let scope = opened.tokens.scopes.join(",");
    let mut answer = serde_json::to_value(WireTokens::from(opened.tokens)).map_err(ApiError::from)?;
    answer["refreshToken"] = refresh.into();
    answer["scope"] = scope.into();
    answer["providerId"] = opened.account.provider_id.into();
    answer["accountId"] = opened.account.account_id.into();
    Ok(Json(answer))
}

async fn renew(state: &AppState, opened: &mut Opened) -> Result<(), ApiError> {
    let Some(refresh) = opened.tokens.refresh.clone() else {
        return Err(ApiError::bad_request("REFRESH_TOKEN_NOT_FOUND", "Refresh token not found"));
    };
    let renewed = match opened.provider {
        Provider::Google => state.social.google()?.refresh(&refresh).await,
        Provider::GitHub => state.social.github()?.refresh(&refresh).await,
    };
    let renewed = renewed.map_err(|fault| match fault {
        fault @ (Fault::Away(_) | Fault::NotOffered) => fault.into(),
        _ => ApiError::bad_request("FAILED_TO_REFRESH_ACCESS_TOKEN", "Failed to refresh access token"),
    })?;
    let linked = Linked { id: opened.account.id, user_id: opened.user };
    store::keep_tokens(&state.pool, &state.sealer, linked, &renewed).await?;
    opened.tokens =
        Tokens { refresh: renewed.refresh.or(Some(refresh)), id: renewed.id.or(opened.tokens.id.take()), ..renewed };
    Ok(())
}

/// The person as the provider knows them: GitHub is asked, Google's ID token holds it.
///
/// # Errors
/// 400 for an account that is not the caller's, 401 without a session, 503 when the provider is away.
pub async fn account_info(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, TokenError> {
    let query = Parameters::parse(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let id = query
        .get("accountId")
        .ok_or_else(|| validation("[query.accountId] Invalid input: expected string, received undefined"))?;
    let Opened { provider, account, tokens, .. } = open(&state, &headers, id).await?;
    let nothing = || ApiError::bad_request("FAILED_TO_GET_USER_INFO", "Failed to get user info");
    let (user, data) = match provider {
        Provider::Google => {
            let data = tokens.id.as_deref().and_then(payload).ok_or_else(nothing)?;
            (google_person(&data), data)
        }
        Provider::GitHub => {
            let token = tokens.access.ok_or_else(nothing)?;
            let data = state.social.github()?.profile(&token).await.map_err(|fault| match fault {
                fault @ Fault::Away(_) => fault.into(),
                _ => nothing(),
            })?;
            (github_person(&data), data)
        }
    };
    let account = json!({"id": account.id, "providerId": account.provider_id, "accountId": account.account_id});
    Ok(Json(json!({"user": user, "data": data, "account": account})))
}

fn google_person(data: &Value) -> Value {
    json!({"id": data["sub"], "name": data["name"], "email": data["email"], "image": data["picture"],
           "emailVerified": data["email_verified"].as_bool().unwrap_or(false)})
}

fn github_person(data: &Value) -> Value {
    let name = if data["name"].is_null() { &data["login"] } else { &data["name"] };
    json!({"id": data["id"].to_string(), "name": name, "email": data["email"], "image": data["avatar_url"],
           "emailVerified": false})
}

/// The claims of an ID token that was verified when it was stored.
fn payload(id_token: &str) -> Option<Value> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}
