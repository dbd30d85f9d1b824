//! Social sign-in: Google by OpenID Connect, GitHub by OAuth 2.0.
//!
//! - [`start`]: `POST /api/auth/sign-in/social` and `/link-social`; [`callback`]: where the provider sends people back
//! - [`flow`]: a sign-in under way: state, PKCE verifier, nonce and where to go afterwards
//! - [`google`], [`github`]: what differs between the providers
//! - [`sign_in`], [`link`], [`claim`]: whose account an identity opens
//! - [`store`], [`tokens`]: linked accounts, and the providers' tokens

pub mod callback;
pub mod claim;
pub mod config;
pub mod flow;
pub mod github;
pub mod google;
pub mod http;
pub mod id_token;
pub mod identity;
pub mod link;
pub mod provider;
pub mod sign_in;
pub mod start;
pub mod store;
pub mod tokens;
pub mod words;

pub use config::SocialConfig;
pub use identity::{Identity, Tokens};
pub use provider::{Fault, Provider, Providers};
