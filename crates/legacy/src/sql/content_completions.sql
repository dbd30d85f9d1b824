with
    page as materialized (select * from move_in_source.content_completions where {page}),
    judged as materialized (
        select c.*, p.user_id as person, k.target as lesson, d.first = c.id as first,
               case
                   when g.id is null then 'progress_missing'
                   when p.id is null then 'owner_missing'
                   when k.target is null then 'item_missing'
               end as orphan
        from page c
        left join move_in_source.progress g on g.id = c.progress_id
        left join move_in.person p on p.id = g.user_id
        left join move_in.place k on k.source_table = 'content_items' and k.source_key = c.content_item_id
        left join move_in_source.done d on d.progress_id = c.progress_id and d.content_item_id = c.content_item_id
    ),
    completed as (
        insert into learn.completion (user_id, lesson_id, completed_at)
        select person, lesson, coalesce(completed_at, run.t0) from judged cross join move_in.run
        where orphan is null and first
        on conflict do nothing
    ),
    -- Scores and minutes have no column here.
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'content_completions', id, person, raw from judged where orphan is null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'content_completions', id,
       case when orphan is not null then 'skipped' when first then 'migrated' else 'merged' end,
       coalesce(orphan, case when not first then 'completed_twice' end)
from judged
on conflict do nothing
