-- From the source's own columns, as far as they decide it.
select 'users', u.id, d.what
from move_in_source.users u
left join move_in.person p on p.id = u.id
left join auth."user" t on t.id = p.user_id
cross join move_in.run
cross join lateral (
    select case
        when p.id is null then 'was not decided about; run `legacy migrate` again'
        when t.id is null then 'is missing'
        when t.legacy_id is distinct from case when u.id <> t.id::text then u.id end then 'the old id differs'
        when t.created_at <> coalesce(u.created_at, run.t0) then 'the time of registration differs'
        when not t.email_verified and (u.is_verified or u.email_verified) then 'was verified'
        when p.parked is not null and t.email !~ '@(duplicate|missing)\.invalid$' then 'its address should be parked'
        when p.parked is null and t.email <> p.folded then 'the address differs'
        when t.name <> p.name then 'the name differs'
        when t.role <> p.role then 'the role differs'
        when t.bio is distinct from nullif(u.bio, '') or t.image is distinct from nullif(u.avatar_url, '')
             or t.locale is distinct from nullif(u.locale, '') then 'the profile differs'
        when (u.deleted_at is not null or not coalesce(u.is_active, true)) and not t.banned then 'should be shut out'
        when t.banned is distinct from (p.ban_reason is not null) then 'the ban differs'
    end as what
) d
where d.what is not null
