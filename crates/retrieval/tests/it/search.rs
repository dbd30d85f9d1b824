//! What is found, and above all what is not.

use std::slice::from_ref;

use retrieval::{Chunk, Query, Scope, StoreError, VectorStore};

use crate::contract::contract;
use crate::fixture::{NOTHING, Place, axis, found, meaning, put, words};

contract! {
    a_locked_stages_passage_is_never_found_even_as_the_only_match,
    many_better_matches_in_locked_stages_do_not_crowd_out_an_open_one,
    an_empty_scope_sees_nothing,
    several_stages_are_searched_together,
    a_rare_word_is_found_by_bm25_in_any_form,
    headings_and_titles_count_as_words_of_the_passage,
    a_passage_that_both_halves_find_beats_one_that_one_half_finds,
    equal_scores_come_in_the_order_of_their_ids,
    a_passage_is_found_by_each_question_that_is_asked_of_it,
    a_question_without_words_finds_nothing_and_is_no_error,
    the_nearest_passage_is_not_found_when_it_is_far_from_the_question,
    a_vector_of_another_model_is_refused,
}

async fn a_locked_stages_passage_is_never_found_even_as_the_only_match(store: &dyn VectorStore) {
    let (open, locked) = (Place::new(), Place::new());
    let secret = locked.dense_chunk("The quaternion never gimbals.", axis(0));
    put(store, locked, from_ref(&secret)).await;
    put(store, open, &[open.dense_chunk("Wheels.", axis(1))]).await;

    let by_words = words("quaternion");
    let by_meaning = meaning(axis(0));
    let by_both = Query { text: "quaternion".into(), dense: Some(axis(0)) };
    for query in [&by_words, &by_meaning, &by_both] {
        assert!(!found(store, query, &open.scope()).await.contains(&secret.id), "{}", query.text);
        assert!(found(store, query, &locked.scope()).await.contains(&secret.id));
    }
    assert_eq!(found(store, &by_words, &open.scope()).await, NOTHING);
}

async fn many_better_matches_in_locked_stages_do_not_crowd_out_an_open_one(store: &dyn VectorStore) {
    let (open, locked) = (Place::new(), Place::new());
    let better: Vec<_> = (0..300).map(|_| locked.dense_chunk("torque torque torque", axis(0))).collect();
    put(store, locked, &better).await;
    let mut slanted = axis(0);
    slanted[1] = 2.0;
    let only = open.dense_chunk("A word on torque among many words about gears.", slanted);
    put(store, open, from_ref(&only)).await;

    assert_eq!(found(store, &words("torque"), &open.scope()).await, [only.id]);
    assert_eq!(found(store, &meaning(axis(0)), &open.scope()).await, [only.id]);
}

async fn an_empty_scope_sees_nothing(store: &dyn VectorStore) {
    let place = Place::new();
    put(store, place, &[place.dense_chunk("Gravity.", axis(0))]).await;
    let query = Query { text: "gravity".into(), dense: Some(axis(0)) };
    assert_eq!(found(store, &query, &Scope::default()).await, NOTHING);
}

async fn several_stages_are_searched_together(store: &dyn VectorStore) {
    let (one, two) = (Place::new(), Place::new());
    let (a, b) = (one.chunk("Lidar measures range."), two.chunk("Lidar sweeps a plane."));
    put(store, one, from_ref(&a)).await;
    put(store, two, from_ref(&b)).await;
    let scope = Scope { stage_ids: vec![one.stage, two.stage] };
    let mut ids = found(store, &words("lidar"), &scope).await;
    ids.sort();
    assert_eq!(ids, [a.id, b.id]);
}

async fn a_rare_word_is_found_by_bm25_in_any_form(store: &dyn VectorStore) {
    let place = Place::new();
    let rare = place.chunk("Gimbal lock is what a singular Jacobian looks like.");
    let mut chunks: Vec<_> = (0..40).map(|n| place.chunk(&format!("The robot moves joint {n} of the arm."))).collect();
    chunks.push(rare.clone());
    put(store, place, &chunks).await;
    let ids = found(store, &words("What are Jacobians of the robot?"), &place.scope()).await;
    assert_eq!(ids.first(), Some(&rare.id));
}

async fn headings_and_titles_count_as_words_of_the_passage(store: &dyn VectorStore) {
    let place = Place::new();
    let chunk = place.chunk("It maps one basis to another.");
    put(store, place, from_ref(&chunk)).await;
    assert_eq!(found(store, &words("transform"), &place.scope()).await, [chunk.id]);
}

async fn a_passage_that_both_halves_find_beats_one_that_one_half_finds(store: &dyn VectorStore) {
    let place = Place::new();
    let both = place.dense_chunk("Encoders count ticks.", axis(0));
    let near = place.dense_chunk("Something else entirely.", axis(0));
    put(store, place, &[near.clone(), both.clone()]).await;
    let query = Query { text: "encoders".into(), dense: Some(axis(0)) };
    assert_eq!(found(store, &query, &place.scope()).await, [both.id, near.id]);
}

async fn equal_scores_come_in_the_order_of_their_ids(store: &dyn VectorStore) {
    let place = Place::new();
    let spoken = place.chunk("Encoders count ticks.");
    // The second place among those that are meant counts as much as the first among those that say it.
    let slanted = [0.0, 0.1].map(|slant| {
        let mut vector = axis(0);
        vector[1] = slant;
        place.dense_chunk("Something else entirely.", vector)
    });
    put(store, place, &[&slanted[..], from_ref(&spoken)].concat()).await;
    let query = Query { text: "encoders".into(), dense: Some(axis(0)) };
    let mut ids = [spoken.id, slanted[1].id];
    ids.sort();
    for _ in 0..20 {
        assert_eq!(found(store, &query, &place.scope()).await[1..], ids);
    }
}

async fn a_passage_is_found_by_each_question_that_is_asked_of_it(store: &dyn VectorStore) {
    let place = Place::new();
    let asked = vec!["Why does my arm sag?".to_owned(), "Is there a hum?".to_owned()];
    let each = [axis(0), axis(1), axis(2)].concat();
    let chunk = Chunk { asked, ..place.dense_chunk("Integral action.", each) };
    put(store, place, &[chunk.clone(), place.dense_chunk("Wheels.", axis(3))]).await;
    for near in 0..3 {
        assert_eq!(found(store, &meaning(axis(near)), &place.scope()).await, [chunk.id], "vector {near}");
    }
    for word in ["sagging", "hum"] {
        assert_eq!(found(store, &words(word), &place.scope()).await, [chunk.id], "{word}");
    }
}

async fn a_question_without_words_finds_nothing_and_is_no_error(store: &dyn VectorStore) {
    let place = Place::new();
    put(store, place, &[place.chunk("Motors.")]).await;
    for text in ["", "what is the", "🤖 \u{0} …"] {
        assert_eq!(found(store, &words(text), &place.scope()).await, NOTHING, "{text:?}");
    }
    assert_eq!(store.search(&words("motors"), &place.scope(), 0).await.unwrap(), []);
}

async fn the_nearest_passage_is_not_found_when_it_is_far_from_the_question(store: &dyn VectorStore) {
    let place = Place::new();
    let mut far = axis(0);
    far[1] = 5.0;
    put(store, place, &[place.dense_chunk("Motors.", far)]).await;
    assert_eq!(found(store, &meaning(axis(0)), &place.scope()).await, NOTHING);
}

async fn a_vector_of_another_model_is_refused(store: &dyn VectorStore) {
    let place = Place::new();
    for bad in [vec![1.0; 3], vec![f32::NAN; 384]] {
        let error = store.search(&meaning(bad), &place.scope(), 5).await.unwrap_err();
        assert!(matches!(error, StoreError::BadVector { expected: 384, .. }), "{error}");
    }
}
