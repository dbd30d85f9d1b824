//! Which model, and how long to wait for it.

use std::{str::FromStr, time::Duration};

use http::HeaderValue;
use service::{Env, Secret, config::is_loopback};
use url::Url;

/// OpenAI's own address.
const OPENAI: &str = "https://api.openai.com/v1";
/// The longest time that can be configured: turns end after it anyway.
const LONGEST: Duration = Duration::from_secs(300);

/// A chat API, and how to deal with it.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// OPENAI_BASE_URL, without a slash at its end.
    pub base_url: String,
    /// OPENAI_API_KEY; servers on one's own machine may need none.
    pub key: Option<Secret>,
    /// OPENAI_MODEL.
    pub name: String,
    /// How long to wait.
    pub patience: Patience,
    /// TUTOR_MODEL_REST_SECONDS: how long a model that failed repeatedly is left alone.
    pub rest: Duration,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// TUTOR_CONNECT_SECONDS: for a connection.
    pub connect: Duration,
    /// TUTOR_FIRST_TOKEN_SECONDS: for the first words, all tries together.
    pub first: Duration,
    /// TUTOR_TOKEN_GAP_SECONDS: between one word and the next.
    pub gap: Duration,
    /// TUTOR_ANSWER_SECONDS: for the whole answer.
    pub whole: Duration,
}

impl ModelConfig {
    /// Reads the variables; without OPENAI_API_KEY and OPENAI_BASE_URL there is no model, nor with EMBEDDINGS=openai and
    /// no OPENAI_MODEL. What is wrong is noted in `env`.
    pub fn read(env: &mut Env) -> Option<Self> {
        let rest = seconds(env, "TUTOR_MODEL_REST_SECONDS", 30);
        let patience = Patience {
            connect: seconds(env, "TUTOR_CONNECT_SECONDS", 3),
            first: seconds(env, "TUTOR_FIRST_TOKEN_SECONDS", 20),
            gap: seconds(env, "TUTOR_TOKEN_GAP_SECONDS", 15),
            whole: seconds(env, "TUTOR_ANSWER_SECONDS", 90),
        };
        let key = env.get("OPENAI_API_KEY").map(Secret::new);
        if key.is_none() && env.get("OPENAI_BASE_URL").is_none() {
            return None;
        }
        if key.as_ref().is_some_and(|key| HeaderValue::from_str(key.expose()).is_err()) {
            env.fault("OPENAI_API_KEY: holds characters that no key has");
        }
        // The key may be there for the vectors alone.
        if env.get("OPENAI_MODEL").is_none() && env.get("EMBEDDINGS") == Some("openai") {
            return None;
        }
        let name = env.get("OPENAI_MODEL").map(str::to_owned).unwrap_or_else(|| {
            env.fault("OPENAI_MODEL: must name the model, because OPENAI_API_KEY or OPENAI_BASE_URL is set");
            String::new()
        });
        Some(Self { base_url: base_url(env), key, name, patience, rest })
    }
}

fn base_url(env: &mut Env) -> String {
    let text = env.get("OPENAI_BASE_URL").unwrap_or(OPENAI).to_owned();
    let insecure = env.switch("ALLOW_INSECURE_HTTP", false);
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "http" && !is_loopback(&url) && !insecure => {
            env.fault("OPENAI_BASE_URL: plain http beyond loopback needs ALLOW_INSECURE_HTTP=true");
        }
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.username().is_empty() => {}
        // Not repeated: an address may hold a password.
        _ => env.fault("OPENAI_BASE_URL: is not an address such as https://api.openai.com/v1"),
    }
    text.trim_end_matches('/').to_owned()
}

struct Seconds(Duration);

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let duration = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let duration = duration.filter(|duration| !duration.is_zero() && *duration <= LONGEST);
        duration.map(Self).ok_or("say a number of seconds, above 0 and at most 300")
    }
}

fn seconds(env: &mut Env, name: &str, default: u64) -> Duration {
    env.parsed(name, Seconds(Duration::from_secs(default))).0
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<ModelConfig>, String> {
        let mut env = Env::from_pairs(pairs.iter().copied());
        let config = ModelConfig::read(&mut env);
        env.finish(config).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_set_means_no_model() {
        assert!(read(&[]).unwrap().is_none());
        assert!(read(&[("OPENAI_MODEL", "m")]).unwrap().is_none());
    }

    #[test]
    fn a_key_alone_means_openai_and_an_address_alone_a_server_without_key() {
        let hosted = read(&[("OPENAI_API_KEY", "k"), ("OPENAI_MODEL", "m")]).unwrap().unwrap();
        assert_eq!(hosted.base_url, OPENAI);
        let own = read(&[("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1/"), ("OPENAI_MODEL", "m")]).unwrap().unwrap();
        assert_eq!(own.base_url, "http://127.0.0.1:8080/v1");
        assert!(own.key.is_none());
        assert_eq!(own.patience.first, Duration::from_secs(20));
    }

    #[test]
    fn faults_name_their_variable_and_never_the_key() {
        let error = read(&[
            ("OPENAI_API_KEY", "sk-secret\nx"),
            ("OPENAI_BASE_URL", "http://models.example.org/v1"),
            ("TUTOR_TOKEN_GAP_SECONDS", "0"),
        ])
        .unwrap_err();
        for name in ["OPENAI_API_KEY", "OPENAI_MODEL", "OPENAI_BASE_URL: plain http", "TUTOR_TOKEN_GAP_SECONDS"] {
            assert!(error.contains(name), "{error}");
        }
        assert!(!error.contains("sk-secret"));
    }
}
