//! What had no column here is in the archive; what has an obvious home is there.

use crate::world::{World, user};

#[tokio::test]
async fn biography_language_picture_and_last_sign_in_have_a_home() {
    let world = World::migrated().await;
    assert_eq!(world.of_user(2, "bio").await, "First line\nSecond line with a tab\there");
    assert_eq!(world.of_user(2, "locale").await, "ur");
    assert_eq!(world.of_user(2, "last_sign_in_at at time zone 'UTC'").await, "2026-02-01 08:00:00");
    assert_eq!(world.of_user(35, "bio").await, "null");
}

#[tokio::test]
async fn the_rest_is_in_the_archive_with_its_person() {
    let world = World::migrated().await;
    let kept = |name: &str| {
        format!("select content ->> '{name}' from auth.legacy_archive where source_table = 'users' and user_id = u.id")
    };
    assert_eq!(world.of_user(2, &kept("last_login_ip")).await, "203.0.113.20");
    assert_eq!(world.of_user(34, &kept("locked_until")).await, "infinity");
    assert_eq!(world.of_user(34, &kept("failed_login_attempts")).await, "99");
    let profile =
        format!("auth.legacy_archive where source_table = 'personalization_profiles' and user_id = '{}'", user(1));
    assert_eq!(world.count(&profile).await, 1);
    for table in [
        "roles",
        "institutions",
        "cohorts",
        "rag_conversations",
        "tutor_session_items",
        "content_reviews",
        "alembic_version",
    ] {
        assert!(world.count(&format!("auth.legacy_archive where source_table = '{table}'")).await > 0, "{table}");
    }
}
