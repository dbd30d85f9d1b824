//! One suite for every store: each promise is kept by Qdrant Edge, by the Qdrant client over gRPC to a server of the
//! tests' own, and by a real Qdrant where QDRANT_URL names one.

use qdrant_client::Qdrant;
use retrieval::{Embedder, QdrantAddress, QdrantStore};
use uuid::Uuid;

use crate::fixture::say;

/// Tests of each function, which gets an empty store.
macro_rules! contract {
    ($($promise:ident),* $(,)?) => {
        mod edge {
            $(#[tokio::test]
            async fn $promise() {
                super::$promise(&retrieval::EdgeStore::temp(retrieval::Embedder::DIMENSIONS).unwrap()).await;
            })*
        }

        mod qdrant_over_grpc {
            $(#[tokio::test]
            async fn $promise() {
                let server = crate::qdrant_server::Server::start().await;
                let store = server.store();
                retrieval::VectorStore::held(&store).await.unwrap();
                super::$promise(&store).await;
            })*
        }

        mod qdrant_real {
            $(#[tokio::test]
            async fn $promise() {
                let Some(real) = crate::contract::Real::make(stringify!($promise)).await else { return };
                super::$promise(&real.store).await;
                real.delete().await;
            })*
        }
    };
}

pub(crate) use contract;

/// A collection of its own in the server of QDRANT_URL.
pub struct Real {
    pub store: QdrantStore,
    client: Qdrant,
    collection: String,
}

impl Real {
    /// `None`, with the reason printed, where there is no server.
    pub async fn make(test: &str) -> Option<Self> {
        let Ok(url) = std::env::var("QDRANT_URL") else {
            say(&format!("skipped {test} against a real Qdrant: QDRANT_URL is not set"));
            return None;
        };
        let address = QdrantAddress { url, api_key: std::env::var("QDRANT_API_KEY").ok() };
        let collection = format!("test-{}", Uuid::now_v7());
        let store = QdrantStore::new(&address, &collection, Embedder::DIMENSIONS).unwrap();
        retrieval::VectorStore::held(&store).await.unwrap();
        let client = Qdrant::from_url(&address.url).api_key(address.api_key).build().unwrap();
        Some(Self { store, client, collection })
    }

    pub async fn delete(self) {
        self.client.delete_collection(self.collection).await.unwrap();
    }
}
