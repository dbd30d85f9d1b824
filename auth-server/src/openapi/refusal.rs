//! How this server refuses: two shapes, neither of which is problem details.

use service::openapi::{operation::Operation, schema::reference};

/// The refusals of an operation.
pub trait Refusals: Sized {
    /// A refusal of the account API: `{message, code}`.
    fn refuses(self, status: u16, codes: &str) -> Self;
    /// A refusal of the protocol: `{error, error_description}`.
    fn protests(self, status: u16, codes: &str) -> Self;
}

impl Refusals for Operation {
    fn refuses(self, status: u16, codes: &str) -> Self {
        self.answers(status, codes, "application/json", reference("ApiError"))
    }

    fn protests(self, status: u16, codes: &str) -> Self {
        self.answers(status, codes, "application/json", reference("OAuthError"))
    }
}
