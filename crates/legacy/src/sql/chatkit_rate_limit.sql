-- A window that is open goes on: its messages count as turns of its beginning.
with
    page as materialized (select * from move_in_source.chatkit_rate_limit where {page}),
    judged as materialized (
        select w.*, p.user_id as person, w.window_start > run.t0 - interval '24 hours' as open
        from page w cross join move_in.run left join move_in.person p on p.id = w.user_id
    ),
    turns as (
        insert into tutor.turn (id, user_id, item_id, status, instance, heartbeat_at, heard_at, heard_elsewhere_at,
                                started_at, first_text_at, finished_at)
        select md5('legacy turn ' || id || ' ' || n)::uuid, person, 'legacy_' || n, 'done',
               '00000000-0000-0000-0000-000000000000', window_start, window_start, window_start, window_start,
               window_start, window_start
        from judged cross join lateral generate_series(1, least(message_count, 1000)) n
        where person is not null and open
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'chatkit_rate_limit', id, person, raw from judged where person is not null and not open
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'chatkit_rate_limit', id,
       case when person is null then 'skipped' when open then 'migrated' else 'archived' end,
       case when person is null then 'owner_missing' when not open then 'window_over' end
from judged
on conflict do nothing
