-- What spans pages is worked out once, before them.
create unlogged table move_in_source.kept_identity as
select distinct on (lower(o.provider), o.provider_account_id) o.key
from move_in_source.oauth_accounts o join move_in.person p on p.id = o.user_id
order by lower(o.provider), o.provider_account_id, (o.provider = lower(o.provider)) desc, o.created_at, o.id;
create unique index on move_in_source.kept_identity (key);

create unlogged table move_in_source.repeated_session as
select key from (
    select s.key, row_number() over (partition by s.token order by s.id) as place
    from move_in_source.sessions s join move_in.person p on p.id = s.user_id cross join move_in.run
    where run.carry and s.revoked_at is null and s.expires_at > run.t0 and p.ban_reason is null
) live where place > 1;
create unique index on move_in_source.repeated_session (key);

create unlogged table move_in_source.item_place as
select i.id, row_number() over (partition by i.slug order by s.number, i."order", i.id) as place
from move_in_source.content_items i left join move_in_source.stages s on s.id = i.stage_id;

create unlogged table move_in_source.content_place as
select id, slug, row_number() over (partition by slug order by created_at, id) as place from (
    select c.id, c.created_at,
           coalesce((select nullif(h.slug, '') from move_in_source.content_hierarchy h where h.content_id = c.id
                     order by h.id limit 1),
                    nullif(regexp_replace(c.mdx_path, '^.*/|\.[^./]*$', '', 'g'), ''), 'content-' || left(md5(c.id), 8))
               as slug
    from move_in_source.content c) named;

create unlogged table move_in_source.done as
select progress_id, content_item_id, (array_agg(id order by completed_at, id))[1] as first
from move_in_source.content_completions where progress_id is not null and content_item_id is not null
group by progress_id, content_item_id;
create index on move_in_source.done (progress_id, content_item_id);

create unlogged table move_in_source.thread_place as
select key, row_number() over (order by created_at, id) as place from move_in_source.chatkit_thread;
create unique index on move_in_source.thread_place (place);

create unlogged table move_in_source.message_place as
select key, row_number() over (order by created_at, id) as place from move_in_source.chatkit_thread_item;
create unique index on move_in_source.message_place (place);

create unlogged table move_in_source.usage_day as
select user_id, (date at time zone 'UTC')::date as day, (array_agg(id order by date, id))[1] as first,
       sum(message_count)::integer as messages, sum(error_count)::integer as errors,
       sum(message_count * average_response_time_ms)::bigint as total_ms
from move_in_source.ai_usage_metric group by 1, 2;
create index on move_in_source.usage_day (user_id, day);

analyze move_in_source.kept_identity, move_in_source.repeated_session, move_in_source.done, move_in_source.thread_place,
        move_in_source.message_place, move_in_source.usage_day;
