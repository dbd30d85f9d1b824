//! Error codes of the authorization and token endpoints.

/// An error code on the wire, with the RFC that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// RFC 6749: the request is malformed.
    InvalidRequest,
    /// RFC 6749: the client is unknown or did not prove itself.
    InvalidClient,
    /// RFC 6749: the code, verifier or refresh token does not count.
    InvalidGrant,
    /// RFC 6749: this client may not ask this way.
    UnauthorizedClient,
    /// RFC 6749: no such grant type here.
    UnsupportedGrantType,
    /// RFC 6749: only `code` is a response type here.
    UnsupportedResponseType,
    /// RFC 6749: unknown scope, or more than the client or the grant has.
    InvalidScope,
    /// RFC 8707: a resource that no token here can be for.
    InvalidTarget,
    /// RFC 6749: the person or the server said no.
    AccessDenied,
    /// RFC 6749: something failed on our side.
    ServerError,
    /// RFC 6749: too busy, or the database is away.
    TemporarilyUnavailable,
    /// OpenID Connect Core section 3.1.2.6: nobody is signed in and `prompt=none` forbids asking.
    LoginRequired,
    /// As [`ErrorCode::LoginRequired`], for consent.
    ConsentRequired,
    /// OpenID Connect Core section 6: request objects are not taken.
    RequestNotSupported,
    /// As [`ErrorCode::RequestNotSupported`], by reference.
    RequestUriNotSupported,
    /// RFC 6750: the access token does not count.
    InvalidToken,
    /// RFC 6750: the access token lacks a scope.
    InsufficientScope,
    /// RFC 7009 section 2.2.1: no such token type here.
    UnsupportedTokenType,
    /// RFC 7591 section 3.2.2: a redirect URI that may not be registered.
    InvalidRedirectUri,
    /// RFC 7591 section 3.2.2: something else in a registration that may not be.
    InvalidClientMetadata,
}

impl ErrorCode {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
        }
    }
}
