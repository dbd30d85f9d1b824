//! `POST /api/auth/update-user`, and what a name and a picture may be.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::json;
use url::Url;

use super::body::PostBody;
use crate::{
    error::{ApiError, Failure},
    events::{self, EventType},
    request::Caller,
    session::{self, Current, cookie},
    state::AppState,
    user,
};

/// Names are kept to this many characters.
pub const MAX_NAME: usize = 200;
/// Addresses of pictures to this many bytes.
const MAX_IMAGE: usize = 2048;

/// What a person changes about themselves; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// The new name.
    pub name: Option<String>,
    /// The new picture, or none.
    pub image: Option<Option<String>>,
}

/// What is wrong with a name, in the words of this API's validation.
///
/// # Errors
/// When it has control characters or is too long. Empty is allowed: clients may ask for no name.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    if name.chars().any(char::is_control) {
        return Err("Invalid input: must not contain control characters");
    }
    if name.chars().count() > MAX_NAME {
        return Err("Too big: expected string to have <=200 characters");
    }
    Ok(())
}

/// What is wrong with a picture's address.
///
/// # Errors
/// When it is no http or https URL (OpenID Connect Core section 5.1: `picture` is a URL that shows an image), since
/// other sites put it into their pages.
pub fn check_image(image: &str) -> Result<(), &'static str> {
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty();
    if image.len() <= MAX_IMAGE && Url::parse(image).is_ok_and(is_web) { Ok(()) } else { Err("Invalid URL") }
}

/// Applies a change. Tokens carry the name, so another name makes older ones stale.
///
/// # Errors
/// When the database is away.
pub async fn change(
    state: &AppState,
    caller: &Caller,
    current: &Current,
    change: &ProfileChange,
) -> Result<(), Failure> {
    let (user, name) = (current.user.id, change.name.as_deref());
    let mut transaction = state.pool.begin().await?;
    sqlx::query!(
        r#"update auth."user" set name = coalesce($2, name), image = case when $3 then $4 else image end,
                                  updated_at = now() where id = $1"#,
        user,
        name,
        change.image.is_some(),
        change.image.as_ref().and_then(Option::as_deref)
    )
    .execute(&mut *transaction)
    .await?;
    if name.is_some_and(|name| name != current.user.name) {
        user::bump_epoch(&mut *transaction, user).await?;
    }
    let changed: Vec<&str> = [(change.name.is_some(), "name"), (change.image.is_some(), "image")]
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, field)| *field)
        .collect();
    let details = json!({"changed": changed});
    events::record(&mut *transaction, caller, current.event(EventType::ProfileUpdated).details(&details)).await?;
    transaction.commit().await?;
    Ok(())
}

/// The endpoint.
///
/// # Errors
/// 400 for fields that may not be set or are of another type, 401 without a session.
pub async fn update_user(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let wanted = ProfileChange { name: body.optional("name"), image: body.nullable("image") };
    if let Some(Err(fault)) = wanted.name.as_deref().map(check_name) {
        body.fault("name", fault);
    }
    if let Some(Err(fault)) = wanted.image.iter().flatten().next().map(|image| check_image(image)) {
        body.fault("image", fault);
    }
    body.finish()?;
    let current = session::require(&state, &headers).await?;
    if body.has("email") {
        return Err(ApiError::bad_request("EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"));
    }
    if body.has("role") {
        return Err(ApiError::bad_request("FIELD_NOT_ALLOWED", "role is not allowed to be set"));
    }
    if wanted == ProfileChange::default() {
        return Err(ApiError::without_code("No fields to update"));
    }
    change(&state, &caller, &current, &wanted).await?;
    let mut response = Json(json!({"status": true})).into_response();
    cookie::append(response.headers_mut(), cookie::begin(&state.config, &current.token, current.session.remember));
    Ok(response)
}

/// `POST /api/auth/update-session`: sessions have no fields of an application's own.
///
/// # Errors
/// 400 always, 401 without a session.
pub async fn update_session(
    State(state): State<AppState>,
    headers: HeaderMap,
    _body: PostBody,
) -> Result<Response, ApiError> {
    session::require(&state, &headers).await?;
    Err(ApiError::without_code("No fields to update"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_web_address() {
        assert!(check_image("https://x.test/a.png").is_ok() && check_image("http://x.test/a?b=1").is_ok());
        for bad in ["javascript:alert(1)", "data:text/html,x", "a.png", "", "https://u:p@x.test/", "file:///etc/passwd"]
        {
            assert!(check_image(bad).is_err(), "{bad}");
        }
        assert!(check_image(&format!("https://x.test/{}", "a".repeat(MAX_IMAGE))).is_err());
    }
}
