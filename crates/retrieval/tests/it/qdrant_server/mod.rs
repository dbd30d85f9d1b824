//! A server that speaks as much of Qdrant's protocol as the store uses, over real gRPC, with Qdrant Edge's engine
//! behind it. What it does not know it refuses, so that a request with another meaning is never half obeyed.

mod engine;
mod translate;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use qdrant_client::qdrant::{CreateFieldIndexCollection, DeletePoints, FacetCounts, QueryPoints, UpsertPoints};
use retrieval::{Embedder, QdrantAddress, QdrantStore};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use self::engine::Collection;

/// The key that clients must show.
pub const KEY: &str = "a key of the tests";

/// A running server; it ends with the test.
pub struct Server {
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    collections: Mutex<HashMap<String, Collection>>,
    stalled: AtomicBool,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<State>::default();
        let service = tower::service_fn({
            let state = Arc::clone(&state);
            move |request| answer(Arc::clone(&state), request)
        });
        let incoming = tonic::transport::server::TcpIncoming::from(listener);
        tokio::spawn(tonic::transport::Server::builder().serve_with_incoming(service, incoming));
        Self { url, state }
    }

    /// A store that knows the key.
    pub fn store(&self) -> QdrantStore {
        self.store_with_key(Some(KEY))
    }

    pub fn store_with_key(&self, key: Option<&str>) -> QdrantStore {
        let address = QdrantAddress { url: self.url.clone(), api_key: key.map(str::to_owned) };
        QdrantStore::new(&address, "lessons", Embedder::DIMENSIONS).unwrap()
    }

    /// From now on requests are taken and never answered, or answered again.
    pub fn stall(&self, stalled: bool) {
        self.state.stalled.store(stalled, Ordering::SeqCst);
    }

    /// Loses everything, as a server whose disk was replaced.
    pub fn wipe(&self) {
        self.state.collections.lock().unwrap().clear();
    }
}

async fn answer(state: Arc<State>, request: http::Request<Body>) -> Result<http::Response<Body>, Infallible> {
    if state.stalled.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    if request.headers().get("api-key").and_then(|key| key.to_str().ok()) != Some(KEY) {
        return Ok(Status::unauthenticated("Must provide an API key or an Authorization bearer token").into_http());
    }
    let path = request.uri().path().to_owned();
    Ok(match path.as_str() {
        "/qdrant.Collections/CollectionExists" => unary(request, |ask| state.exists(&ask)).await,
        "/qdrant.Collections/Create" => unary(request, |ask| state.create(&ask)).await,
        "/qdrant.Points/CreateFieldIndex" => {
            unary(request, |ask: CreateFieldIndexCollection| state.on(&ask.collection_name, |it| it.index(&ask))).await
        }
        "/qdrant.Points/Upsert" => {
            unary(request, |ask: UpsertPoints| state.on(&ask.collection_name, |it| it.upsert(&ask))).await
        }
        "/qdrant.Points/Delete" => {
            unary(request, |ask: DeletePoints| state.on(&ask.collection_name, |it| it.delete(&ask))).await
        }
        "/qdrant.Points/Facet" => {
            unary(request, |ask: FacetCounts| state.on(&ask.collection_name, |it| it.facet(&ask))).await
        }
        "/qdrant.Points/Query" => {
            unary(request, |ask: QueryPoints| state.on(&ask.collection_name, |it| it.query(&ask))).await
        }
        other => Status::unimplemented(other).into_http(),
    })
}

/// Decodes a request, asks `act`, encodes its answer.
async fn unary<Ask, Told>(
    request: http::Request<Body>,
    act: impl Fn(Ask) -> Result<Told, Status>,
) -> http::Response<Body>
where
    Ask: prost::Message + Default + Send + 'static,
    Told: prost::Message + Default + Send + 'static,
{
    let act = &act;
    let service = tower::service_fn(|ask: Request<Ask>| std::future::ready(act(ask.into_inner()).map(Response::new)));
    Grpc::new(ProstCodec::<Told, Ask>::default()).unary(service, request).await
}
