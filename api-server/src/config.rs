//! What the learning API reads from the environment.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use service::{
    Common, Env,
    config::{listen_address, ops_address},
};

use crate::llm::ModelConfig;

/// The configuration of the learning API.
#[derive(Clone, Debug)]
pub struct Config {
    /// What all services share.
    pub common: Common,
    /// API_ADDR: where it listens.
    pub addr: SocketAddr,
    /// API_OPS_ADDR: where operators read `/metrics`; unset, nowhere.
    pub ops_addr: Option<SocketAddr>,
    /// EMBEDDINGS: whether passages and questions get dense vectors.
    pub embeddings: Embeddings,
    /// EMBEDDINGS_DIR: where the embedding model's files are.
    pub embeddings_dir: PathBuf,
    /// EDGE_DIR: below which the vector index is built; unset, among the system's temporary files.
    pub edge_dir: Option<PathBuf>,
    /// TUTOR_DAILY_LIMIT: messages a student may send to the tutor in 24 hours.
    pub tutor_daily_limit: u32,
    /// TUTOR_UNHEARD_SECONDS: how long an answer goes on that nobody listens to.
    pub tutor_unheard: Duration,
    /// OPENAI_*: the model that writes the tutor's answers; without it the built-in guide does.
    pub model: Option<ModelConfig>,
}

/// Where dense vectors come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embeddings {
    /// A model run in this process.
    Local,
    /// Nowhere: search is by words alone.
    Off,
}

impl FromStr for Embeddings {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "local" => Ok(Self::Local),
            "off" => Ok(Self::Off),
            other => Err(format!("`{other}` is not known; say local or off")),
        }
    }
}

impl Config {
    /// Reads all variables; what is wrong is noted in `env`.
    pub fn read(env: &mut Env) -> Self {
        let common = Common::read(env);
        Self {
            common,
            addr: listen_address(env, "API_ADDR", 8000),
            ops_addr: ops_address(env, "API_OPS_ADDR"),
            embeddings: env.parsed("EMBEDDINGS", Embeddings::Local),
            embeddings_dir: env.get("EMBEDDINGS_DIR").unwrap_or(".data/models/all-MiniLM-L6-v2").into(),
            edge_dir: env.get("EDGE_DIR").map(PathBuf::from),
            tutor_daily_limit: env.parsed("TUTOR_DAILY_LIMIT", 20),
            tutor_unheard: Duration::from_secs(env.parsed("TUTOR_UNHEARD_SECONDS", 120)),
            model: ModelConfig::read(env),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let mut env = Env::from_pairs([("DATABASE_URL", "postgres://x")].iter().chain(pairs).copied());
        let config = Config::read(&mut env);
        env.finish(config).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_those_of_the_manual() {
        let config = read(&[]).unwrap();
        assert_eq!(config.addr.port(), 8000);
        assert_eq!(config.tutor_daily_limit, 20);
        assert_eq!(config.embeddings, Embeddings::Local);
    }

    #[test]
    fn faults_name_their_variable() {
        let error =
            read(&[("EMBEDDINGS", "cloud"), ("API_OPS_ADDR", "here"), ("TUTOR_DAILY_LIMIT", "-1")]).unwrap_err();
        for name in ["EMBEDDINGS: `cloud`", "API_OPS_ADDR", "TUTOR_DAILY_LIMIT"] {
            assert!(error.contains(name), "{error}");
        }
    }
}
