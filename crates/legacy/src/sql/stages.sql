with
    page as materialized (select * from move_in_source.stages where {page}),
    matched as materialized (
        select s.*, run.course_id as course, t.id as here,
               row_number() over (order by s.number, s.id)
                   + coalesce((select max(number) from learn.stage where course_id = run.course_id), 0) as next
        from page s cross join move_in.run
        left join learn.stage t on t.course_id = run.course_id and t.slug = s.slug
    ),
    added as (
        insert into learn.stage (id, course_id, number, slug, title, summary, hours, outcomes)
        select uuid, course,
               case when number > 0 and not exists (
                        select from learn.stage t where t.course_id = course and t.number = m.number)
                    then number else next end,
               slug, name, coalesce(description, ''), greatest(coalesce(estimated_hours, 0), 0),
               case when jsonb_typeof(move_in.clean(learning_objectives)) = 'array'
                    then array(select jsonb_array_elements_text(move_in.clean(learning_objectives))) else '{}' end
        from matched m where here is null
        on conflict (id) do nothing
    ),
    placed as (
        insert into move_in.place (source_table, source_key, target)
        select 'stages', id, coalesce(here, uuid) from matched
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, content)
        select 'stages', id, raw from matched
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'stages', id, case when here is null then 'migrated' else 'merged' end,
       case when here is not null then 'same_slug' end
from matched
on conflict do nothing
