//! `POST /api/auth/admin/create-user`.

use axum::{Json, extract::State};
use oauth::Role;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{Refusal, role};
use crate::{
    account::{
        body::PostBody,
        email,
        profile::{check_image, check_name},
        verification::{self, LinkPurpose},
    },
    admin::{author::Author, guard::Visitor},
    config::VERIFICATION_LIFETIME,
    error::{ApiError, Failure},
    events::EventType,
    mail::{self, Letter},
    request::Caller,
    state::AppState,
    user::{self, NewUser, User},
};

/// Adds a person.
///
/// # Errors
/// When somebody has the address; when the database is away.
pub async fn create(
    connection: &mut PgConnection,
    author: &Author,
    new: &NewUser<'_>,
    password_hash: Option<&str>,
) -> Result<User, Refusal> {
    let user = user::insert(&mut *connection, new).await?.ok_or(Refusal::AddressTaken)?;
    if let Some(hash) = password_hash {
        user::set_password_hash(&mut *connection, user.id, hash).await?;
    }
    let details = json!({"role": user.role, "invited": password_hash.is_none()});
    let event = author.event(EventType::UserCreated, user.id).email(&user.email).details(&details);
    author.record(connection, event).await?;
    Ok(user)
}

/// Writes the mail that lets somebody without a password choose one; that also proves the address.
async fn invite(state: &AppState, connection: &mut PgConnection, user: &User) -> Result<(), Failure> {
    let token = verification::issue(connection, LinkPurpose::ResetPassword, user, VERIFICATION_LIFETIME).await?;
    let link = format!("{}/reset-password?token={token}", state.issuer);
    mail::enqueue(state, connection, &Letter::invitation(user, &link)).await
}

struct Fields {
    name: String,
    email: String,
    password: Option<String>,
    role: Option<Result<Role, ApiError>>,
    verified: bool,
    image: Option<String>,
}

fn read(body: &mut PostBody) -> Fields {
    let (name, email) = (body.required("name"), email::normalise(&body.required("email")));
    if let Err(fault) = check_name(&name) {
        body.fault("name", fault);
    }
    let password = body.optional("password").filter(|password| !password.is_empty());
    let role = role::read(body);
    let mut data = body.object("data");
    let verified = data.flag("emailVerified").unwrap_or(false);
    let image = data.optional("image");
    if let Some(Err(fault)) = image.as_deref().map(check_image) {
        data.fault("image", fault);
    }
    body.absorb("data", data);
    Fields { name, email, password, role, verified, image }
}

/// The endpoint. The rules for passwords hold here, too; without a password the person is asked by mail to choose one.
///
/// # Errors
/// 400 for fields, an address or a password that will not do, 401, 403.
pub async fn create_user(
    State(state): State<AppState>,
    visitor: Visitor,
    caller: Caller,
    mut body: PostBody,
) -> Result<Json<Value>, ApiError> {
    let fields = read(&mut body);
    body.finish()?;
    let admin = visitor.admin("YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS")?;
    let role = fields.role.transpose()?.unwrap_or_default();
    if !email::is_valid(&fields.email) {
        return Err(ApiError::bad_request("INVALID_EMAIL", "Invalid email"));
    }
    let hash = match &fields.password {
        Some(password) => {
            state.config.password.check(password)?;
            Some(state.passwords.hash(password).await?)
        }
        None => None,
    };
    let new = NewUser {
        name: &fields.name,
        email: &fields.email,
        email_verified: fields.verified,
        image: fields.image.as_deref(),
        role,
    };
    let mut transaction = state.pool.begin().await?;
    let user = create(&mut transaction, &Author::admin(&admin, caller), &new, hash.as_deref()).await?;
    if hash.is_none() {
        invite(&state, &mut transaction, &user).await?;
    }
    transaction.commit().await?;
    state.mail_waiting.notify_one();
    Ok(Json(json!({"user": user.to_wire()})))
}
