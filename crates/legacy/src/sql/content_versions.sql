with
    page as materialized (select * from move_in_source.content_versions where {page}),
    judged as materialized (
        select v.*, l.target as lesson, p.user_id as author, move_in.clean(v.content_json) as body
        from page v
        left join move_in.place l on l.source_table = 'content' and l.source_key = v.content_id
        left join move_in.person p on p.id = v.created_by
    ),
    added as (
        insert into learn.lesson_version (id, lesson_id, markdown, front_matter, author_id, edited, created_at)
        select j.uuid, j.lesson, coalesce(j.body ->> 'mdx', j.body ->> 'markdown', j.body ->> 'content', ''),
               jsonb_build_object('title', j.title, 'summary', coalesce(c.description, ''),
                                  'minutes', greatest(coalesce(c.estimated_reading_time, 0), 0), 'required', false),
               j.author, true, coalesce(j.created_at, run.t0)
        from judged j cross join move_in.run join move_in_source.content c on c.id = j.content_id
        where j.lesson is not null
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, content)
        select 'content_versions', id, raw from judged where lesson is not null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'content_versions', id, case when lesson is null then 'skipped' else 'migrated' end,
       case when lesson is null then 'content_missing' end
from judged
on conflict do nothing
