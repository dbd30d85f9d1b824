//! Putting lessons in, replacing them, taking them out.

use std::slice::from_ref;
use std::sync::Arc;

use retrieval::{EdgeStore, StoreError, VectorStore};

use crate::fixture::{NOTHING, Place, axis, found, meaning, words};

#[tokio::test]
async fn replacing_a_lesson_removes_its_old_passages_and_no_others() {
    let store = EdgeStore::temp().unwrap();
    let place = Place::new();
    let neighbour = Place { lesson: uuid::Uuid::now_v7(), ..place };
    let old = place.dense_chunk("Actuators push.", axis(0));
    let kept = neighbour.dense_chunk("Actuators pull.", axis(0));
    let new = place.chunk("Sensors listen.");
    store.replace_lesson(place.lesson, &[old]).await.unwrap();
    store.replace_lesson(neighbour.lesson, from_ref(&kept)).await.unwrap();
    store.replace_lesson(place.lesson, from_ref(&new)).await.unwrap();

    assert_eq!(found(&store, &words("actuators"), &place.scope()).await, [kept.id]);
    assert_eq!(found(&store, &meaning(axis(0)), &place.scope()).await, [kept.id]);
    assert_eq!(found(&store, &words("sensors"), &place.scope()).await, [new.id]);
}

#[tokio::test]
async fn a_passage_that_keeps_its_id_has_its_new_words_only() {
    let store = EdgeStore::temp().unwrap();
    let place = Place::new();
    let before = place.dense_chunk("Actuators push.", axis(0));
    let after = retrieval::Chunk { text: "Sensors listen.".into(), dense: None, ..before.clone() };
    store.replace_lesson(place.lesson, from_ref(&before)).await.unwrap();
    store.replace_lesson(place.lesson, &[after]).await.unwrap();
    assert_eq!(found(&store, &words("actuators"), &place.scope()).await, NOTHING);
    assert_eq!(found(&store, &meaning(axis(0)), &place.scope()).await, NOTHING);
    assert_eq!(found(&store, &words("sensors"), &place.scope()).await, [before.id]);
}

#[tokio::test]
async fn a_removed_lesson_is_not_found_and_removing_it_again_is_no_error() {
    let store = EdgeStore::temp().unwrap();
    let place = Place::new();
    store.replace_lesson(place.lesson, &[place.dense_chunk("Grippers.", axis(0))]).await.unwrap();
    store.remove_lesson(place.lesson).await.unwrap();
    store.remove_lesson(place.lesson).await.unwrap();
    assert_eq!(found(&store, &words("grippers"), &place.scope()).await, NOTHING);
    assert_eq!(found(&store, &meaning(axis(0)), &place.scope()).await, NOTHING);
}

#[tokio::test]
async fn a_refused_replacement_leaves_the_lesson_as_it_was() {
    let store = EdgeStore::temp().unwrap();
    let (place, other) = (Place::new(), Place::new());
    let old = place.chunk("Grippers close.");
    store.replace_lesson(place.lesson, from_ref(&old)).await.unwrap();

    let stray = [place.chunk("Hands open."), other.chunk("Feet walk.")];
    let error = store.replace_lesson(place.lesson, &stray).await.unwrap_err();
    assert!(matches!(error, StoreError::WrongLesson { .. }), "{error}");
    let short = [place.dense_chunk("Hands open.", vec![1.0])];
    let error = store.replace_lesson(place.lesson, &short).await.unwrap_err();
    assert!(matches!(error, StoreError::BadVector { expected: 384, actual: 1 }), "{error}");

    assert_eq!(found(&store, &words("grippers hands"), &place.scope()).await, [old.id]);
}

#[tokio::test]
async fn two_stores_live_in_one_process_and_share_a_directory_but_no_passages() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::new();
    let one = EdgeStore::open(dir.path()).unwrap();
    let two = EdgeStore::open(dir.path()).unwrap();
    let chunk = place.chunk("Odometry drifts.");
    one.replace_lesson(place.lesson, from_ref(&chunk)).await.unwrap();
    assert_eq!(found(&two, &words("odometry"), &place.scope()).await, NOTHING);
    drop(two);
    assert_eq!(found(&one, &words("odometry"), &place.scope()).await, [chunk.id]);
}

#[tokio::test]
async fn a_store_starts_empty_whatever_the_last_one_held() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::new();
    let first = EdgeStore::open(dir.path()).unwrap();
    first.replace_lesson(place.lesson, &[place.chunk("Withdrawn.")]).await.unwrap();
    drop(first);
    let second = EdgeStore::open(dir.path()).unwrap();
    assert_eq!(found(&second, &words("withdrawn"), &place.scope()).await, NOTHING);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_during_replacements_always_sees_the_whole_lesson() {
    const SIZE: usize = 5;
    let store: Arc<dyn VectorStore> = Arc::new(EdgeStore::temp().unwrap());
    let place = Place::new();
    let lesson =
        move || -> Vec<_> { (0..SIZE).map(|n| place.dense_chunk(&format!("Kinematics {n}."), axis(n))).collect() };
    store.replace_lesson(place.lesson, &lesson()).await.unwrap();
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for _ in 0..20 {
                store.replace_lesson(place.lesson, &lesson()).await.unwrap();
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
