-- In the order in which they were begun: that is the order in which they are listed.
with
    judged as materialized (
        select t.id, t.course_id, t.title, t.created_at, t.updated_at, t.metadata, t.lesson_stage, t.status,
               t.enrollment_ended_at, o.place, p.user_id as person, l.id as lesson, l.course_id as course
        from (select * from move_in_source.thread_place where {page}) o
        join move_in_source.chatkit_thread t on t.key = o.key
        left join move_in.person p on p.id = t.user_id
        left join move_in.place k on k.source_table = 'content' and k.source_key = lower(t.course_id)
        left join learn.lesson l on l.id = k.target
    ),
    threads as (
        insert into tutor.chatkit_thread (id, user_id, course_id, lesson_id, title, created_at, updated_at)
        select 'thr_' || move_in.hex(id), person, course, lesson, title, coalesce(created_at, run.t0),
               coalesce(greatest(updated_at, created_at), run.t0)
        from judged cross join move_in.run
        where person is not null order by place
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'chatkit_thread', id, person, r.content
        from judged
        cross join lateral (
            select jsonb_strip_nulls(jsonb_build_object(
                'metadata', move_in.clean(metadata), 'legacy_course_id', case when lesson is null then course_id end,
                'lesson_stage', lesson_stage, 'status', nullif(status, 'active'),
                'enrollment_ended_at', enrollment_ended_at)) as content
        ) r
        where person is not null and r.content <> '{}'
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'chatkit_thread', id, case when person is null then 'skipped' else 'migrated' end,
       case when person is null then 'owner_missing' end
from judged
on conflict do nothing
