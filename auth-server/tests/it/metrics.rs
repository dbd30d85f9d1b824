//! What operators read about signing keys and hashing.

use crate::process::Process;

/// The value of a metric without labels.
fn value(metrics: &str, name: &str) -> Option<f64> {
    metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test]
async fn operators_see_the_age_of_the_key_and_how_hashing_keeps_up() {
    let process = Process::prepare().await;
    let mut child = process.start().await;
    assert!(!process.signs_in("nobody@example.test", "Wrong-Horse-77").await);
    let metrics = process.metrics().await;
    child.kill().unwrap();
    child.wait().unwrap();
    let age = value(&metrics, "signing_key_age_seconds");
    assert!(age.is_some_and(|age| (0.0..300.0).contains(&age)), "{age:?} in {metrics}");
    assert_eq!(value(&metrics, "signing_keys_published"), Some(1.0));
    assert_eq!(value(&metrics, "password_hashes_waiting"), Some(0.0));
    assert_eq!(value(&metrics, "password_hashes_refused_total"), Some(0.0));
}
