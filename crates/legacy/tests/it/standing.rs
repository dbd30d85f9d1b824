//! What people may do, and whether they may come in.

use crate::world::{World, user};

async fn role(world: &World, number: u32) -> String {
    world.of_user(number, "role").await
}

#[tokio::test]
async fn several_roles_revoked_none_duplicate_unknown_and_institution_only() {
    let world = World::migrated().await;
    let expected = [
        (7, "admin"),
        (8, "instructor"),
        (9, "instructor"),
        (10, "student"),
        (11, "student"),
        (12, "student"),
        (13, "instructor"),
        (14, "student"),
        (6, "instructor"),
        (4, "admin"),
        (30, "admin"),
    ];
    for (number, expected) in expected {
        assert_eq!(role(&world, number).await, expected, "U{number}");
    }
    assert_eq!(world.notes("institution_admin").await, [user(6), user(9)]);
    assert_eq!(world.notes("unknown_role").await, [user(14)]);
    assert_eq!(world.notes("banned_admin").await, [user(30)]);
}

#[tokio::test]
async fn role_only_in_the_mirror_column_and_a_mirror_that_contradicts() {
    let world = World::migrated().await;
    for (number, expected) in [(50, "instructor"), (31, "student"), (32, "student"), (33, "student")] {
        assert_eq!(role(&world, number).await, expected, "U{number}");
    }
    assert_eq!(world.notes("role_column_differs").await, [user(32), user(33)]);
}

#[tokio::test]
async fn grantor_missing() {
    let world = World::migrated().await;
    assert_eq!(role(&world, 53).await, "student");
    assert_eq!(world.outcome("user_roles", "21000000-0000-4000-8000-000099990003").await, "archived");
}

#[tokio::test]
async fn deactivated_deleted_ten_and_ninety_days_ago_and_both() {
    let world = World::migrated().await;
    let expected = [(27, "legacy_deactivated"), (28, "legacy_deleted"), (29, "legacy_deleted"), (30, "legacy_deleted")];
    for (number, reason) in expected {
        assert_eq!(world.of_user(number, "banned || ' ' || ban_reason").await, format!("true {reason}"));
    }
    let author = "select author_id::text from learn.lesson_version where id = '81000000-0000-4000-8000-000000000003'";
    assert_eq!(world.one::<String>(author).await, user(29), "what they wrote stays theirs");
}

#[tokio::test]
async fn lockout_running_over_not_reached_and_infinite() {
    let world = World::migrated().await;
    let locked = world.texts("select email || ' ' || failures from auth.lockout where locked_until > now()").await;
    assert_eq!(locked, ["xavier.roy@example.com 5"]);
    assert_eq!(world.count("auth.lockout").await, 1, "what is over, or was not reached, is forgotten");
    assert_eq!(world.of_user(34, "ban_reason").await, "legacy_locked");
    assert_eq!(world.of_user(34, "ban_expires").await, "null");
    assert_eq!(world.notes("locked_by_hand").await, [user(34)]);
}
