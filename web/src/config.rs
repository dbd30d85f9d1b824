//! What the site reads from its environment.

use std::{net::SocketAddr, path::PathBuf};

use service::{
    Common, Env, Secret,
    config::{listen_address, ops_address},
};

/// The site's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// What all services read alike.
    pub common: Common,
    /// WEB_ADDR: where it listens.
    pub addr: SocketAddr,
    /// WEB_OPS_ADDR: where `/metrics` listens, if anywhere.
    pub ops_addr: Option<SocketAddr>,
    /// WEB_SECRET: seals tokens at rest and pending sign-ins.
    pub secret: Secret,
    /// WEB_CLIENT_ID: the OAuth client that the site is.
    pub client_id: String,
    /// WEB_CLIENT_SECRET: that client's secret.
    pub client_secret: Secret,
    /// SITE_DIR: where the islands were built to; `pkg/manifest.json` lies under it.
    pub site_dir: PathBuf,
    /// MEDIA_DIR: pictures that lessons show, served under `/media`; none: there are none.
    pub media_dir: Option<PathBuf>,
}

impl Config {
    /// Reads the site's variables; faults are noted in `env`.
    pub fn read(env: &mut Env) -> Self {
        let common = Common::read(env);
        Self {
            addr: listen_address(env, "WEB_ADDR", 3000),
            ops_addr: ops_address(env, "WEB_OPS_ADDR"),
            secret: env.secret("WEB_SECRET", common.mode),
            client_id: env.get("WEB_CLIENT_ID").unwrap_or("web").to_owned(),
            client_secret: env.secret("WEB_CLIENT_SECRET", common.mode),
            site_dir: env.get("SITE_DIR").unwrap_or("target/site").into(),
            media_dir: env.get("MEDIA_DIR").map(PathBuf::from),
            common,
        }
    }

    /// Whether the site is served over https: then cookies are `__Host-` and Secure, and HSTS is sent.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.common.web_url.scheme() == "https"
    }

    /// Where the auth server sends people back to.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}/auth/callback", self.origin())
    }

    /// WEB_URL as an origin.
    #[must_use]
    pub fn origin(&self) -> String {
        service::config::origin(&self.common.web_url)
    }

    /// A page of the auth server.
    #[must_use]
    pub fn auth_page(&self, path: &str) -> String {
        format!("{}{path}", self.common.issuer())
    }
}
