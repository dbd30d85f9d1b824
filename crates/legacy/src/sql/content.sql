with
    page as materialized (select * from move_in_source.content where {page}),
    judged as materialized (
        select c.*, s.target as stage, o.slug, o.place,
               case when p.id is null then 'author_missing' when s.target is null then 'stage_missing' end as orphan,
               o.place > 1 or exists (select from learn.lesson t where t.slug = o.slug and t.id <> c.uuid) as crowded
        from page c
        join move_in_source.content_place o on o.id = c.id
        left join move_in.person p on p.id = c.created_by
        left join move_in.place s on s.source_table = 'stages' and s.source_key = c.stage_id
    ),
    added as (
        insert into learn.lesson (id, course_id, stage_id, slug, title, summary, minutes, position, required,
                                  retired_at, created_at, updated_at)
        select uuid, run.course_id, stage, case when crowded then slug || '-' || left(md5(id), 8) else slug end, title,
               coalesce(description, ''), greatest(coalesce(estimated_reading_time, 0), 0),
               -- After the lessons that count; nobody had to read these.
               1000 + coalesce(order_index, 0), false,
               case when review_status = 'ARCHIVED' then coalesce(updated_at, run.t0) end,
               coalesce(created_at, run.t0), coalesce(updated_at, created_at, run.t0)
        from judged cross join move_in.run where orphan is null
        on conflict do nothing
    ),
    placed as (
        insert into move_in.place (source_table, source_key, target)
        select 'content', id, uuid from judged where orphan is null
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, content)
        select 'content', id, raw from judged where orphan is null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'content', id, case when orphan is null then 'migrated' else 'skipped' end, orphan from judged
on conflict do nothing
