-- The course that the old path becomes: the one that has most of its stages, else a new one.
insert into learn.course (id, slug, title, summary, edited, created_at, updated_at)
select '7c1a5e0e-5b1d-5f0a-9a43-0d2b6f4f0c11', 'learning-path', 'Learning path', 'The path of the former platform.', true,
       run.t0, run.t0
from move_in.run
where exists (select from move_in_source.stages)
  and not exists (select from learn.stage t join move_in_source.stages s on s.slug = t.slug)
on conflict do nothing;

update move_in.run set course_id = (
    select t.course_id from learn.stage t join move_in_source.stages s on s.slug = t.slug
    group by t.course_id order by count(*) desc, t.course_id limit 1)
where course_id is null;

update move_in.run set course_id = '7c1a5e0e-5b1d-5f0a-9a43-0d2b6f4f0c11'
where course_id is null and exists (select from learn.course where id = '7c1a5e0e-5b1d-5f0a-9a43-0d2b6f4f0c11');
