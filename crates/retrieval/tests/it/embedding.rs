//! The embedding model, real.

use retrieval::{EmbedError, Embedder};

use crate::fixture::model;

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

async fn embed(model: &Embedder, texts: &[&str]) -> Vec<Vec<f32>> {
    model.embed(texts.iter().map(|text| (*text).to_owned()).collect()).await.unwrap()
}

#[tokio::test]
async fn a_paraphrase_is_nearer_than_an_unrelated_sentence() {
    let Some(model) = model("a_paraphrase_is_nearer_than_an_unrelated_sentence") else { return };
    let vectors = embed(
        &model,
        &[
            "The robot estimates where it is from its wheel turns.",
            "Odometry lets a machine work out its own position.",
            "Bake the bread until the crust is brown.",
        ],
    )
    .await;
    let paraphrase = cosine(&vectors[0], &vectors[1]);
    let unrelated = cosine(&vectors[0], &vectors[2]);
    assert!(paraphrase > 0.4, "paraphrase {paraphrase}");
    assert!(unrelated < 0.15, "unrelated {unrelated}");
}

#[tokio::test]
async fn vectors_have_length_one_and_keep_their_texts_order_over_batches() {
    let Some(model) = model("vectors_have_length_one_and_keep_their_texts_order_over_batches") else {
        return;
    };
    let texts: Vec<String> = (0..19).map(|n| format!("Joint {n} {}", "moves ".repeat(n * 3))).collect();
    let together = model.embed(texts.clone()).await.unwrap();
    assert_eq!(together.len(), texts.len());
    for (text, vector) in texts.into_iter().zip(together) {
        assert_eq!(vector.len(), Embedder::DIMENSIONS);
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-4);
        // Padding beside longer texts must not change a vector.
        let alone = model.embed_query(&text).await.unwrap().unwrap();
        assert!(cosine(&alone, &vector) > 0.9999, "{text}");
    }
}

#[tokio::test]
async fn only_the_first_256_tokens_count() {
    let Some(model) = model("only_the_first_256_tokens_count") else { return };
    let start = "gear ".repeat(254);
    let texts = [format!("{start} bread"), format!("{start} ocean"), "gear bread".to_owned()];
    let vectors = model.embed(texts.to_vec()).await.unwrap();
    assert!(cosine(&vectors[0], &vectors[1]) > 0.9999);
    assert!(cosine(&vectors[0], &vectors[2]) < 0.99);
}

#[tokio::test]
async fn an_empty_text_has_a_vector_too() {
    let Some(model) = model("an_empty_text_has_a_vector_too") else { return };
    let vectors = embed(&model, &["", "\u{0}"]).await;
    assert!(vectors.iter().flatten().all(|number| number.is_finite()));
    assert_eq!(embed(&model, &[]).await, Vec::<Vec<f32>>::new());
}

#[tokio::test]
async fn switched_off_it_says_so_and_questions_go_without() {
    let off = Embedder::off();
    assert!(!off.is_on());
    assert!(matches!(off.embed(vec!["a".into()]).await, Err(EmbedError::Off)));
    assert_eq!(off.embed_query("a").await.unwrap(), None);
}

#[test]
fn a_directory_without_the_model_is_named_in_the_error() {
    let dir = tempfile::tempdir().unwrap();
    let error = Embedder::load(dir.path()).unwrap_err();
    assert!(matches!(error, EmbedError::Missing { .. }));
    assert!(error.to_string().contains("config.json"), "{error}");
}
