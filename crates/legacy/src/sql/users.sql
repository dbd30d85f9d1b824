with
    run as (select t0 from move_in.run),
    page as materialized (
        select u.*, p.user_id, p.credential_id, p.email as address, p.parked, p.name as called, p.role as rank,
               p.verified, p.ban_reason, p.ban_expires, p.credential, coalesce(u.created_at, run.t0) as born,
               -- What they signed in by last.
               coalesce(i.password, u.password_hash) as password,
               coalesce(u.updated_at, u.created_at, run.t0) as changed
        from move_in_source.users u join move_in.person p on p.id = u.id
        left join move_in_source.interim_password i on i.user_id = u.id cross join run
        where {page}
    ),
    person as (
        insert into auth."user"
            (id, legacy_id, name, email, email_verified, image, bio, locale, role, banned, ban_reason, ban_expires,
             last_sign_in_at, created_at, updated_at)
        select user_id, case when user_id::text <> id then id end, called, address, verified, nullif(avatar_url, ''),
               nullif(bio, ''), nullif(locale, ''), rank, ban_reason is not null, ban_reason, ban_expires,
               last_login_at, born, greatest(changed, created_at)
        from page
        on conflict do nothing
    ),
    credential as (
        insert into auth.account (id, user_id, provider_id, account_id, password, created_at, updated_at)
        select credential_id, user_id, 'credential', user_id::text, password, born, changed
        from page where credential
        on conflict do nothing
    ),
    -- A lockout that is running goes on; one that is over, or was not reached, is forgotten.
    lockout as (
        insert into auth.lockout (email, failures, locked_until, updated_at)
        select address, failed_login_attempts, locked_until, coalesce(updated_at, run.t0)
        from page cross join run
        where parked is null and locked_until > run.t0 and locked_until <= run.t0 + interval '30 minutes'
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'users', id, user_id, r.content
        from page
        cross join lateral (
            select jsonb_strip_nulls(raw
                - array['id', 'password_hash', 'avatar_url', 'bio', 'locale', 'is_active', 'is_verified', 'created_at',
                        'updated_at', 'email_verified', 'last_login_at',
                        case when email = address then 'email' end, case when name = called then 'name' end,
                        case when notification_settings = '{}' then 'notification_settings' end,
                        case when failed_login_attempts = 0 then 'failed_login_attempts' end]) as content
            -- Evaluated once a row, not once for the condition and once for the value.
            offset 0
        ) r
        where r.content <> '{}'
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'users', id, case when parked is null then 'migrated' else 'parked' end, parked
from page
on conflict do nothing
