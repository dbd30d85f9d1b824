//! What the learning API reads from the environment.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use retrieval::RemoteModel;
use service::{
    Common, Env, Secret,
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
    /// API_DATABASE_CONNECTIONS: the most that requests of this replica use at once.
    pub database_connections: u32,
    /// EMBEDDINGS: where passages and questions get dense vectors from.
    pub embeddings: Embeddings,
    /// QDRANT_URL: where vectors live.
    pub vectors: Vectors,
    /// TUTOR_DAILY_LIMIT: messages a student may send to the tutor in 24 hours.
    pub tutor_daily_limit: u32,
    /// TUTOR_UNHEARD_SECONDS: how long an answer goes on that nobody listens to.
    pub tutor_unheard: Duration,
    /// OPENAI_*: the model that writes the tutor's answers; without it the built-in guide does.
    pub model: Option<ModelConfig>,
}

/// Where dense vectors come from.
#[derive(Clone, Debug)]
pub enum Embeddings {
    /// A model run in this process; EMBEDDINGS_DIR: where its files are.
    Local(PathBuf),
    /// A model behind an OpenAI-compatible API.
    OpenAi(RemoteModel),
    /// Nowhere: search is by words alone.
    Off,
}

impl Embeddings {
    fn read(env: &mut Env) -> Self {
        match env.get("EMBEDDINGS").unwrap_or("local") {
            "local" => Self::Local(env.get("EMBEDDINGS_DIR").unwrap_or(".data/models/all-MiniLM-L6-v2").into()),
            "off" => Self::Off,
            "openai" => Self::openai(env),
            other => {
                let fault = format!("EMBEDDINGS: `{other}` is not known; say local, openai or off");
                env.fault(fault);
                Self::Off
            }
        }
    }

    /// The same API as the tutor's model.
    fn openai(env: &mut Env) -> Self {
        let (base_url, api_key) = (env.get("OPENAI_BASE_URL"), env.get("OPENAI_API_KEY"));
        let api_key = api_key.map(str::to_owned);
        let unknown = base_url.is_none() && api_key.is_none();
        let base_url = base_url.unwrap_or("https://api.openai.com/v1").to_owned();
        let name = env.get("EMBEDDINGS_MODEL").unwrap_or("text-embedding-3-small").to_owned();
        if unknown {
            env.fault("EMBEDDINGS: openai needs OPENAI_API_KEY, or OPENAI_BASE_URL of a server that wants none");
        }
        let dimensions = env.parsed("EMBEDDINGS_DIMENSIONS", 1_536);
        Self::OpenAi(RemoteModel { base_url, api_key, name, dimensions })
    }
}

/// Where vectors live.
#[derive(Clone, Debug)]
pub enum Vectors {
    /// In an index in the process; EDGE_DIR: below which it is built; unset, among the system's temporary files.
    Edge {
        /// The directory.
        dir: Option<PathBuf>,
    },
    /// In a Qdrant server.
    Qdrant {
        /// QDRANT_URL: its gRPC address.
        url: String,
        /// QDRANT_API_KEY.
        api_key: Option<Secret>,
    },
}

impl Vectors {
    fn read(env: &mut Env) -> Self {
        let Some(url) = env.get("QDRANT_URL").map(str::to_owned) else {
            return Self::Edge { dir: env.get("EDGE_DIR").map(PathBuf::from) };
        };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            env.fault("QDRANT_URL: the gRPC address begins with http:// or https://, for instance http://qdrant:6334");
        }
        Self::Qdrant { url, api_key: env.get("QDRANT_API_KEY").map(Secret::new) }
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
            database_connections: env.parsed("API_DATABASE_CONNECTIONS", 16),
            embeddings: Embeddings::read(env),
            vectors: Vectors::read(env),
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
        assert!(matches!(config.embeddings, Embeddings::Local(_)));
        assert!(matches!(config.vectors, Vectors::Edge { dir: None }));
    }

    #[test]
    fn an_embeddings_api_needs_a_key_or_an_address_of_its_own() {
        let error = read(&[("EMBEDDINGS", "openai")]).unwrap_err();
        assert!(error.contains("OPENAI_API_KEY"), "{error}");
        let config = read(&[("EMBEDDINGS", "openai"), ("OPENAI_API_KEY", "sk-very-secret")]).unwrap();
        assert!(!format!("{config:?}").contains("very-secret"));
        let Embeddings::OpenAi(model) = config.embeddings else { panic!("{:?}", config.embeddings) };
        assert_eq!((&*model.base_url, model.dimensions), ("https://api.openai.com/v1", 1_536));
    }

    #[test]
    fn a_qdrant_is_named_with_its_scheme_and_its_key_is_not_shown() {
        let error = read(&[("QDRANT_URL", "qdrant:6334")]).unwrap_err();
        assert!(error.contains("QDRANT_URL"), "{error}");
        let config = read(&[("QDRANT_URL", "https://q:6334"), ("QDRANT_API_KEY", "s3cret")]).unwrap();
        assert!(!format!("{config:?}").contains("s3cret"));
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
