-- What was to be completed. The text was in files that the database does not hold: what is not taught here under the
-- same name becomes a draft, and its completions stay facts.
with
    page as materialized (select * from move_in_source.content_items where {page}),
    matched as materialized (
        select i.*, s.target as stage, l.id as here,
               o.place > 1 or exists (select from learn.lesson t where t.slug = i.slug and t.id <> i.uuid) as crowded
        from page i
        join move_in_source.item_place o on o.id = i.id
        left join move_in.place s on s.source_table = 'stages' and s.source_key = i.stage_id
        left join learn.lesson l on o.place = 1 and l.slug = i.slug and l.stage_id = s.target and l.id <> i.uuid
    ),
    added as (
        insert into learn.lesson (id, course_id, stage_id, slug, title, summary, minutes, position, required,
                                  retired_at, created_at, updated_at)
        select uuid, run.course_id, stage,
               case when crowded then slug || '-' || left(md5(id), 8) else slug end, title, '',
               greatest(coalesce(estimated_minutes, 0), 0), coalesce("order", 0), coalesce(is_required, true),
               case when not coalesce(is_active, true) then run.t0 end, coalesce(created_at, run.t0), run.t0
        from matched cross join move_in.run
        where here is null and stage is not null
        on conflict do nothing
    ),
    placed as (
        insert into move_in.place (source_table, source_key, target)
        select 'content_items', id, coalesce(here, uuid) from matched where stage is not null
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, content)
        select 'content_items', id, raw from matched where stage is not null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'content_items', id,
       case when stage is null then 'skipped' when here is null then 'migrated' else 'merged' end,
       case when stage is null then 'stage_missing' when here is not null then 'same_slug' end
from matched
on conflict do nothing
