//! The log of authentication events: who, from where, what, and why not.

mod forget;

pub use forget::forget;

use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::request::Caller;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// Somebody registered.
    SignUp,
    /// Somebody signed in.
    SignIn,
    /// Somebody tried to.
    SignInFailed,
    /// An address was locked after too many failures.
    Locked,
    /// Somebody signed out.
    SignOut,
    /// One or several sessions were ended by their owner.
    SessionsRevoked,
    /// An address was proved.
    EmailVerified,
    /// A verification link did not count.
    VerificationFailed,
    /// A reset link was asked for.
    ResetRequested,
    /// A reset link was opened for the first time.
    ResetOpened,
    /// A password was reset by link.
    PasswordReset,
    /// A reset link did not count.
    PasswordResetFailed,
    /// A password was changed by its owner.
    PasswordChanged,
    /// A client got tokens for the first time in a sign-on.
    TokensGranted,
    /// The token endpoint refused a grant.
    TokenRefused,
    /// A used code or refresh token came again, and its family was revoked.
    TokenReuse,
    /// A client gave its tokens back.
    TokensRevoked,
    /// An admin (or the operator) changed a role.
    RoleChanged,
    /// A person changed their name or picture.
    ProfileUpdated,
    /// A person asked for another address.
    EmailChangeRequested,
    /// A person's address became another.
    EmailChanged,
    /// A way to sign in was added.
    AccountLinked,
    /// A way to sign in was taken away.
    AccountUnlinked,
    /// A person took their data with them.
    DataExported,
    /// A person deleted their account.
    AccountDeleted,
    /// An admin added a person.
    UserCreated,
    /// An admin changed a person's data.
    UserUpdated,
    /// An admin removed a person.
    UserRemoved,
    /// An admin shut a person out.
    UserBanned,
    /// An admin let a person in again, or the ban ran out.
    UserUnbanned,
    /// An admin set a person's password.
    PasswordSet,
    /// An admin began to act as a person.
    ImpersonationStarted,
    /// An admin stopped acting as a person.
    ImpersonationStopped,
    /// A person allowed a client something.
    ConsentGranted,
    /// A person refused a client, or took back what they had allowed.
    ConsentRevoked,
    /// A client was registered.
    ClientCreated,
    /// A client's registration was changed.
    ClientUpdated,
    /// A client got another secret.
    ClientSecretRotated,
    /// A client's registration was removed.
    ClientDeleted,
    /// A new signing key was made.
    KeyRotated,
    /// A signing key is no longer used.
    KeyRetired,
}

impl EventType {
    /// The name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::SignIn => "sign_in",
            Self::SignInFailed => "sign_in_failed",
            Self::Locked => "account_locked",
            Self::SignOut => "sign_out",
            Self::SessionsRevoked => "sessions_revoked",
            Self::EmailVerified => "email_verified",
            Self::VerificationFailed => "email_verification_failed",
            Self::ResetRequested => "password_reset_requested",
            Self::ResetOpened => "password_reset_opened",
            Self::PasswordReset => "password_reset",
            Self::PasswordResetFailed => "password_reset_failed",
            Self::PasswordChanged => "password_changed",
            Self::TokensGranted => "tokens_granted",
            Self::TokenRefused => "token_refused",
            Self::TokenReuse => "token_reuse",
            Self::TokensRevoked => "tokens_revoked",
            Self::RoleChanged => "role_changed",
            Self::ProfileUpdated => "profile_updated",
            Self::EmailChangeRequested => "email_change_requested",
            Self::EmailChanged => "email_changed",
            Self::AccountLinked => "account_linked",
            Self::AccountUnlinked => "account_unlinked",
            Self::DataExported => "data_exported",
            Self::AccountDeleted => "account_deleted",
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserRemoved => "user_removed",
            Self::UserBanned => "user_banned",
            Self::UserUnbanned => "user_unbanned",
            Self::PasswordSet => "password_set",
            Self::ImpersonationStarted => "impersonation_started",
            Self::ImpersonationStopped => "impersonation_stopped",
            Self::ConsentGranted => "consent_granted",
            Self::ConsentRevoked => "consent_revoked",
            Self::ClientCreated => "client_created",
            Self::ClientUpdated => "client_updated",
            Self::ClientSecretRotated => "client_secret_rotated",
            Self::ClientDeleted => "client_deleted",
            Self::KeyRotated => "key_rotated",
            Self::KeyRetired => "key_retired",
        }
    }
}

/// An entry of the log.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// What happened.
    pub kind: EventType,
    /// Why it failed.
    pub reason: Option<&'a str>,
    /// Who, if known.
    pub user: Option<Uuid>,
    /// The address that was tried.
    pub email: Option<&'a str>,
    /// The OAuth client.
    pub client: Option<&'a str>,
    /// Who did it, where that is not the person themselves.
    pub actor: Option<Uuid>,
    /// What else there is to say. Never a secret.
    pub details: Option<&'a Value>,
}

impl<'a> Event<'a> {
    /// About a known person.
    #[must_use]
    pub const fn of(kind: EventType, user: Uuid) -> Self {
        Self { kind, reason: None, user: Some(user), email: None, client: None, actor: None, details: None }
    }

    /// About nobody in particular.
    #[must_use]
    pub const fn new(kind: EventType) -> Self {
        Self { kind, reason: None, user: None, email: None, client: None, actor: None, details: None }
    }

    /// With the reason of a failure.
    #[must_use]
    pub const fn because(self, reason: &'a str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// With the address that was tried.
    #[must_use]
    pub const fn email(self, email: &'a str) -> Self {
        Self { email: Some(email), ..self }
    }

    /// With the OAuth client.
    #[must_use]
    pub const fn client(self, client: &'a str) -> Self {
        Self { client: Some(client), ..self }
    }

    /// Done by an admin.
    #[must_use]
    pub const fn by(self, actor: Uuid) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// With details.
    #[must_use]
    pub const fn details(self, details: &'a Value) -> Self {
        Self { details: Some(details), ..self }
    }
}

/// Writes that these ways to sign in were taken away, by what `how` says.
///
/// # Errors
/// When the database is away.
pub async fn record_unlinked(
    connection: &mut PgConnection,
    caller: &Caller,
    user: Uuid,
    providers: &[String],
    how: &str,
) -> Result<(), sqlx::Error> {
    for provider in providers {
        let details = json!({"provider": provider, "how": how});
        record(&mut *connection, caller, Event::of(EventType::AccountUnlinked, user).details(&details)).await?;
    }
    Ok(())
}

/// Writes `event` into the log.
///
/// # Errors
/// When the database is away.
pub async fn record(executor: impl PgExecutor<'_>, caller: &Caller, event: Event<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into auth.auth_event_log (id, type, reason, user_id, actor_id, email, client_id, details,
                                          ip_address, user_agent)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        Uuid::now_v7(),
        event.kind.as_str(),
        event.reason,
        event.user,
        event.actor,
        event.email,
        event.client,
        event.details,
        caller.ip_address,
        caller.user_agent
    )
    .execute(executor)
    .await?;
    Ok(())
}
