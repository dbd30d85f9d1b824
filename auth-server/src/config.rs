//! What this server reads from the environment.

use std::{net::SocketAddr, path::PathBuf};

use chrono::TimeDelta;
use service::{
    Common, Env, Mode, Secret,
    config::{is_loopback, listen_address, ops_address},
};

use crate::{account::policy::PasswordPolicy, limits::Limits, mail::MailConfig, social::SocialConfig};

/// The identity server's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// What all services share.
    pub common: Common,
    /// AUTH_ADDR.
    pub addr: SocketAddr,
    /// AUTH_OPS_ADDR: where /metrics is served; nowhere if unset.
    pub ops_addr: Option<SocketAddr>,
    /// AUTH_SECRET: signs cookies; the keys that seal things at rest derive from it.
    pub secret: Secret,
    /// AUTH_SECRET_PREVIOUS: what was signed and sealed under these still counts.
    pub previous_secrets: Vec<Secret>,
    /// KEY_ROTATION_DAYS: how old the signing key grows; `None` (0) rotates by command alone.
    pub key_rotation: Option<TimeDelta>,
    /// WEB_CLIENT_ID: the site's client id.
    pub web_client_id: String,
    /// WEB_CLIENT_SECRET: the site's client secret.
    pub web_client_secret: Secret,
    /// PASSWORD_*.
    pub password: PasswordPolicy,
    /// SIGNUP_HIDE_EXISTING: whether registration keeps secret which addresses have an account.
    pub hide_existing: bool,
    /// LIMIT_*.
    pub limits: Limits,
    /// RESEND_API_KEY, SMTP_URL or MAIL_DIR, and MAIL_FROM.
    pub mail: MailConfig,
    /// LEGACY_AUTH_SECRET: what the legacy platform signed its cookies with; its carried sessions are exchanged where it is
    /// set.
    pub legacy_secret: Option<Secret>,
    /// AUTH_EVENT_RETENTION_DAYS: how long the event log is kept.
    pub event_retention_days: u32,
    /// GOOGLE_*, GITHUB_*.
    pub social: SocialConfig,
    /// AUTH_DATABASE_CONNECTIONS: the most connections of this replica.
    pub database_connections: u32,
}

/// How long an access token counts.
pub const ACCESS_TOKEN_LIFETIME: TimeDelta = TimeDelta::hours(6);
/// How long a grant's refresh tokens count, rotated or not.
pub const GRANT_LIFETIME: TimeDelta = TimeDelta::days(7);
/// How long after its use a refresh token's retry gets the same successor.
pub const REFRESH_GRACE: TimeDelta = TimeDelta::seconds(20);
/// How long an authorization code counts (RFC 6749 section 4.1.2 allows 10 minutes at most).
pub const CODE_LIFETIME: TimeDelta = TimeDelta::seconds(60);
/// How long a signing key stays published after its successor began: what an access token lives (ID tokens live
/// shorter), and five minutes for clocks.
pub const KEY_AFTERLIFE: TimeDelta = TimeDelta::minutes(6 * 60 + 5);
/// How long a session lives without use.
pub const SESSION_LIFETIME: TimeDelta = TimeDelta::days(7);
/// How long a session lives at most.
pub const SESSION_ABSOLUTE_LIFETIME: TimeDelta = TimeDelta::days(30);
/// How long a session lives whose person did not want to be remembered.
pub const BRIEF_SESSION_LIFETIME: TimeDelta = TimeDelta::days(1);
/// How long an admin acts as somebody.
pub const IMPERSONATION_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How long a verification link counts.
pub const VERIFICATION_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How long a reset link counts.
pub const RESET_LIFETIME: TimeDelta = TimeDelta::hours(1);

impl Config {
    /// Reads the variables; faults go into `env`.
    pub fn read(env: &mut Env) -> Self {
        let common = Common::read(env);
        let relaxed = common.mode == Mode::Development && is_loopback(&common.auth_url);
        Self {
            addr: listen_address(env, "AUTH_ADDR", 3001),
            ops_addr: ops_address(env, "AUTH_OPS_ADDR"),
            secret: env.secret("AUTH_SECRET", common.mode),
            previous_secrets: previous_secrets(env),
            key_rotation: key_rotation(env),
            web_client_id: env.get("WEB_CLIENT_ID").unwrap_or("web").to_owned(),
            web_client_secret: env.secret("WEB_CLIENT_SECRET", common.mode),
            password: PasswordPolicy::read(env),
            hide_existing: env.switch("SIGNUP_HIDE_EXISTING", false),
            limits: Limits::read(env, relaxed),
            mail: MailConfig::read(env, &common),
            legacy_secret: env.get("LEGACY_AUTH_SECRET").map(Secret::new),
            event_retention_days: env.parsed("AUTH_EVENT_RETENTION_DAYS", 365),
            social: SocialConfig::read(env),
            database_connections: env.parsed("AUTH_DATABASE_CONNECTIONS", 16),
            common,
        }
    }

    /// Where mails go that nobody else takes in development.
    pub(crate) fn development_mail_dir(env: &Env) -> PathBuf {
        PathBuf::from(env.get("DEV_DATA_DIR").unwrap_or(".data")).join("mail")
    }

    /// Whether cookies need `Secure` and its prefix.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.common.auth_url.scheme() == "https"
    }
}

/// AUTH_SECRET_PREVIOUS: one secret, or several separated by commas, newest first.
#[must_use]
pub fn previous_secrets(env: &Env) -> Vec<Secret> {
    let text = env.get("AUTH_SECRET_PREVIOUS").unwrap_or_default();
    text.split(',').map(str::trim).filter(|secret| !secret.is_empty()).map(Secret::new).collect()
}

fn key_rotation(env: &mut Env) -> Option<TimeDelta> {
    let days: u16 = env.parsed("KEY_ROTATION_DAYS", 90);
    (days > 0).then(|| TimeDelta::days(days.into()))
}
