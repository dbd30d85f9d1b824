//! `intellistack retention run`: deletes what is due, and only counts it when told so.

use crate::operator::Operator;

/// Two people who left their course 31 and 29 days ago, each with one conversation of two items.
const PEOPLE: &str = r#"
    with course as (insert into learn.course (id, slug, title, summary)
                    values (gen_random_uuid(), 'robots', 'Robots', 'About robots') returning id),
         person as (insert into auth."user" (id, name, email)
                    values (gen_random_uuid(), 'Long Gone', '31@example.com'), (gen_random_uuid(), 'Just Gone', '29@example.com')
                    returning id, split_part(email, '@', 1)::int as days),
         enrolled as (insert into learn.enrollment (user_id, course_id, enrolled_at, ended_at)
                      select person.id, course.id, now() - interval '90 days', now() - make_interval(days => days)
                      from person, course),
         thread as (insert into tutor.chatkit_thread (id, user_id, course_id, created_at, updated_at)
                    select 'thr_' || days, person.id, course.id, now() - interval '80 days', now() - interval '80 days'
                    from person, course returning id)
    insert into tutor.chatkit_thread_item (id, thread_id, kind, content, created_at)
    select thread.id || n, thread.id, 'user_message', '{}', now() - interval '80 days' from thread, generate_series(1, 2) n"#;

async fn threads(operator: &Operator) -> Vec<String> {
    let pool = operator.database.pool().await.unwrap();
    sqlx::query_scalar("select id from tutor.chatkit_thread order by id").fetch_all(&pool).await.unwrap()
}

#[tokio::test]
async fn conversations_are_counted_or_deleted_30_days_after_the_enrolments_end() {
    let operator = Operator::start().await;
    let pool = operator.database.pool().await.unwrap();
    sqlx::query(PEOPLE).execute(&pool).await.unwrap();

    let counted = operator.succeed("retention run --dry-run");
    assert!(counted.contains("1 conversations with 2 items of 1 people would be deleted"), "{counted}");
    assert_eq!(threads(&operator).await, ["thr_29", "thr_31"]);

    let deleted = operator.succeed("retention run");
    assert!(deleted.contains("1 conversations of 1 people deleted"), "{deleted}");
    assert_eq!(threads(&operator).await, ["thr_29"]);
    assert!(operator.succeed("retention run").contains("0 conversations of 0 people deleted"));
}
