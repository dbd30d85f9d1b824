//! `POST /api/auth/sign-in/email`, and proving who one is by password.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use sqlx::PgConnection;
use tokio::time::{Duration, Instant, sleep_until};
use uuid::Uuid;

use super::{
    body::PostBody,
    device::Device,
    email, hash,
    lockout::{self, Attempt, Verdict},
    verification,
};
use crate::{
    admin::users::ban,
    error::{ApiError, Failure},
    events::{self, Event, EventType},
    limits::{self, Window},
    request::Caller,
    session::{self, cookie},
    state::AppState,
    user::{self, User},
};

/// While hashes of the legacy platform are left, every refusal takes this long: theirs take another time to verify.
const FLOOR: Duration = Duration::from_millis(500);

/// Who signs in, and how.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The address as typed.
    pub email: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// Whether the session outlives the browser.
    pub remember: bool,
}

/// Signs a person in by password; gives them and the new session's token.
///
/// # Errors
/// 400 for what cannot be an address or password, 401 for a wrong one, 403 while locked or banned, 429.
pub async fn by_password(
    state: &AppState,
    caller: &Caller,
    device: &Device,
    credentials: Credentials<'_>,
) -> Result<(User, String), ApiError> {
    let floor = Instant::now() + FLOOR;
    let email = email::lookup(credentials.email);
    if !email::may_exist(&email) {
        return Err(ApiError::bad_request("INVALID_EMAIL", "Invalid email"));
    }
    if state.config.password.is_too_long(credentials.password) {
        return Err(ApiError::bad_request("PASSWORD_TOO_LONG", "Password too long"));
    }
    let result = SignIn { state, caller, device, email: &email, credentials }.run().await;
    if result.is_err() && state.passwords.legacy_left(&state.pool).await? {
        sleep_until(floor).await;
    }
    result
}

fn wrong() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
}

fn banned() -> ApiError {
    ApiError::forbidden(
        "BANNED_USER",
        "You have been banned from this application. Please contact support if you believe this is an error.",
    )
}

/// How starting a session ends.
enum Start {
    /// With the person as they are now, and the session's token.
    Session(Box<User>, String),
    /// The stored hash is another by now, or gone.
    Changed(Option<String>),
    /// Shut out meanwhile.
    Banned,
}

struct SignIn<'a> {
    state: &'a AppState,
    caller: &'a Caller,
    device: &'a Device,
    email: &'a str,
    credentials: Credentials<'a>,
}

impl SignIn<'_> {
    async fn run(&self) -> Result<(User, String), ApiError> {
        // Only wrong passwords count: neither who knows the password nor who is told that it is locked anyway.
        if let Some(wait) = limits::exhausted(&self.state.pool, self.window()).await? {
            self.log(None, "too_many_attempts").await?;
            return Err(ApiError::too_many_requests(wait));
        }
        let (user, mut hash) = self.prove().await?;
        // Hashing takes its time. Who signs in twice at once may meet the new hash of the same password; who meets
        // another password has come too late.
        for _ in 0..3 {
            match self.start(&user, &hash).await? {
                Start::Session(user, token) => return Ok((*user, token)),
                Start::Banned => {
                    self.log(Some(&user), "banned").await?;
                    return Err(banned());
                }
                Start::Changed(None) => break,
                Start::Changed(Some(now)) => hash = now,
            }
            if !self.fits(Some(&hash)).await? {
                break;
            }
        }
        // Read again: whoever is gone has no entries of their own any more.
        let user = user::find(&self.state.pool, user.id).await?;
        self.log(user.as_ref(), "password_changed_meanwhile").await?;
        Err(wrong())
    }

    /// Logs an attempt that failed for another reason than a wrong password.
    async fn log(&self, user: Option<&User>, reason: &str) -> Result<(), sqlx::Error> {
        events::record(&self.state.pool, self.caller, self.event(user).because(reason)).await
    }

    fn window(&self) -> Window<'_> {
        let maximum = self.state.config.limits.account_sign_in;
        Window { name: "account-sign-in", subject: self.email, seconds: 60, maximum }
    }

    async fn fits(&self, hash: Option<&str>) -> Result<bool, Failure> {
        Ok(self.state.passwords.verify(self.credentials.password, hash).await?)
    }

    /// Checks the password, then the lock. Gives the person and the hash that the password fits.
    async fn prove(&self) -> Result<(User, String), ApiError> {
        let pool = &self.state.pool;
        let user = user::find_by_email(pool, self.email).await?;
        // Asked for unknown people too: the same queries, so that time does not tell who exists.
        let id = user.as_ref().map_or(Uuid::nil(), |user| user.id);
        let hash = user::password_hash(pool, id).await?;
        let right = self.fits(hash.as_deref()).await?;
        let reason = if user.is_some() { "wrong_password" } else { "unknown_address" };
        let wrong_event = self.event(user.as_ref()).because(reason);
        let counter = self.device.counter(self.state, self.email);
        let attempt = Attempt { email: self.email, counter, user: user.as_ref(), wrong: wrong_event };
        match (lockout::judge(self.state, self.caller, &attempt, right).await?, user, hash) {
            (Verdict::Locked(seconds), ..) => Err(ApiError::account_locked(seconds)),
            (Verdict::Right, Some(user), Some(hash)) if !user.is_banned() => Ok((user, hash)),
            (Verdict::Right, user, _) => {
                self.log(user.as_ref(), "banned").await?;
                Err(banned())
            }
            _ => {
                limits::hit(pool, self.window()).await?;
                Err(wrong())
            }
        }
    }

    fn event(&self, user: Option<&User>) -> Event<'_> {
        Event { user: user.map(|user| user.id), ..Event::new(EventType::SignInFailed) }.email(self.email)
    }

    /// Starts the session, unless the password was changed since it was found to fit `hash`: a reset that ends every
    /// session must not be followed by one more that the old password opened. A hash of an older kind is replaced, and a
    /// ban that ran out is cleared.
    async fn start(&self, user: &User, hash: &str) -> Result<Start, Failure> {
        // Before the transaction, which would hold a connection meanwhile.
        let renewed = self.state.passwords.renewed(self.credentials.password, hash).await;
        let mut transaction = self.state.pool.begin().await?;
        // Whoever changes the password locks the person's row first, too.
        user::lock(&mut *transaction, user.id).await?;
        let stored = user::password_hash(&mut *transaction, user.id).await?;
        if stored.as_deref() != Some(hash) {
            return Ok(Start::Changed(stored));
        }
        let Some(user) = user::find(&mut *transaction, user.id).await? else { return Ok(Start::Changed(None)) };
        if user.is_banned() {
            return Ok(Start::Banned);
        }
        let renewed_any = renewed.is_some();
        if let Some(renewed) = renewed {
            user::set_password_hash(&mut *transaction, user.id, &renewed).await?;
        }
        // The legacy platform proved nobody's address. Whoever came from there hears of it at their first sign-in.
        let unproved = hash::is_legacy(hash) && renewed_any && !user.email_verified;
        if unproved {
            verification::send_link(self.state, &mut transaction, &user, None).await?;
        }
        let user = self.enter(&mut transaction, user).await?;
        let (_, token) =
            session::store::create(&mut *transaction, user.id, self.caller, self.credentials.remember).await?;
        let event = Event::of(EventType::SignIn, user.id).email(&user.email);
        events::record(&mut *transaction, self.caller, event).await?;
        transaction.commit().await?;
        if unproved {
            self.state.mail_waiting.notify_one();
        }
        Ok(Start::Session(Box::new(user), token))
    }

    /// Notes the sign-in, and that a ban ran out.
    async fn enter(&self, connection: &mut PgConnection, user: User) -> Result<User, sqlx::Error> {
        sqlx::query!(r#"update auth."user" set last_sign_in_at = now() where id = $1"#, user.id)
            .execute(&mut *connection)
            .await?;
        ban::lift_if_over(connection, self.caller, &user).await?;
        Ok(User { banned: false, ban_reason: None, ban_expires: None, ..user })
    }
}

/// The endpoint.
///
/// # Errors
/// As [`by_password`]; 400 for fields that are missing.
pub async fn sign_in(
    State(state): State<AppState>,
    caller: Caller,
    device: Device,
    mut body: PostBody,
) -> Result<Response, ApiError> {
    let (email, password) = (body.required("email"), body.required("password"));
    let callback = body.optional("callbackURL").filter(|url| !url.is_empty());
    let remember = body.flag("rememberMe").unwrap_or(true);
    body.finish()?;
    let credentials = Credentials { email: &email, password: &password, remember };
    let (user, token) = by_password(&state, &caller, &device, credentials).await?;
    let mut answer = json!({"redirect": callback.is_some(), "token": token, "user": user.to_wire()});
    let location = callback.as_deref().and_then(|url| HeaderValue::from_str(url).ok());
    if let Some(callback) = callback {
        answer["url"] = callback.into();
    }
    let mut response = Json(answer).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    cookie::append(response.headers_mut(), cookie::begin(&state.config, &token, remember));
    cookie::append(response.headers_mut(), [device.remember(&state, &user.email)?]);
    Ok(response)
}
