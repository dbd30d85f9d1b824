//! What operators read about the tutor.

use axum::body::{Body, to_bytes};
use http::Request;
use service::telemetry;
use tower::ServiceExt;

use crate::app::{App, create};

async fn metrics() -> String {
    let answer = telemetry::ops_router().oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

/// The value of a metric, whatever its labels. Other tests in this process add to it, so only a bound can be asked for.
fn value(metrics: &str, name: &str) -> Option<f64> {
    let line = metrics.lines().find(|line| line.starts_with(name))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn turns_their_first_text_open_streams_and_refusals_are_counted() {
    telemetry::install_metrics();
    let app = App::start_with(&[("TUTOR_DAILY_LIMIT", "1")]).await;
    let student = app.student().await;
    app.create(&student, "What is feedback?").await;
    assert_eq!(app.chatkit(&student, create("And drift?")).await.status(), 429);
    let metrics = metrics().await;
    for name in ["tutor_turns_total{status=\"done\"}", "tutor_first_text_seconds_count", "tutor_limit_reached_total"] {
        assert!(value(&metrics, name).is_some_and(|count| count >= 1.0), "{name} in {metrics}");
    }
    for name in ["tutor_turns_running", "tutor_streams_open"] {
        assert!(value(&metrics, name).is_some(), "{name} in {metrics}");
    }
}
