//! OpenID Connect: authorization code flow with PKCE, tokens, userinfo, discovery, sign-out by clients.

pub mod access_token;
pub mod authorize;
pub mod backchannel;
pub mod client_auth;
pub mod clients;
pub mod code;
pub mod consents;
pub mod discovery;
pub mod error;
pub mod form;
pub mod grant;
pub mod id_token;
pub mod interaction;
pub mod introspect;
pub mod jwks;
pub mod liveness;
pub mod logout;
pub mod refresh;
pub mod registration;
pub mod request;
pub mod revoke;
pub mod step;
pub mod token;
pub mod userinfo;
