with
    page as materialized (select * from move_in_source.users where {page}),
    run as (select t0 from move_in.run),
    person as (
        insert into auth."user"
            (id, legacy_id, name, email, email_verified, image, bio, locale, role, banned, ban_reason, ban_expires,
             last_sign_in_at, created_at, updated_at)
        select p.user_id, case when p.user_id::text <> u.id then u.id end, p.name, p.email, p.verified,
               nullif(u.avatar_url, ''), nullif(u.bio, ''), nullif(u.locale, ''), p.role, p.ban_reason is not null,
               p.ban_reason, p.ban_expires, u.last_login_at, coalesce(u.created_at, run.t0),
               greatest(coalesce(u.updated_at, u.created_at, run.t0), u.created_at)
        from page u join move_in.person p on p.id = u.id cross join run
        on conflict do nothing
    ),
    credential as (
        insert into auth.account (id, user_id, provider_id, account_id, password, created_at, updated_at)
        select p.credential_id, p.user_id, 'credential', p.user_id::text, u.password_hash,
               coalesce(u.created_at, run.t0), coalesce(u.updated_at, u.created_at, run.t0)
        from page u join move_in.person p on p.id = u.id cross join run
        where p.credential
        on conflict do nothing
    ),
    -- A lockout that is running goes on; one that is over, or was not reached, is forgotten.
    lockout as (
        insert into auth.lockout (email, failures, locked_until, updated_at)
        select p.email, u.failed_login_attempts, u.locked_until, coalesce(u.updated_at, run.t0)
        from page u join move_in.person p on p.id = u.id cross join run
        where p.parked is null and u.locked_until > run.t0 and u.locked_until <= run.t0 + interval '30 minutes'
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'users', u.id, p.user_id, r.content
        from page u join move_in.person p on p.id = u.id
        cross join lateral (
            select jsonb_strip_nulls(move_in.clean(u.raw)
                - array['id', 'password_hash', 'avatar_url', 'bio', 'locale', 'is_active', 'is_verified', 'created_at',
                        'updated_at', 'email_verified', 'last_login_at']
                - case when u.email = p.email then 'email' else '' end
                - case when u.name = p.name then 'name' else '' end
                - case when u.notification_settings = '{}' then 'notification_settings' else '' end
                - case when u.failed_login_attempts = 0 then 'failed_login_attempts' else '' end) as content
        ) r
        where r.content <> '{}'
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'users', u.id, case when p.parked is null then 'migrated' else 'parked' end, p.parked
from page u join move_in.person p on p.id = u.id
on conflict do nothing
