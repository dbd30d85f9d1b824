-- The version that readers saw; where none is named, the newest. Without a text nothing is published.
update learn.lesson l set published_version = v.id
from move_in_source.content c
join move_in.place k on k.source_table = 'content' and k.source_key = c.id
cross join lateral (
    select t.id from learn.lesson_version t
    where t.lesson_id = k.target and t.markdown <> ''
    order by (t.id::text = c.current_version_id) desc, t.created_at desc, t.id limit 1
) v
where l.id = k.target and c.review_status = 'PUBLISHED' and l.published_version is null and l.retired_at is null
