//! What the store inside the process promises beyond the contract.

use std::slice::from_ref;
use std::sync::Arc;

use retrieval::{EdgeStore, Embedder, VectorStore};

use crate::fixture::{NOTHING, Place, axis, found, put, words};

#[tokio::test]
async fn two_stores_live_in_one_process_and_share_a_directory_but_no_passages() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::new();
    let one = EdgeStore::open(dir.path(), Embedder::DIMENSIONS).unwrap();
    let two = EdgeStore::open(dir.path(), Embedder::DIMENSIONS).unwrap();
    let chunk = place.chunk("Odometry drifts.");
    put(&one, place, from_ref(&chunk)).await;
    assert_eq!(found(&two, &words("odometry"), &place.scope()).await, NOTHING);
    drop(two);
    assert_eq!(found(&one, &words("odometry"), &place.scope()).await, [chunk.id]);
}

#[tokio::test]
async fn a_store_starts_empty_whatever_the_last_one_held() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::new();
    let first = EdgeStore::open(dir.path(), Embedder::DIMENSIONS).unwrap();
    put(&first, place, &[place.chunk("Withdrawn.")]).await;
    drop(first);
    let second = EdgeStore::open(dir.path(), Embedder::DIMENSIONS).unwrap();
    assert_eq!(found(&second, &words("withdrawn"), &place.scope()).await, NOTHING);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_during_replacements_always_sees_the_whole_lesson() {
    const SIZE: usize = 5;
    let store: Arc<dyn VectorStore> = Arc::new(EdgeStore::temp(Embedder::DIMENSIONS).unwrap());
    let place = Place::new();
    let lesson =
        move || -> Vec<_> { (0..SIZE).map(|n| place.dense_chunk(&format!("Kinematics {n}."), axis(n))).collect() };
    put(&*store, place, &lesson()).await;
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for _ in 0..20 {
                put(&*store, place, &lesson()).await;
            }
        }
    });
    let mut searches = 0;
    while !writer.is_finished() || searches == 0 {
        let hits = store.search(&words("kinematics"), &place.scope(), 50).await.unwrap();
        assert_eq!(hits.len(), SIZE);
        searches += 1;
    }
    writer.await.unwrap();
}
