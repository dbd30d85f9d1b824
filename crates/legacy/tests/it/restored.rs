//! Backup and rollback.

use legacy::{backup, inspect, of_target, rollback};
use service::Secret;

use crate::world::{Form, World};

#[tokio::test]
async fn rollback_restores_the_state_before_and_proves_it() {
    let world = World::new(Form::Patched).await;
    world
        .execute(
            "insert into auth.\"user\" (id, name, email) values (gen_random_uuid(), 'Here before', 'before@x.test')",
        )
        .await;
    let url = Secret::new(world.url.clone());
    let directory = tempfile::tempdir().unwrap();
    let mut connection = world.connect().await;
    let before = of_target(&mut connection).await.unwrap();
    let manifest = backup::backup(&mut connection, &url, "legacy", directory.path()).await.unwrap();
    assert_eq!(manifest.tables, before);
    assert!(backup::backup(&mut connection, &url, "legacy", directory.path()).await.is_err(), "never written over");
    world.migrate().await;
    assert_ne!(of_target(&mut connection).await.unwrap(), before);
    world.pool.close().await;
    let differ = rollback::rollback(&mut world.connect().await, &url, "legacy", directory.path()).await.unwrap();
    assert_eq!(differ, Vec::<String>::new());
    assert_eq!(of_target(&mut connection).await.unwrap(), before);
    let again = legacy::migrate(&mut world.connect().await, &crate::world::options()).await.unwrap();
    assert!(again.is_complete(), "and the move can be made after it");
}

#[tokio::test]
async fn a_dump_that_was_changed_is_refused() {
    let world = World::new(Form::Migrations).await;
    let url = Secret::new(world.url.clone());
    let directory = tempfile::tempdir().unwrap();
    let mut connection = world.connect().await;
    backup::backup(&mut connection, &url, "legacy", directory.path()).await.unwrap();
    std::fs::write(directory.path().join("intellistack.dump"), "other").unwrap();
    let error = rollback::rollback(&mut connection, &url, "legacy", directory.path()).await.unwrap_err();
    assert!(error.to_string().contains("manifest"), "{error}");
}

#[tokio::test]
async fn the_legacy_schema_is_never_written() {
    let world = World::new(Form::Patched).await;
    let sum = "select string_agg(md5(t::text), '' order by id) from legacy.users t";
    let before: String = world.one(sum).await;
    let found = inspect::inspect(&mut world.connect().await, "legacy").await.unwrap();
    assert_eq!(
        (found.hashes["$2b$12$"], found.hashes["unusable"], found.hashes["none"], found.hashes["empty"]),
        (48, 2, 1, 1)
    );
    assert_eq!(found.findings.values().copied().filter(|rows| *rows == 38).count(), 1, "{found}");
    world.migrate().await;
    assert_eq!(world.one::<String>(sum).await, before);
}
