-- One row a person and day (UTC) here, several there: the first of them brings the sum.
with
    page as materialized (select * from move_in_source.ai_usage_metric where {page}),
    judged as materialized (
        select m.*, p.user_id as person, d.first = m.id as first, d.day, d.messages, d.errors, d.total_ms
        from page m
        left join move_in.person p on p.id = m.user_id
        left join move_in_source.usage_day d on d.user_id = m.user_id and d.day = (m.date at time zone 'UTC')::date
    ),
    days as (
        insert into tutor.ai_usage_metric (user_id, day, messages, errors, answered, total_ms)
        select person, day, messages, errors, messages, total_ms from judged where person is not null and first
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'ai_usage_metric', id, person, raw from judged where person is not null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'ai_usage_metric', id,
       case when person is null then 'skipped' when first then 'migrated' else 'merged' end,
       case when person is null then 'owner_missing' when not first then 'same_day' end
from judged
on conflict do nothing
