//! Which providers are offered, and where they are.

use service::{Env, Secret, config::is_loopback};
use url::Url;

/// GOOGLE_*, GITHUB_*.
#[derive(Clone, Debug)]
pub struct SocialConfig {
    /// Google, when it is offered.
    pub google: Option<GoogleConfig>,
    /// GitHub, when it is offered.
    pub github: Option<GitHubConfig>,
}

/// Our registration with a provider.
#[derive(Clone, Debug)]
pub struct Registration {
    /// *_CLIENT_ID.
    pub client_id: String,
    /// *_CLIENT_SECRET.
    pub client_secret: Secret,
}

/// Google.
#[derive(Clone, Debug)]
pub struct GoogleConfig {
    /// GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET.
    pub registration: Registration,
    /// GOOGLE_ISSUER_URL: `iss` of its ID tokens, without a trailing slash.
    pub issuer: String,
}

/// GitHub.
#[derive(Clone, Debug)]
pub struct GitHubConfig {
    /// GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET.
    pub registration: Registration,
    /// GITHUB_URL: where people sign in, without a trailing slash.
    pub url: String,
    /// GITHUB_API_URL: where profiles are, without a trailing slash.
    pub api_url: String,
}

impl SocialConfig {
    /// Reads the variables; a provider is offered when its id and its secret are set.
    pub fn read(env: &mut Env) -> Self {
        let google = registration(env, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET");
        let github = registration(env, "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET");
        let issuer = base_url(env, "GOOGLE_ISSUER_URL", "https://accounts.google.com");
        let url = base_url(env, "GITHUB_URL", "https://github.com");
        let api_url = base_url(env, "GITHUB_API_URL", "https://api.github.com");
        Self {
            google: google.map(|registration| GoogleConfig { registration, issuer }),
            github: github.map(|registration| GitHubConfig { registration, url, api_url }),
        }
    }
}

fn registration(env: &mut Env, id: &str, secret: &str) -> Option<Registration> {
    match (env.get(id).map(str::to_owned), env.get(secret).map(Secret::new)) {
        (Some(client_id), Some(client_secret)) => Some(Registration { client_id, client_secret }),
        (None, None) => None,
        (Some(_), None) => {
            env.fault(format!("{secret}: must be set as {id} is"));
            None
        }
        (None, Some(_)) => {
            env.fault(format!("{id}: must be set as {secret} is"));
            None
        }
    }
}

/// An address that may have a path (GitHub Enterprise has its API at `/api/v3`). Secrets and tokens travel there, so
/// plain http is for this machine alone.
fn base_url(env: &mut Env, name: &str, default: &str) -> String {
    let text = env.get(name).unwrap_or(default).trim_end_matches('/').to_owned();
    let usable = Url::parse(&text).is_ok_and(|url| {
        (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)))
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    });
    if !usable {
        env.fault(format!("{name}: `{text}` is not an https address such as {default}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> (SocialConfig, Option<String>) {
        let mut env = Env::from_pairs(pairs.iter().copied());
        let config = SocialConfig::read(&mut env);
        (config, env.finish(()).err().map(|faults| faults.to_string()))
    }

    #[test]
    fn a_provider_needs_both_its_id_and_its_secret() {
        let (config, faults) = read(&[]);
        assert!(config.google.is_none() && config.github.is_none() && faults.is_none());
        let (config, faults) = read(&[("GOOGLE_CLIENT_ID", "g"), ("GOOGLE_CLIENT_SECRET", "s")]);
        assert!(config.google.is_some_and(|google| google.issuer == "https://accounts.google.com") && faults.is_none());
        let (_, faults) = read(&[("GOOGLE_CLIENT_ID", "g"), ("GITHUB_CLIENT_SECRET", "s")]);
        let faults = faults.unwrap_or_default();
        assert!(faults.contains("GOOGLE_CLIENT_SECRET") && faults.contains("GITHUB_CLIENT_ID"), "{faults}");
    }

    #[test]
    fn secrets_do_not_travel_over_plain_http() {
        assert!(read(&[("GITHUB_URL", "http://ghe.example.org")]).1.is_some());
        assert!(read(&[("GITHUB_API_URL", "ftp://x")]).1.is_some());
        let (_, faults) =
            read(&[("GITHUB_API_URL", "https://ghe.example.org/api/v3/"), ("GITHUB_URL", "http://127.0.0.1:9")]);
        assert_eq!(faults, None);
    }
}
