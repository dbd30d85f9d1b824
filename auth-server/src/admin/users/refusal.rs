//! Why something is not done to a person.

use http::StatusCode;

use crate::error::{ApiError, Failure};

/// Why something is not done to a person. The words are for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody has this id or address.
    #[error("User not found")]
    NoSuchUser,
    /// Nobody could govern any more.
    #[error("This is the last admin. Make somebody else an admin first.")]
    LastAdmin,
    /// One's own account.
    #[error("You cannot ban yourself")]
    BanOneself,
    /// One's own account.
    #[error("You cannot remove yourself")]
    RemoveOneself,
    /// Somebody else has the address.
    #[error("User already exists. Use another email.")]
    AddressTaken,
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let words = refusal.to_string();
        match refusal {
            Refusal::NoSuchUser => Self::new(StatusCode::NOT_FOUND, "USER_NOT_FOUND", words),
            Refusal::LastAdmin => Self::bad_request("LAST_ADMIN", words),
            Refusal::BanOneself => Self::bad_request("YOU_CANNOT_BAN_YOURSELF", words),
            Refusal::RemoveOneself => Self::bad_request("YOU_CANNOT_REMOVE_YOURSELF", words),
            Refusal::AddressTaken => Self::bad_request("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", words),
            Refusal::Failure(failure) => failure.into(),
        }
    }
}
