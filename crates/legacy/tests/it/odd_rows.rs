//! Rows and databases that are not as they should be.

use crate::world::{Form, World, user};

#[tokio::test]
async fn escaped_nul_in_json_and_a_repeated_key() {
    let world = World::migrated().await;
    let settings = "select content #>> '{notification_settings,note}' from auth.legacy_archive
                    where source_table = 'users' and user_id = u.id";
    assert_eq!(world.of_user(14, settings).await, "before\u{fffd}after");
    assert_eq!(world.of_user(13, &settings.replace("note}", "digest}")).await, "never");
}

#[tokio::test]
async fn a_backslash_before_an_escape_is_not_taken_for_a_nul() {
    let world = World::new(Form::Migrations).await;
    let odd = r#"update legacy.users set notification_settings = '{"a": "\\u0000", "b": "\\\u0000"}' where id = '{1}';
                 update legacy.users set notification_settings = '{"c": "\ud800\ud83c\udfc6\udc00"}' where id = '{2}'"#;
    world.execute(&odd.replace("{1}", &user(1)).replace("{2}", &user(2))).await;
    assert!(world.migrate().await.is_complete());
    let kept = "select content #>> '{notification_settings}' from auth.legacy_archive
                where source_table = 'users' and user_id = u.id";
    let settings: serde_json::Value = serde_json::from_str(&world.of_user(1, kept).await).unwrap();
    assert_eq!(settings, serde_json::json!({"a": "\\u0000", "b": "\\\u{fffd}"}));
    let settings: serde_json::Value = serde_json::from_str(&world.of_user(2, kept).await).unwrap();
    assert_eq!(settings, serde_json::json!({"c": "\u{fffd}\u{1f3c6}\u{fffd}"}), "half a surrogate pair is no text");
}

#[tokio::test]
async fn orphans() {
    let world = World::migrated().await;
    let skipped = world
        .texts(
            "select source_table || ' ' || reason from move_in.ledger
             where outcome = 'skipped' and reason like '%\\_missing' order by 1",
        )
        .await;
    let expected = [
        "chatkit_thread owner_missing",
        "chatkit_thread_item thread_missing",
        "chatkit_thread_item thread_missing",
        "content author_missing",
        "content_completions item_missing",
        "content_completions progress_missing",
        "oauth_accounts owner_missing",
        "password_reset_tokens owner_missing",
        "progress owner_missing",
        "rag_messages conversation_missing",
        "sessions owner_missing",
        "user_roles owner_missing",
        "user_roles role_missing",
    ];
    assert_eq!(skipped, expected);
}

#[tokio::test]
async fn missing_optional_tables_and_columns() {
    let world = World::new(Form::Migrations).await;
    world
        .execute(
            "drop table legacy.tutor_session_items, legacy.chatkit_rate_limit, legacy.ai_usage_metric,
                 legacy.certificates, legacy.rag_retrievals, legacy.rag_messages, legacy.rag_conversations cascade;
             alter table legacy.users drop column bio, drop column last_login_ip, drop column locked_until",
        )
        .await;
    let report = world.migrate().await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.figures["users"], 52);
}

#[tokio::test]
async fn ids_that_are_no_uuids_become_uuids_and_the_old_text_is_kept() {
    let world = World::new(Form::TextIds).await;
    world.migrate().await;
    let kept = "select id::text || ' ' || legacy_id from auth.\"user\" where legacy_id is not null order by email";
    let expected = ["Kx93mQpLwZ7aTnR2bVc8YsD4fGh6Jk49", "test-user-id"]
        .map(|old| format!("{} {old}", legacy::new_id("user", old)));
    assert_eq!(world.texts(kept).await, expected);
    assert_eq!(
        world.count("auth.account where provider_id = 'google' and account_id = '100000000000000000049'").await,
        1
    );
    assert_eq!(world.of_user(1, "legacy_id").await, "null");
}

#[tokio::test]
async fn somebody_here_already_keeps_their_address() {
    let world = World::new(Form::Migrations).await;
    world
        .execute(
            "insert into auth.\"user\" (id, name, email, role)
                  values (gen_random_uuid(), 'Admin', 'ana.torres@example.com', 'admin')",
        )
        .await;
    let report = world.migrate().await;
    assert!(report.is_complete());
    assert_eq!(world.outcome("users", &user(1)).await, "parked address_taken");
    assert_eq!(world.count("learn.enrollment where user_id = '10000000-0000-4000-8000-000000000001'").await, 1);
}
