-- What a person should look at before the doors open.
insert into move_in.note (kind, source_table, source_key, detail)
select 'address_parked', 'users', id, parked || ': ' || coalesce(given, '') from move_in.person where parked is not null
union all
select 'no_way_in', 'users', p.id, p.email from move_in.person p
where not p.credential and p.ban_reason is null and p.parked is null
  and not exists (select from auth.account a where a.user_id = p.user_id)
union all
select distinct 'institution_admin', 'users', r.user_id, p.email || ' is ' || p.role
from move_in_source.user_roles r join move_in_source.roles o on o.id = r.role_id
join move_in.person p on p.id = r.user_id
where o.name = 'institution_admin' and r.revoked_at is null
union all
select 'unknown_role', 'users', r.user_id, string_agg(distinct o.name, ', ')
from move_in_source.user_roles r join move_in_source.roles o on o.id = r.role_id
join move_in.person p on p.id = r.user_id
where r.revoked_at is null
  and o.name not in ('student', 'author', 'instructor', 'institution_admin', 'platform_admin')
group by r.user_id
union all
select 'role_column_differs', 'users', u.id, u.role || ' there, ' || p.role || ' here'
from move_in_source.users u join move_in.person p on p.id = u.id
where u.role is not null and u.role <> p.role and u.role <> 'student'
union all
select 'banned_admin', 'users', id, ban_reason from move_in.person where role = 'admin' and ban_reason is not null
union all
select 'unknown_provider', 'oauth_accounts', o.id, o.provider
from move_in_source.oauth_accounts o join move_in.person p on p.id = o.user_id
where lower(o.provider) not in ('google', 'github')
union all
select 'identity_of_two', 'oauth_accounts', o.id, lower(o.provider) || ' ' || o.provider_account_id
from move_in_source.oauth_accounts o join move_in.person p on p.id = o.user_id
where not exists (select from move_in_source.kept_identity k where k.key = o.key)
union all
select 'locked_by_hand', 'users', id, coalesce(ban_expires::text, 'for ever')
from move_in.person where ban_reason = 'legacy_locked'
union all
select 'open_reset_token', 'password_reset_tokens', t.id, p.email
from move_in_source.password_reset_tokens t join move_in.person p on p.id = t.user_id cross join move_in.run
where t.used_at is null and t.expires_at > run.t0
union all
select 'thread_past_retention', 'chatkit_thread', t.id, t.enrollment_ended_at::text
from move_in_source.chatkit_thread t cross join move_in.run
where t.enrollment_ended_at < run.t0 - interval '30 days'
union all
select 'thread_status_unknown', 'chatkit_thread', id, status
from move_in_source.chatkit_thread where status not in ('active', 'archived')
on conflict do nothing
