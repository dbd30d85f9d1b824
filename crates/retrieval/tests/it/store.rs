//! Putting lessons in, replacing them, taking them out.

use std::slice::from_ref;

use retrieval::{StoreError, VectorStore};

use crate::contract::contract;
use crate::fixture::{NOTHING, Place, axis, edition, found, meaning, put, words};

contract! {
    replacing_a_lesson_removes_its_old_passages_and_no_others,
    a_passage_that_keeps_its_id_has_its_new_words_only,
    a_removed_lesson_is_not_found_and_removing_it_again_is_no_error,
    a_refused_replacement_leaves_the_lesson_as_it_was,
    a_store_says_which_edition_of_each_lesson_it_holds,
    putting_the_same_edition_twice_changes_nothing,
    a_lesson_that_moves_to_another_stage_is_found_there_alone,
    a_lesson_without_passages_is_no_error,
    tidying_up_loses_nothing,
}

async fn replacing_a_lesson_removes_its_old_passages_and_no_others(store: &dyn VectorStore) {
    let place = Place::new();
    let neighbour = Place { lesson: uuid::Uuid::now_v7(), ..place };
    let old = place.dense_chunk("Actuators push.", axis(0));
    let kept = neighbour.dense_chunk("Actuators pull.", axis(0));
    let new = place.chunk("Sensors listen.");
    put(store, place, &[old]).await;
    put(store, neighbour, from_ref(&kept)).await;
    put(store, place, from_ref(&new)).await;

    assert_eq!(found(store, &words("actuators"), &place.scope()).await, [kept.id]);
    assert_eq!(found(store, &meaning(axis(0)), &place.scope()).await, [kept.id]);
    assert_eq!(found(store, &words("sensors"), &place.scope()).await, [new.id]);
}

async fn a_passage_that_keeps_its_id_has_its_new_words_only(store: &dyn VectorStore) {
    let place = Place::new();
    let before = place.dense_chunk("Actuators push.", axis(0));
    let after = retrieval::Chunk { text: "Sensors listen.".into(), dense: None, ..before.clone() };
    put(store, place, from_ref(&before)).await;
    put(store, place, &[after]).await;
    assert_eq!(found(store, &words("actuators"), &place.scope()).await, NOTHING);
    assert_eq!(found(store, &meaning(axis(0)), &place.scope()).await, NOTHING);
    assert_eq!(found(store, &words("sensors"), &place.scope()).await, [before.id]);
}

async fn a_removed_lesson_is_not_found_and_removing_it_again_is_no_error(store: &dyn VectorStore) {
    let place = Place::new();
    put(store, place, &[place.dense_chunk("Grippers.", axis(0))]).await;
    store.remove_lesson(place.lesson).await.unwrap();
    store.remove_lesson(place.lesson).await.unwrap();
    assert_eq!(found(store, &words("grippers"), &place.scope()).await, NOTHING);
    assert_eq!(found(store, &meaning(axis(0)), &place.scope()).await, NOTHING);
}

async fn a_refused_replacement_leaves_the_lesson_as_it_was(store: &dyn VectorStore) {
    let (place, other) = (Place::new(), Place::new());
    let old = place.chunk("Grippers close.");
    put(store, place, from_ref(&old)).await;

    let stray = [place.chunk("Hands open."), other.chunk("Feet walk.")];
    let error = store.replace_lesson(edition(place), &stray).await.unwrap_err();
    assert!(matches!(error, StoreError::WrongLesson { .. }), "{error}");
    let short = [place.dense_chunk("Hands open.", vec![1.0])];
    let error = store.replace_lesson(edition(place), &short).await.unwrap_err();
    assert!(matches!(error, StoreError::BadVector { expected: 384, actual: 1 }), "{error}");

    assert_eq!(found(store, &words("grippers hands"), &place.scope()).await, [old.id]);
}

async fn a_store_says_which_edition_of_each_lesson_it_holds(store: &dyn VectorStore) {
    assert_eq!(store.held().await.unwrap(), []);
    let (one, two) = (Place::new(), Place::new());
    put(store, one, &[one.chunk("Grippers close."), one.chunk("Hands open.")]).await;
    let first = edition(two);
    store.replace_lesson(first, &[two.chunk("Feet walk.")]).await.unwrap();
    let again = edition(two);
    store.replace_lesson(again, &[two.chunk("Feet run.")]).await.unwrap();
    store.remove_lesson(one.lesson).await.unwrap();
    assert_eq!(store.held().await.unwrap(), [again]);
}

async fn putting_the_same_edition_twice_changes_nothing(store: &dyn VectorStore) {
    let place = Place::new();
    let chunks = [place.dense_chunk("Grippers close.", axis(0)), place.chunk("Hands open.")];
    let edition = edition(place);
    for _ in 0..2 {
        store.replace_lesson(edition, &chunks).await.unwrap();
        assert_eq!(found(store, &words("grippers"), &place.scope()).await, [chunks[0].id]);
        assert_eq!(store.held().await.unwrap(), [edition]);
    }
}

async fn a_lesson_that_moves_to_another_stage_is_found_there_alone(store: &dyn VectorStore) {
    let before = Place::new();
    let after = Place { stage: uuid::Uuid::now_v7(), ..before };
    let chunk = before.dense_chunk("Grippers close.", axis(0));
    put(store, before, from_ref(&chunk)).await;
    put(store, after, &[retrieval::Chunk { stage_id: after.stage, ..chunk.clone() }]).await;
    for query in [words("grippers"), meaning(axis(0))] {
        assert_eq!(found(store, &query, &before.scope()).await, NOTHING);
        assert_eq!(found(store, &query, &after.scope()).await, [chunk.id]);
    }
}

async fn a_lesson_without_passages_is_no_error(store: &dyn VectorStore) {
    let place = Place::new();
    put(store, place, &[place.chunk("Grippers close.")]).await;
    put(store, place, &[]).await;
    assert_eq!(found(store, &words("grippers"), &place.scope()).await, NOTHING);
}

async fn tidying_up_loses_nothing(store: &dyn VectorStore) {
    let place = Place::new();
    let chunk = place.dense_chunk("Grippers close.", axis(0));
    put(store, place, from_ref(&chunk)).await;
    store.tidy().await.unwrap();
    assert_eq!(found(store, &words("grippers"), &place.scope()).await, [chunk.id]);
}
