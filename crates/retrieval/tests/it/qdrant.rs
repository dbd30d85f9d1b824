//! What happens when the server is away, hangs, forgets or does not know us.

use std::time::{Duration, Instant};

use retrieval::{Embedder, QdrantAddress, QdrantStore, StoreError, VectorStore};
use tokio::net::TcpListener;

use crate::fixture::{Place, axis, found, put, words};
use crate::qdrant_server::Server;

fn store_at(url: String) -> QdrantStore {
    QdrantStore::new(&QdrantAddress { url, api_key: None }, "lessons", Embedder::DIMENSIONS).unwrap()
}

/// Fails as away, and soon enough that an answer without passages comes in time.
async fn is_away(store: &QdrantStore) {
    let start = Instant::now();
    let error = store.search(&words("grippers"), &Place::new().scope(), 8).await.unwrap_err();
    assert!(matches!(error, StoreError::Away(_)), "{error:?}");
    assert!(start.elapsed() < Duration::from_millis(1_500), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_search_says_soon_that_nobody_listens_at_the_address() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    is_away(&store_at(format!("http://127.0.0.1:{port}"))).await;
}

#[tokio::test]
async fn a_search_says_soon_that_a_server_takes_connections_and_no_more() {
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    is_away(&store_at(format!("http://{}", mute.local_addr().unwrap()))).await;
}

#[tokio::test]
async fn a_search_says_soon_that_a_server_hangs_and_works_when_it_does_not_any_more() {
    let server = Server::start().await;
    let store = server.store();
    store.held().await.unwrap();
    let place = Place::new();
    let chunk = place.dense_chunk("Grippers close.", axis(0));
    put(&store, place, std::slice::from_ref(&chunk)).await;
    server.stall(true);
    is_away(&store).await;
    server.stall(false);
    assert_eq!(found(&store, &words("grippers"), &place.scope()).await, [chunk.id]);
}

#[tokio::test]
async fn without_the_right_key_nothing_is_told() {
    let server = Server::start().await;
    for key in [None, Some("another")] {
        let error = server.store_with_key(key).held().await.unwrap_err();
        assert!(error.to_string().contains("Unauthenticated"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_lost_everything_gets_its_collection_again() {
    let server = Server::start().await;
    let store = server.store();
    store.held().await.unwrap();
    let place = Place::new();
    put(&store, place, &[place.chunk("Grippers close.")]).await;
    server.wipe();
    assert!(store.search(&words("grippers"), &place.scope(), 8).await.is_err());
    assert_eq!(store.held().await.unwrap(), []);
    put(&store, place, &[place.chunk("Grippers close.")]).await;
    assert_eq!(found(&store, &words("grippers"), &place.scope()).await.len(), 1);
}

#[tokio::test]
async fn replicas_that_start_together_make_one_collection() {
    let server = Server::start().await;
    let replicas: Vec<_> = (0..8).map(|_| server.store()).collect();
    let starts = replicas.iter().map(|store| store.held());
    for held in futures_util::future::join_all(starts).await {
        assert_eq!(held.unwrap(), []);
    }
}
