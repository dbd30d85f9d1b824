//! Runs that write nothing.

use legacy::{LegacyError, OnCollision, Options, of_target};

use crate::world::{Form, World, options};

#[tokio::test]
async fn a_dry_run_reports_and_writes_nothing() {
    let world = World::new(Form::Patched).await;
    let mut connection = world.connect().await;
    let before = of_target(&mut connection).await.unwrap();
    let report = world.migrate_with(&Options { dry_run: true, ..options() }).await;
    assert!(report.is_complete());
    assert_eq!(report.figures["users"], 54);
    assert_eq!(of_target(&mut connection).await.unwrap(), before);
    assert_eq!(world.count("pg_namespace where nspname = 'move_in_source'").await, 0);
    assert_eq!(world.migrate().await.figures["users"], 54, "and the real run goes on as if there had been none");
}

#[tokio::test]
async fn on_collision_stop_lists_them_and_writes_nothing() {
    let world = World::new(Form::Migrations).await;
    let mut connection = world.connect().await;
    let before = of_target(&mut connection).await.unwrap();
    let options = Options { on_collision: OnCollision::Stop, ..options() };
    let error = legacy::migrate(&mut connection, &options).await.unwrap_err();
    let LegacyError::Collisions(lines) = error else { panic!("{error}") };
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(
        lines[1].starts_with("priya.nair@example.com: 10000000-0000-4000-8000-000000000016 (keeps it), "),
        "{lines:?}"
    );
    assert_eq!(of_target(&mut connection).await.unwrap(), before);
}

#[tokio::test]
async fn a_schema_without_the_platform_is_refused() {
    let world = World::new(Form::Migrations).await;
    let mut options = options();
    options.source.schema = "nothing".to_owned();
    let error = legacy::migrate(&mut world.connect().await, &options).await.unwrap_err();
    assert!(error.to_string().contains("--schema"), "{error}");
}
