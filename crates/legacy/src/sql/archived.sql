-- A table that has no counterpart: every row whole, except for secrets.
with
    judged as materialized (
        select t.id, p.user_id, {orphan} as orphan, {content} as content
        from (select * from move_in_source.{table} where {page}) t left join move_in.person p on p.id = t.user_id
    ),
    kept as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select '{table}', id, user_id, content from judged where orphan is null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select '{table}', id, case when orphan is null then 'archived' else 'skipped' end, orphan from judged
on conflict do nothing
