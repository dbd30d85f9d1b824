//! OAuth 2 and OpenID Connect as pure data and rules: no I/O.
//!
//! - [`claims`]: what an access token says (RFC 9068)
//! - [`client_authentication`]: HTTP Basic credentials
//! - [`cookie`]: the text of cookies
//! - [`error`]: error codes of the endpoints
//! - [`jwt`]: a token's header, before any key is chosen
//! - [`parameters`]: form-encoded request parameters
//! - [`pkce`]: proof keys (RFC 7636)
//! - [`redirect`]: which redirect URIs match
//! - [`registration`]: which URIs a client may register
//! - [`role`]: who a person is to the platform
//! - [`scope`]: sets of scopes

pub mod claims;
pub mod client_authentication;
pub mod cookie;
pub mod error;
pub mod jwt;
pub mod parameters;
pub mod pkce;
pub mod redirect;
pub mod registration;
pub mod role;
pub mod scope;

pub use claims::{AccessClaims, Actor};
pub use client_authentication::BasicCredentials;
pub use error::ErrorCode;
pub use parameters::Parameters;
pub use pkce::CodeChallenge;
pub use redirect::ApplicationType;
pub use role::Role;
pub use scope::ScopeSet;
