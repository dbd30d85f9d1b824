//! What every handler can reach.

use std::{ops::Deref, sync::Arc};

use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    Config,
    account::password::Passwords,
    keys::{KeyRing, seal::Sealer},
    origin::Trusted,
    social::Providers,
};

/// Shared by all requests of this replica; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The parts of [`AppState`].
pub struct Shared {
    /// The configuration.
    pub config: Config,
    /// The issuer: AUTH_URL without a trailing slash.
    pub issuer: String,
    /// The database.
    pub pool: PgPool,
    /// Signing keys.
    pub keys: KeyRing,
    /// Sealing at rest.
    pub sealer: Arc<Sealer>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Wakes the mail sender of this replica.
    pub mail_waiting: Arc<Notify>,
    /// For calls to other servers: identity providers, clients that want to hear of a logout. Follows no redirects, so
    /// that an answer cannot send us elsewhere.
    pub http: reqwest::Client,
    /// The identity providers that are offered.
    pub social: Providers,
}

impl AppState {
    /// Shares `parts`.
    #[must_use]
    pub fn new(parts: Shared) -> Self {
        Self(Arc::new(parts))
    }

    /// The origins that may call with cookies, and where people may be sent.
    #[must_use]
    pub fn trusted(&self) -> Trusted<'_> {
        Trusted { origins: &self.config.common.trusted_origins, own: &self.issuer }
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
