//! Conversations, the limit and the figures of use.

use serde_json::Value;

use crate::world::{Form, World, user};

#[tokio::test]
async fn course_id_of_content_stage_slug_unknown_uuid_empty_and_null() {
    let world = World::migrated().await;
    let lessons = world
        .texts(
            "select right(id, 2) || ' ' || lesson_id from tutor.chatkit_thread where lesson_id is not null order by 1",
        )
        .await;
    assert_eq!(lessons, ["01 80000000-0000-4000-8000-000000000001"]);
    let kept = world
        .texts(
            "select right(source_key, 2) || ' ' || (content ->> 'legacy_course_id') from auth.legacy_archive
             where source_table = 'chatkit_thread' and content ? 'legacy_course_id' order by 1",
        )
        .await;
    let expected = [
        "02 70000000-0000-4000-8000-000000000001",
        "03 ros2-simulation",
        "04 DEADBEEF-0000-4000-8000-000000000000",
        "05 ",
    ];
    assert_eq!(kept, expected);
    let page = "select content #>> '{metadata,page_title}' from auth.legacy_archive
                where source_table = 'chatkit_thread' and source_key like '%0005'";
    assert_eq!(world.one::<String>(page).await, "x\u{fffd}y");
}

#[tokio::test]
async fn messages_are_in_their_order_and_readable_by_the_tutor() {
    let world = World::migrated().await;
    let items = world
        .texts(
            "select content::text from tutor.chatkit_thread_item
             where thread_id = 'thr_b0000000000040008000000000000001' order by seq",
        )
        .await;
    let items: Vec<Value> = items.iter().map(|item| serde_json::from_str(item).unwrap()).collect();
    assert_eq!(items[0]["type"], "user_message");
    assert_eq!(items[0]["content"][0]["text"], "First");
    assert_eq!(items[1]["type"], "assistant_message");
    assert_eq!(items[1]["content"][0]["text"], "Second");
    assert_eq!(items[1]["created_at"], "2026-02-15T08:00:00.000Z");
    let hidden =
        "select kind || ' ' || hidden from tutor.chatkit_thread_item where id = 'msg_b1000000000040008000000000000004'";
    assert_eq!(world.one::<String>(hidden).await, "sdk_hidden_context true");
    let long = "select length(said) from tutor.chatkit_thread_item where id = 'msg_b1000000000040008000000000000003'";
    assert_eq!(world.one::<i32>(long).await, 100_009);
}

#[tokio::test]
async fn status_stage_and_time_that_nobody_defined() {
    let world = World::migrated().await;
    let id = |number: u32| format!("b0000000-0000-4000-8000-{number:012}");
    assert_eq!(world.notes("thread_status_unknown").await, [id(10)]);
    assert_eq!(world.notes("thread_past_retention").await, [id(9)]);
    let times = "select (updated_at >= created_at)::text from tutor.chatkit_thread where id like '%000010'";
    assert_eq!(world.one::<String>(times).await, "true");
}

#[tokio::test]
async fn windows_of_the_limit_that_are_open_count_and_the_others_are_archived() {
    let world = World::new(Form::Migrations).await;
    let report = world.migrate().await;
    let turns = |number: u32| {
        format!("tutor.turn where user_id = '{}' and started_at > now() - interval '24 hours'", user(number))
    };
    assert_eq!((world.count(&turns(1)).await, world.count(&turns(24)).await), (5, 20));
    assert_eq!(world.count("tutor.turn").await, 25);
    let limits = &report.tables["chatkit_rate_limit"];
    assert_eq!((limits.outcome("migrated"), limits.outcome("archived")), (2, 2));
}

#[tokio::test]
async fn duplicate_daily_metrics() {
    let world = World::migrated().await;
    let days = world
        .texts("select concat_ws(' ', day, messages, total_ms, errors) from tutor.ai_usage_metric order by day")
        .await;
    assert_eq!(days, ["2026-02-15 4 5000 1", "2026-02-16 2 1800 0"]);
}
