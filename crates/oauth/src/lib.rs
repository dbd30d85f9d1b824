//! OAuth 2 and OpenID Connect as pure data and rules: no I/O.
//!
//! - [`claims`]: what an access token says (RFC 9068)
//! - [`role`]: who a person is to the platform

pub mod claims;
pub mod role;

pub use claims::{AccessClaims, Actor};
pub use role::Role;
