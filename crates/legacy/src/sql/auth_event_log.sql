with
    page as materialized (
        select id, uuid, user_id, event_type, email, ip_address, user_agent, reason, metadata, created_at
        from move_in_source.auth_event_log where {page}
    ),
    events as (
        insert into auth.auth_event_log (id, at, type, reason, user_id, email, details, ip_address, user_agent)
        select e.uuid, coalesce(e.created_at, run.t0),
               case e.event_type
                   when 'login_success' then 'sign_in'
                   when 'login_failed' then 'sign_in_failed'
                   when 'logout' then 'sign_out'
                   when 'role_change' then 'role_changed'
                   else e.event_type
               end,
               e.reason, p.user_id, nullif(e.email, ''),
               jsonb_build_object('source', 'legacy.auth_event_log', 'event_type', e.event_type, 'reason', e.reason,
                                  'metadata', move_in.clean(e.metadata)),
               coalesce(nullif(e.ip_address, ''), 'unknown'), coalesce(e.user_agent, '')
        from page e cross join move_in.run left join move_in.person p on p.id = e.user_id
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome)
select 'auth_event_log', id, 'migrated' from page
on conflict do nothing
