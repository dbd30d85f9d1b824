//! `POST /api/auth/admin/has-permission`.

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};

use crate::{account::body::PostBody, admin::guard::Visitor, error::ApiError, state::AppState};

/// What admins may do, by resource. The other roles may do nothing of it.
const STATEMENTS: [(&str, &[&str]); 2] = [
    (
        "user",
        &[
            "create",
            "list",
            "set-role",
            "ban",
            "impersonate",
            "delete",
            "set-password",
            "set-email",
            "set-phone",
            "get",
            "update",
        ],
    ),
    ("session", &["list", "revoke", "delete"]),
];

/// Whether the caller may do all of what the member `permissions` lists.
///
/// # Errors
/// 400 without `permissions`, 401 with an empty body.
pub async fn has_permission(
    State(_): State<AppState>,
    visitor: Visitor,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let asked = match body.value("permissions") {
        Some(Value::Object(asked)) if asked.values().all(is_list_of_texts) => Some(asked.clone()),
        None if body.value("permission").is_some_and(Value::is_object) => None,
        _ => {
            body.fault("permissions", "Invalid input");
            None
        }
    };
    body.finish()?;
    let caller = visitor.person()?;
    let Some(asked) = asked else {
        return Err(ApiError::without_code("invalid permission check. no permission(s) were passed."));
    };
    Ok(Json(json!({"error": null, "success": caller.is_admin() && all_known(&asked)})))
}

fn is_list_of_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|actions| actions.iter().all(Value::is_string))
}

fn all_known(asked: &Map<String, Value>) -> bool {
    let is_known = |resource: &String, actions: &Value| {
        let statement = STATEMENTS.iter().find(|(name, _)| name == resource);
        let actions = actions.as_array().into_iter().flatten().filter_map(Value::as_str);
        statement.is_some_and(|(_, known)| actions.into_iter().all(|action| known.contains(&action)))
    };
    !asked.is_empty() && asked.iter().all(|(resource, actions)| is_known(resource, actions))
}
