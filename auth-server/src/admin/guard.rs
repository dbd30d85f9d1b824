//! Who may call `/api/auth/admin/*`: an admin, by session cookie or by Bearer access token (RFC 6750).
//!
//! The account API's clients rely on the order 400 (fields), 401 (nobody), 403 (not allowed), 404. Endpoints with a
//! body or a query therefore take [`Visitor`], check their fields, and only then ask for [`Visitor::admin`]; those
//! without take [`Admin`] at once.

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use oauth::Role;

use crate::{
    error::{ApiError, Failure},
    oidc::{access_token, liveness},
    request::text,
    session::{self, Current},
    state::AppState,
    user::User,
};

/// A signed-in person who calls an admin endpoint; [`Admin::may`] says whether they are an admin.
pub struct Admin {
    /// The person.
    pub user: User,
    /// Their session, when they came by cookie.
    pub current: Option<Current>,
    standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// An admin who acts as themselves.
    Admin,
    /// Signed in, but no admin.
    Person,
    /// The access token was not granted the scope `admin`.
    NoScope,
}

/// Who calls, found but not yet judged.
pub struct Visitor(Result<Admin, ApiError>);

impl Visitor {
    /// The caller, if they are an admin.
    ///
    /// # Errors
    /// 401 with an empty body when nobody is signed in, 403 with the endpoint's `code` for anybody but an admin.
    pub fn admin(self, code: &'static str) -> Result<Admin, ApiError> {
        let admin = self.person()?;
        admin.may(code)?;
        Ok(admin)
    }

    /// The caller, whatever their role.
    ///
    /// # Errors
    /// 401 with an empty body when nobody is signed in.
    pub fn person(self) -> Result<Admin, ApiError> {
        self.0
    }
}

impl Admin {
    /// Whether the caller is an admin at this moment.
    ///
    /// # Errors
    /// 403 with `code`, whose words are the message.
    pub fn may(&self, code: &'static str) -> Result<(), ApiError> {
        let forbidden = ApiError::forbidden(code, in_words(code));
        match self.standing {
            Standing::Admin => Ok(()),
            Standing::Person => Err(forbidden),
            Standing::NoScope => Err(forbidden.challenge("Bearer error=\"insufficient_scope\", scope=\"admin\"")),
        }
    }

    /// Whether the caller is an admin at this moment.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.standing == Standing::Admin
    }

    fn by_cookie(current: Current) -> Self {
        // Nobody governs in somebody else's name, whoever that is.
        let is_admin = current.user.role == Role::Admin && current.session.impersonated_by.is_none();
        let standing = if is_admin { Standing::Admin } else { Standing::Person };
        Self { user: current.user.clone(), current: Some(current), standing }
    }
}

/// `YOU_ARE_NOT_ALLOWED_TO_LIST_USERS` is `You are not allowed to list users`.
fn in_words(code: &str) -> String {
    let (first, rest) = code.split_at(code.len().min(1));
    format!("{first}{}", rest.to_ascii_lowercase().replace('_', " "))
}

/// An access token, if one is sent: then a cookie beside it does not count.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn caller(state: &AppState, headers: &HeaderMap) -> Result<Option<Admin>, Failure> {
    match bearer(headers) {
        Some(token) => by_token(state, token).await,
        None => Ok(session::current(state, headers).await?.map(Admin::by_cookie)),
    }
}

async fn by_token(state: &AppState, token: &str) -> Result<Option<Admin>, Failure> {
    let Some(claims) = access_token::verify(state, token) else { return Ok(None) };
    let Some(user) = liveness::holder(&state.pool, &claims).await? else { return Ok(None) };
    let standing = match (user.role, claims.has_scope("admin"), &claims.act) {
        (Role::Admin, true, None) => Standing::Admin,
        (Role::Admin, false, None) => Standing::NoScope,
        _ => Standing::Person,
    };
    Ok(Some(Admin { user, current: None, standing }))
}

async fn find(state: &AppState, headers: &HeaderMap) -> Result<Admin, ApiError> {
    caller(state, headers).await?.ok_or_else(|| match bearer(headers) {
        // RFC 6750 section 3: what was wrong with a token is told, that none was sent is not.
        Some(_) => ApiError::anonymous().challenge("Bearer error=\"invalid_token\""),
        None => ApiError::anonymous().challenge("Bearer"),
    })
}

impl FromRequestParts<AppState> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        find(state, &parts.headers).await
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(find(state, &parts.headers).await))
    }
}
