with
    sealed as (select * from unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[]) as s (id, access, refresh, identity)),
    judged as materialized (
        select o.key, o.id, o.uuid, o.provider, o.provider_account_id, o.expires_at, o.scope, o.created_at,
               o.updated_at, p.user_id as person, s.access, s.refresh, s.identity,
               case
                   when p.id is null then 'owner_missing'
                   when coalesce(o.provider_account_id, '') = '' then 'no_account_id'
               end as orphan,
               k.key is not null as kept
        from (select * from move_in_source.oauth_accounts where {page}) o
        join sealed s on s.id = o.id
        left join move_in.person p on p.id = o.user_id
        left join move_in_source.kept_identity k on k.key = o.key
    ),
    links as (
        insert into auth.account (id, user_id, provider_id, account_id, access_token, refresh_token, id_token,
                                  access_token_expires_at, scope, created_at, updated_at)
        select uuid, person, lower(provider), provider_account_id, access, refresh, identity,
               case when isfinite(expires_at) then expires_at end,
               array_to_string(regexp_split_to_array(nullif(btrim(scope, ', '), ''), '[ ,]+'), ','),
               coalesce(created_at, run.t0), coalesce(updated_at, created_at, run.t0)
        from judged cross join move_in.run where orphan is null and kept
        on conflict do nothing
    ),
    -- The identity belongs to somebody else by now; its tokens are not kept.
    lost as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'oauth_accounts', j.id, j.person, o.raw - array['access_token', 'refresh_token', 'id_token']
        from judged j join move_in_source.oauth_accounts o using (key)
        where j.orphan is null and not j.kept
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'oauth_accounts', id,
       case when orphan is not null then 'skipped' when kept then 'migrated' else 'archived' end,
       coalesce(orphan, case when not kept then 'identity_of_another' end)
from judged
on conflict do nothing
