//! A source in another database.

use legacy::{Options, Source};
use service::Secret;

use crate::world::{Form, World, options};

#[tokio::test]
async fn a_source_in_another_database_ends_in_the_same_figures() {
    let there = World::new(Form::Patched).await;
    let here = World::new(Form::Patched).await;
    here.execute("drop schema legacy cascade").await;
    let source = Source { url: Some(Secret::new(there.url.clone())), schema: "legacy".to_owned() };
    let report = here.migrate_with(&Options { source, ..options() }).await;
    assert!(report.is_complete(), "{report}");
    let figure = |name: &str| report.figures[name];
    assert_eq!((figure("users"), figure("accounts, password"), figure("accounts, provider")), (54, 46, 14));
    assert_eq!((figure("events"), figure("conversations"), figure("messages")), (21, 10, 5));
    assert!(!report.source.contains("postgres:"), "no password in it: {}", report.source);
}
