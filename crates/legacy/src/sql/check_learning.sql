select 'progress', g.id, 'is not enrolled'
from move_in_source.progress g join move_in.person p on p.id = g.user_id cross join move_in.run
where run.course_id is not null
  and not exists (
      select from learn.enrollment e where e.user_id = p.user_id and e.course_id = run.course_id)
union all
select 'content_completions', c.id, 'the completion is missing'
from move_in_source.content_completions c
join move_in.ledger l
    on l.source_table = 'content_completions' and l.source_key = c.id and l.outcome in ('migrated', 'merged')
join move_in_source.progress g on g.id = c.progress_id
join move_in.person p on p.id = g.user_id
left join move_in.place k on k.source_table = 'content_items' and k.source_key = c.content_item_id
where not exists (select from learn.completion d where d.user_id = p.user_id and d.lesson_id = k.target)
union all
select 'content_versions', v.id, 'the text differs or is missing'
from move_in_source.content_versions v
join move_in.ledger l on l.source_table = 'content_versions' and l.source_key = v.id and l.outcome = 'migrated'
left join learn.lesson_version t on t.id = v.uuid
where t.id is null
   or t.markdown <> coalesce(move_in.clean(v.content_json) ->> 'mdx', move_in.clean(v.content_json) ->> 'markdown',
                             move_in.clean(v.content_json) ->> 'content', '')
