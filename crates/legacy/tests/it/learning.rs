//! What people had learned.

use crate::world::{Form, World, user};

async fn stages(world: &World, number: u32) -> Vec<String> {
    let id = user(number);
    world
        .texts(&format!(
            "select s.slug from learn.stage_unlock u join learn.stage s on s.id = u.stage_id
             where u.user_id = '{id}' order by s.number"
        ))
        .await
}

#[tokio::test]
async fn duplicate_completions_count_once_and_open_what_they_earned() {
    let world = World::migrated().await;
    assert_eq!(world.count(&format!("learn.completion where user_id = '{}'", user(1))).await, 3);
    assert_eq!(
        world.outcome("content_completions", "75000000-0000-4000-8000-000000000004").await,
        "merged completed_twice"
    );
    assert_eq!(stages(&world, 1).await, ["foundations", "ros2-simulation"]);
    assert_eq!(stages(&world, 2).await, ["foundations", "ros2-simulation"]);
    assert_eq!(stages(&world, 7).await.len(), 5);
    assert_eq!(stages(&world, 15).await, ["foundations"]);
}

#[tokio::test]
async fn people_with_a_progress_row_are_enrolled() {
    let world = World::migrated().await;
    let enrolled = world.texts("select user_id::text from learn.enrollment order by 1").await;
    assert_eq!(enrolled, [1, 2, 7, 15, 16, 24, 28].map(user));
}

#[tokio::test]
async fn dangling_key_inside_json() {
    let world = World::migrated().await;
    assert_eq!(stages(&world, 24).await, ["foundations"]);
    assert_eq!(world.outcome("progress", "74000000-0000-4000-8000-000000000024").await, "migrated");
}

#[tokio::test]
async fn duplicate_badges_and_certificates_are_archived_with_their_names() {
    let world = World::migrated().await;
    let badges = world
        .texts("select content ->> 'badge' from auth.legacy_archive where source_table = 'user_badges' order by source_key")
        .await;
    assert_eq!(badges, ["Sample badge one", "Sample badge one", "Badge without a stage"]);
    assert_eq!(
        world
            .count(&format!("auth.legacy_archive where source_table = 'certificates' and user_id = '{}'", user(7)))
            .await,
        1
    );
}

#[tokio::test]
async fn stages_and_lessons_that_are_taught_here_are_found_by_their_names() {
    let world = World::new(Form::Migrations).await;
    world
        .execute(
            "insert into learn.course (id, slug, title, summary) values ('00000000-0000-4000-8000-00000000c001', 'robots', 'Robots', '');
             insert into learn.stage (id, course_id, number, slug, title, summary, hours) values
                 ('00000000-0000-4000-8000-00000000a001', '00000000-0000-4000-8000-00000000c001', 1, 'foundations', 'F', '', 1),
                 ('00000000-0000-4000-8000-00000000a002', '00000000-0000-4000-8000-00000000c001', 2, 'ros2-simulation', 'R', '', 1);
             insert into learn.lesson (id, course_id, stage_id, slug, title, summary, minutes, position) values
                 ('00000000-0000-4000-8000-00000000b001', '00000000-0000-4000-8000-00000000c001',
                  '00000000-0000-4000-8000-00000000a001', 'lesson-1', 'One', '', 1, 1)",
        )
        .await;
    let report = world.migrate().await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.tables["stages"].outcome("merged"), 2);
    assert_eq!(report.tables["content_items"].outcome("merged"), 1);
    let known = "learn.completion where lesson_id = '00000000-0000-4000-8000-00000000b001'";
    assert_eq!(world.count(known).await, 5, "U01, U02, U07, U15 and U16 completed it");
    assert_eq!(world.count("learn.course").await, 1, "no course was made");
    let slugs = world.texts("select slug from learn.lesson where slug like 'lesson-1%' order by slug").await;
    assert_eq!(slugs.len(), 2, "the other stage's lesson-1 has another name: {slugs:?}");
}

#[tokio::test]
async fn written_content_becomes_lessons_with_their_versions() {
    let world = World::migrated().await;
    let published = "select v.markdown from learn.lesson l join learn.lesson_version v on v.id = l.published_version
                     where l.id = '80000000-0000-4000-8000-000000000001'";
    assert_eq!(world.one::<String>(published).await, "# Sample");
    let drafts = "learn.lesson where id::text like '80000000%' and published_version is null";
    assert_eq!(world.count(drafts).await, 3);
}
