with
    known as materialized (
        select a.id, a.uuid, a.email, a.ip_address, a.user_agent, a.was_successful, a.failure_reason, a.created_at,
               coalesce(g.user_id, f.user_id) as person
        from (select * from move_in_source.login_attempts where {page}) a
        left join move_in.spelling s on s.given = a.email
        left join move_in.person g on not g.alone and g.given = a.email
        -- The only one who has it once it is folded; an address that fits several is nobody's.
        left join move_in.person f
            on f.alone and f.folded = coalesce(s.folded, lower(btrim(a.email, E' \t\n\r\f\v') collate "C"))
    ),
    events as (
        insert into auth.auth_event_log (id, at, type, reason, user_id, email, details, ip_address, user_agent)
        select uuid, coalesce(created_at, run.t0), case when was_successful then 'sign_in' else 'sign_in_failed' end,
               failure_reason, person, nullif(email, ''),
               jsonb_build_object('source', 'legacy.login_attempts', 'reason', failure_reason),
               coalesce(nullif(ip_address, ''), 'unknown'), coalesce(user_agent, '')
        from known cross join move_in.run
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome)
select 'login_attempts', id, 'migrated' from known
on conflict do nothing
