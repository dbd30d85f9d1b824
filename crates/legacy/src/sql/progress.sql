-- Who had begun takes part; a stage opens for them as the completions say, not as the row's own figures do, which the
-- old platform never kept up.
with
    page as materialized (select * from move_in_source.progress where {page}),
    judged as materialized (
        select g.*, p.user_id as person from page g left join move_in.person p on p.id = g.user_id
    ),
    enrolled as (
        insert into learn.enrollment (user_id, course_id, enrolled_at)
        select person, run.course_id, coalesce(judged.started_at, run.t0)
        from judged cross join move_in.run where person is not null and run.course_id is not null
        on conflict do nothing
    ),
    open as (
        insert into learn.stage_unlock (user_id, stage_id, unlocked_at)
        select j.person, k.target, coalesce(last_activity_at, run.t0)
        from judged j cross join move_in.run cross join move_in_source.stages s
        join move_in.place k on k.source_table = 'stages' and k.source_key = s.id
        where j.person is not null
          and not exists (
              select from move_in_source.content_items i join move_in_source.stages e on e.id = i.stage_id
              where e.number < s.number and i.is_required and i.is_active
                and not exists (
                    select from move_in_source.done d where d.progress_id = j.id and d.content_item_id = i.id))
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'progress', id, person, raw from judged where person is not null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'progress', id, case when person is null then 'skipped' else 'migrated' end,
       case when person is null then 'owner_missing' end
from judged
on conflict do nothing
