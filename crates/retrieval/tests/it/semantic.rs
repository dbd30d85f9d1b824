//! Words and meaning together, over the real model.

use retrieval::{EdgeStore, Embedder, Query};

use crate::fixture::{NOTHING, Place, found, model, put, words};

#[tokio::test]
async fn a_paraphrase_that_shares_no_word_is_found_by_meaning() {
    let Some(model) = model("a_paraphrase_that_shares_no_word_is_found_by_meaning") else { return };
    let store = EdgeStore::temp(Embedder::DIMENSIONS).unwrap();
    let place = Place::new();
    let texts = [
        "Counting wheel turns tells a vehicle how far it has travelled.",
        "A camera turns light into a grid of numbers.",
        "Topics carry messages from publishers to subscribers.",
    ];
    let vectors = model.embed(texts.map(String::from).to_vec()).await.unwrap();
    let chunks: Vec<_> = texts.iter().zip(vectors).map(|(text, dense)| place.dense_chunk(text, dense)).collect();
    put(&store, place, &chunks).await;

    let question = "estimate distance driven by a car";
    assert_eq!(found(&store, &words(question), &place.scope()).await, NOTHING);
    let dense = model.embed_query(question).await.unwrap();
    let query = Query { text: question.into(), dense };
    assert_eq!(found(&store, &query, &place.scope()).await.first(), Some(&chunks[0].id));
}

#[tokio::test]
async fn a_question_on_another_subject_finds_nothing() {
    let Some(model) = model("a_question_on_another_subject_finds_nothing") else { return };
    let store = EdgeStore::temp(Embedder::DIMENSIONS).unwrap();
    let place = Place::new();
    let text = "Counting wheel turns tells a vehicle how far it has travelled.";
    let vector = model.embed_query(text).await.unwrap().unwrap();
    put(&store, place, &[place.dense_chunk(text, vector)]).await;
    let question = "How do I bake bread?";
    let query = Query { text: question.into(), dense: model.embed_query(question).await.unwrap() };
    assert_eq!(found(&store, &query, &place.scope()).await, NOTHING);
}
