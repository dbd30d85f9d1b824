//! Configuration from environment variables, read once at start.
//!
//! Every fault is collected, so that one start tells an operator everything that is wrong.

use std::{collections::BTreeMap, fmt::Display, net::SocketAddr, str::FromStr};

use url::Url;

use crate::{Secret, client_address::TrustedProxies};

/// The environment as a map, with what was found wrong so far.
#[derive(Debug, Default)]
pub struct Env {
    variables: BTreeMap<String, String>,
    faults: Vec<String>,
}

/// Everything that is wrong with the configuration, a line each.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not usable:\n  {}", .0.join("\n  "))]
pub struct ConfigError(Vec<String>);

impl Env {
    /// The process's environment.
    #[must_use]
    pub fn from_process() -> Self {
        Self::from_pairs(std::env::vars())
    }

    /// An environment made of `pairs`, for tests and for the one-process form.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let variables = pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Self { variables, faults: Vec::new() }
    }

    /// The variable, if it is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The variable parsed, or `default` where it is not set.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str, default: T) -> T {
        match self.get(name).map(str::parse::<T>) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(error)) => {
                self.fault(format!("{name}: {error}"));
                default
            }
        }
    }

    /// A switch: `1`, `true`, `yes`, `on` and their opposites.
    pub fn switch(&mut self, name: &str, default: bool) -> bool {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            None => default,
            Some("1" | "true" | "yes" | "on") => true,
            Some("0" | "false" | "no" | "off") => false,
            Some(_) => {
                self.fault(format!("{name}: say true or false"));
                default
            }
        }
    }

    /// A secret that production wants set and strong; development falls back to a fixed one.
    pub fn secret(&mut self, name: &str, mode: Mode) -> Secret {
        let secret = self.get(name).map(Secret::new);
        match (mode, secret) {
            (Mode::Production, None) => {
                self.fault(format!("{name}: must be set in production"));
                Secret::new("")
            }
            (Mode::Production, Some(secret)) => {
                if let Some(weakness) = secret.weakness() {
                    self.fault(format!("{name}: {weakness}"));
                }
                secret
            }
            (Mode::Development, secret) => {
                secret.unwrap_or_else(|| Secret::new(format!("development-only-{name}-0123456789abcdef")))
            }
        }
    }

    /// The public address of a service: http or https, no path, query or fragment; no trailing slash.
    pub fn public_url(&mut self, name: &str, default: &str) -> Url {
        let text = self.get(name).unwrap_or(default).to_owned();
        match Url::parse(&text) {
            Ok(url) if is_bare_origin(&url) => url,
            _ => {
                self.fault(format!("{name}: `{text}` is not an origin such as https://learn.example.org"));
                #[expect(clippy::unwrap_used, reason = "a constant that parses")]
                Url::parse("http://localhost").unwrap()
            }
        }
    }

    /// Notes a fault; [`Env::finish`] tells it.
    pub fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    /// `value`, or all faults noted.
    ///
    /// # Errors
    /// When any fault was noted.
    pub fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.faults.is_empty() { Ok(value) } else { Err(ConfigError(self.faults)) }
    }
}

fn is_bare_origin(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
}

/// Where this deployment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One machine, loopback, throw-away data. Demo accounts and the mailbox page exist only here.
    Development,
    /// Everything else, and the default: weak secrets are refused.
    Production,
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            other => Err(format!("`{other}` is neither development nor production")),
        }
    }
}

/// What all three services read alike.
#[derive(Clone, Debug)]
pub struct Common {
    /// INTELLISTACK_ENV.
    pub mode: Mode,
    /// DATABASE_URL.
    pub database_url: Secret,
    /// DATABASE_DIRECT_URL: for LISTEN and migrations where DATABASE_URL is a transaction pooler.
    pub database_direct_url: Secret,
    /// AUTH_URL, the issuer.
    pub auth_url: Url,
    /// WEB_URL.
    pub web_url: Url,
    /// API_URL.
    pub api_url: Url,
    /// TRUSTED_ORIGINS and WEB_URL and AUTH_URL, as serialised origins.
    pub trusted_origins: Vec<String>,
    /// TRUSTED_PROXIES.
    pub trusted_proxies: TrustedProxies,
}

impl Common {
    /// Reads the shared variables from `env`.
    pub fn read(env: &mut Env) -> Self {
        let mode = env.parsed("INTELLISTACK_ENV", Mode::Production);
        let database_url = env.get("DATABASE_URL").map(Secret::new).unwrap_or_else(|| {
            env.fault("DATABASE_URL: must be set, for instance postgres://intellistack@localhost/intellistack");
            Secret::new("")
        });
        let database_direct_url =
            env.get("DATABASE_DIRECT_URL").map(Secret::new).unwrap_or_else(|| database_url.clone());
        let auth_url = env.public_url("AUTH_URL", "http://localhost:3001");
        let web_url = env.public_url("WEB_URL", "http://localhost:3000");
        let api_url = env.public_url("API_URL", "http://localhost:8000");
        let insecure = env.switch("ALLOW_INSECURE_HTTP", false);
        for (name, url) in [("AUTH_URL", &auth_url), ("WEB_URL", &web_url), ("API_URL", &api_url)] {
            if url.scheme() == "http" && !is_loopback(url) && !insecure {
                env.fault(format!("{name}: plain http beyond loopback needs ALLOW_INSECURE_HTTP=true"));
            }
        }
        let trusted_origins = trusted_origins(env, [&web_url, &auth_url]);
        let trusted_proxies = env.parsed("TRUSTED_PROXIES", TrustedProxies::default());
        Self { mode, database_url, database_direct_url, auth_url, web_url, api_url, trusted_origins, trusted_proxies }
    }

    /// The issuer as it stands in tokens: AUTH_URL without a trailing slash.
    #[must_use]
    pub fn issuer(&self) -> String {
        origin(&self.auth_url)
    }
}

/// `scheme://host[:port]` of `url`.
#[must_use]
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The address a service listens on, by its variable.
pub fn listen_address(env: &mut Env, name: &str, default_port: u16) -> SocketAddr {
    env.parsed(name, SocketAddr::from(([127, 0, 0, 1], default_port)))
}

/// The address where operators read `/metrics`, by its variable; unset, nowhere.
pub fn ops_address(env: &mut Env, name: &str) -> Option<SocketAddr> {
    env.get(name)?;
    Some(env.parsed(name, SocketAddr::from(([127, 0, 0, 1], 0))))
}

fn trusted_origins(env: &mut Env, always: [&Url; 2]) -> Vec<String> {
    let mut origins: Vec<String> = always.into_iter().map(origin).collect();
    let configured = env.get("TRUSTED_ORIGINS").unwrap_or_default().to_owned();
    for text in configured.split([',', ' ']).filter(|text| !text.is_empty()) {
        match Url::parse(text) {
            Ok(url) if is_bare_origin(&url) => origins.push(origin(&url)),
            _ => env.fault(format!("TRUSTED_ORIGINS: `{text}` is not an origin")),
        }
    }
    origins.sort();
    origins.dedup();
    origins
}

/// Whether `url` points at this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Common, ConfigError> {
        let mut env = Env::from_pairs(pairs.iter().copied());
        let common = Common::read(&mut env);
        env.finish(common)
    }

    #[test]
    fn production_is_the_default_and_the_database_is_demanded() {
        let error = read(&[]).unwrap_err().to_string();
        assert!(error.contains("DATABASE_URL"), "{error}");
        assert_eq!(read(&[("DATABASE_URL", "postgres://x")]).unwrap().mode, Mode::Production);
    }

    #[test]
    fn plain_http_beyond_loopback_must_be_allowed_by_name() {
        let pairs = [("DATABASE_URL", "postgres://x"), ("WEB_URL", "http://learn.example.org")];
        assert!(read(&pairs).unwrap_err().to_string().contains("ALLOW_INSECURE_HTTP"));
        let allowed = [pairs[0], pairs[1], ("ALLOW_INSECURE_HTTP", "true")];
        assert!(read(&allowed).is_ok());
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let error = read(&[("AUTH_URL", "ftp://x"), ("TRUSTED_ORIGINS", "nonsense")]).unwrap_err().to_string();
        for name in ["DATABASE_URL", "AUTH_URL", "TRUSTED_ORIGINS"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn production_refuses_missing_and_weak_secrets() {
        for value in [None, Some("weak")] {
            let mut env = Env::from_pairs(value.map(|v| ("AUTH_SECRET", v)));
            env.secret("AUTH_SECRET", Mode::Production);
            assert!(env.finish(()).is_err());
        }
    }
}
