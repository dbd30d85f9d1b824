with
    judged as materialized (
        select s.id, s.uuid, s.token, s.user_agent, s.ip_address, s.expires_at, s.created_at, p.user_id as person,
               case
                   when p.id is null then 'owner_missing'
                   when s.revoked_at is not null then 'revoked'
                   when s.expires_at <= run.t0 then 'expired'
                   when not run.carry then 'not_carried'
                   when p.ban_reason is not null then 'owner_banned'
               end as reason,
               r.key is not null as repeated
        from (select * from move_in_source.sessions where {page}) s
        cross join move_in.run
        left join move_in.person p on p.id = s.user_id
        left join move_in_source.repeated_session r on r.key = s.key
    ),
    -- Not the digest of the old token: what the old platform gave out opens nothing here but the one exchange.
    carried as (
        insert into auth.session (id, token_hash, user_id, created_at, updated_at, expires_at, ip_address, user_agent)
        select uuid, sha256(convert_to('legacy:' || token, 'UTF8')), person, created_at, created_at, expires_at,
               coalesce(ip_address, ''), coalesce(user_agent, '')
        from judged where reason is null and not repeated
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'sessions', id,
       case when reason is not null then 'skipped' when repeated then 'merged' else 'migrated' end,
       coalesce(reason, case when repeated then 'equal_token' end)
from judged
on conflict do nothing
