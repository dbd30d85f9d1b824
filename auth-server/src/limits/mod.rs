//! Request limits: fixed windows counted in the database, so that every replica counts alike.

use std::net::{IpAddr, Ipv6Addr};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::Method;
use service::Env;
use sqlx::{PgExecutor, PgPool};

use crate::{error::ApiError, pages, state::AppState};

/// How often is too often (variables LIMIT_*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// LIMIT_SIGN_IN: sign-ins a minute from one client address.
    pub sign_in: i32,
    /// LIMIT_SIGN_UP: registrations a minute from one client address.
    pub sign_up: i32,
    /// LIMIT_MAIL_REQUESTS: resets and verifications a minute from one client address.
    pub mail_requests: i32,
    /// LIMIT_TOKEN: token requests a minute from one client address, of those who prove no secret.
    pub token: i32,
    /// LIMIT_CLIENT_SECRET: wrong secrets a minute for one OAuth client.
    pub client_secret: i32,
    /// LIMIT_ACCOUNT_SIGN_IN: wrong passwords a minute for one account.
    pub account_sign_in: i32,
    /// LIMIT_ACCOUNT_SIGN_UP: registrations a minute with one address.
    pub account_sign_up: i32,
    /// LIMIT_ACCOUNT_MAILS: mails an hour to one address.
    pub account_mails: i32,
    /// LIMIT_CHANGES: other changes of accounts, by people and admins, a minute from one client address.
    pub changes: i32,
}

/// In development on this machine one person is everybody: what limits are multiplied with.
const RELAXED: i32 = 100;

impl Limits {
    /// Reads LIMIT_*; `relaxed` raises the defaults.
    pub fn read(env: &mut Env, relaxed: bool) -> Self {
        let factor = if relaxed { RELAXED } else { 1 };
        Self {
            sign_in: env.parsed("LIMIT_SIGN_IN", 60 * factor),
            sign_up: env.parsed("LIMIT_SIGN_UP", 30 * factor),
            mail_requests: env.parsed("LIMIT_MAIL_REQUESTS", 30 * factor),
            token: env.parsed("LIMIT_TOKEN", 600 * factor),
            client_secret: env.parsed("LIMIT_CLIENT_SECRET", 60 * factor),
            account_sign_in: env.parsed("LIMIT_ACCOUNT_SIGN_IN", 10 * factor),
            account_sign_up: env.parsed("LIMIT_ACCOUNT_SIGN_UP", 10 * factor),
            account_mails: env.parsed("LIMIT_ACCOUNT_MAILS", 3 * factor),
            changes: env.parsed("LIMIT_CHANGES", 120 * factor),
        }
    }
}

/// A window and who is counted in it.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// What is limited.
    pub name: &'a str,
    /// Whom it is counted for: a client address, an account's address, an OAuth client.
    pub subject: &'a str,
    /// The window's length in seconds.
    pub seconds: i32,
    /// How many are allowed in it.
    pub maximum: i32,
}

/// Counts one more; gives the seconds to wait when that is too many.
///
/// # Errors
/// When the database is away.
pub async fn hit(executor: impl PgExecutor<'_>, window: Window<'_>) -> Result<Option<u64>, sqlx::Error> {
    let row = sqlx::query!(
        r#"insert into auth.rate_limit as counted (name, subject, window_start, hits) values ($1, $2, now(), 1)
           on conflict (name, subject) do update set
               hits = case when counted.window_start + make_interval(secs => $3) <= now() then 1
                           else least(counted.hits, 1000000) + 1 end,
               window_start = case when counted.window_start + make_interval(secs => $3) <= now() then now()
                                   else counted.window_start end
           returning hits, extract(epoch from window_start + make_interval(secs => $3) - now())::float8 as "left!""#,
        window.name,
        window.subject,
        f64::from(window.seconds)
    )
    .fetch_one(executor)
    .await?;
    Ok((row.hits > window.maximum).then(|| whole_seconds(row.left)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the window's seconds")]
fn whole_seconds(left: f64) -> u64 {
    left.ceil().max(1.0) as u64
}

/// The seconds to wait if no more are allowed in this window, without counting.
///
/// # Errors
/// When the database is away.
pub async fn exhausted(executor: impl PgExecutor<'_>, window: Window<'_>) -> Result<Option<u64>, sqlx::Error> {
    let left = sqlx::query_scalar!(
        r#"select extract(epoch from window_start + make_interval(secs => $3) - now())::float8 as "left!"
           from auth.rate_limit
           where name = $1 and subject = $2 and hits >= $4 and window_start + make_interval(secs => $3) > now()"#,
        window.name,
        window.subject,
        f64::from(window.seconds),
        window.maximum
    )
    .fetch_optional(executor)
    .await?;
    Ok(left.map(whole_seconds))
}

/// Forgets windows that are over; called now and then.
///
/// # Errors
/// When the database is away.
pub async fn sweep(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from auth.rate_limit where window_start < now() - interval '2 hours'").execute(pool).await?;
    Ok(())
}

/// The windows per client address, by the endpoint. `None` where nothing is limited.
fn by_endpoint(limits: &Limits, method: &Method, path: &str) -> Option<(&'static str, i32)> {
    let path = path.strip_prefix("/api/auth").unwrap_or(path);
    match *method {
        Method::POST => by_form(limits, path),
        Method::GET | Method::HEAD => by_link(limits, path),
        _ => None,
    }
}

fn by_form(limits: &Limits, path: &str) -> Option<(&'static str, i32)> {
    match path {
        // A password is hashed, or a sign-in begins.
        "/sign-in/email"
        | "/sign-in"
        | "/sign-in/social"
        | "/link-social"
        | "/account/link"
        | "/claim-account"
        | "/change-password"
        | "/verify-password"
        | "/delete-user"
        | "/account/password"
        | "/account/data"
        | "/account/delete"
        | "/admin/create-user"
        | "/admin/set-user-password" => Some(("sign-in", limits.sign_in)),
        "/sign-up/email" | "/sign-up" => Some(("sign-up", limits.sign_up)),
        // A mail is sent, or what a mail asked for is done.
        "/send-verification-email"
        | "/change-email"
        | "/account/email"
        | "/account/password-link"
        | "/request-password-reset"
        | "/forget-password"
        | "/reset-password"
        | "/check-email"
        | "/forgot-password" => Some(("mail", limits.mail_requests)),
        "/update-user" | "/update-session" | "/unlink-account" | "/get-access-token" | "/refresh-token" => {
            Some(("changes", limits.changes))
        }
        "/oauth2/register"
        | "/oauth2/create-client"
        | "/oauth2/update-client"
        | "/oauth2/client/rotate-secret"
        | "/oauth2/delete-client"
        | "/oauth2/update-consent"
        | "/oauth2/delete-consent" => Some(("changes", limits.changes)),
        _ if ["/admin/", "/account/"].iter().any(|prefix| path.starts_with(prefix)) => {
            Some(("changes", limits.changes))
        }
        _ => None,
    }
}

/// GETs that write: they prove an address or log that they did not, end a sign-in at a provider, delete an account.
fn by_link(limits: &Limits, path: &str) -> Option<(&'static str, i32)> {
    match path {
        "/verify-email" | "/delete-user/callback" => Some(("verify", limits.mail_requests)),
        "/export-data" => Some(("changes", limits.changes)),
        _ if path.starts_with("/callback/") => Some(("callback", limits.sign_in)),
        _ => None,
    }
}

/// Whom an address is counted as: an IPv6 client has its whole /64 to choose addresses from, so that counts as one.
#[must_use]
pub fn subject(ip_address: &str) -> String {
    match ip_address.parse() {
        Ok(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).to_string(),
        _ => ip_address.to_owned(),
    }
}

/// Middleware: refuses requests of a client address that come too often, before anything of them is read.
pub async fn per_client_address(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some((name, maximum)) = by_endpoint(&state.config.limits, request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let client = state.config.common.trusted_proxies.client_of(&parts).to_string();
    let window = Window { name, subject: &subject(&client), seconds: 60, maximum };
    match hit(&state.pool, window).await {
        Ok(None) => next.run(Request::from_parts(parts, body)).await,
        Ok(Some(wait)) => refuse(&state, parts.uri.path(), ApiError::too_many_requests(wait)),
        Err(error) => refuse(&state, parts.uri.path(), ApiError::from(error)),
    }
}

/// JSON for the account API, a page for people; both with the headers that say when to come again.
fn refuse(state: &AppState, path: &str, error: ApiError) -> Response {
    if path.starts_with("/api/") {
        return error.into_response();
    }
    let mut page = pages::error_page(state, error.status(), error.message());
    page.headers_mut().extend(error.retry_headers());
    page
}
