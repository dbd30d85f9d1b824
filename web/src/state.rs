//! What every handler shares.

use std::{ops::Deref, sync::Arc, time::Duration};

use sqlx::PgPool;

use crate::{assets::Assets, config::Config, cookie::Cookies, oidc::Provider, seal::Sealer};

/// The site's shared state; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// Behind [`AppState`].
pub struct Shared {
    /// The configuration.
    pub config: Config,
    /// The database, as the role `intellistack_web`.
    pub pool: PgPool,
    /// For calls to the other services. It follows no redirects: none of them sends any to us.
    pub http: reqwest::Client,
    /// Seals tokens and pending sign-ins.
    pub sealer: Sealer,
    /// How cookies are written.
    pub cookies: Cookies,
    /// The auth server as an OpenID provider.
    pub provider: Provider,
    /// Style sheets, scripts and islands.
    pub assets: Assets,
}

impl AppState {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(config: Config, pool: PgPool) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .pool_idle_timeout(Duration::from_secs(30))
            .no_proxy()
            .build()?;
        Ok(Self(Arc::new(Shared {
            pool,
            sealer: Sealer::new(&config.secret),
            cookies: Cookies::new(config.is_https()),
            provider: Provider::new(&config, http.clone()),
            assets: Assets::load(&config.site_dir),
            http,
            config,
        })))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
