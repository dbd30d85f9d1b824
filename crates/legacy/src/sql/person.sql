-- What is to become of everybody: the address, the role, the ban, whether there is a password. Decided once, so that
-- every later statement only copies.
drop index if exists move_in.person_id, move_in.person_given, move_in.person_folded;
truncate move_in.person;

insert into move_in.person
    (id, user_id, credential_id, given, folded, alone, email, parked, name, role, verified, ban_reason, ban_expires,
     credential)
with
    granted as (
        select r.user_id,
               coalesce(bool_or(o.name = 'platform_admin') filter (where r.revoked_at is null), false) as admin,
               coalesce(bool_or(o.name in ('instructor', 'author', 'institution_admin'))
                        filter (where r.revoked_at is null), false) as instructor
        from move_in_source.user_roles r
        left join move_in_source.roles o on o.id = r.role_id
        group by r.user_id
    ),
    -- Who signed up through a provider has a row there of the same microsecond; the hash beside it is of nothing.
    born_by_link as (
        select distinct u.id
        from move_in_source.oauth_accounts o
        join move_in_source.users u on u.id = o.user_id and u.created_at = o.created_at
    ),
    crowded as (
        select id, folded from move_in.address
        where folded in (select folded from move_in.address group by folded having count(*) > 1)
    ),
    signed_in as (
        select user_id, max(created_at) as at from move_in_source.sessions
        where user_id in (select id from crowded) group by user_id
    ),
    learned as (
        select user_id, max(last_activity_at) as at from move_in_source.progress
        where user_id in (select id from crowded) group by user_id
    ),
    ranked as (
        select c.id,
               row_number() over (
                   partition by c.folded
                   order by (coalesce(u.is_active, true) and u.deleted_at is null) desc,
                            (coalesce(u.is_verified, false) or coalesce(u.email_verified, false)) desc,
                            greatest(u.last_login_at, s.at, l.at) desc nulls last, u.created_at, c.id) as place
        from crowded c
        join move_in_source.users u on u.id = c.id
        left join signed_in s on s.user_id = c.id
        left join learned l on l.user_id = c.id
    )
select a.id, a.user_id, a.credential_id, u.email, a.folded, c.id is null,
       case
           when f.parked is null then a.folded
           when f.parked = 'no_address' then a.user_id || '@missing.invalid'
           else a.user_id || '@duplicate.invalid'
       end,
       f.parked, a.name,
       case
           when g.user_id is null then case
               when u.role in ('admin', 'platform_admin') then 'admin'
               when u.role in ('instructor', 'author', 'institution_admin') then 'instructor'
               else 'student'
           end
           when g.admin then 'admin'
           when g.instructor then 'instructor'
           else 'student'
       end,
       coalesce(u.is_verified, false) or coalesce(u.email_verified, false),
       b.reason,
       case when b.reason = 'legacy_locked' and isfinite(u.locked_until) then u.locked_until end,
       -- The cost bound is the one that sign-in keeps: a costlier hash would never be computed.
       length(coalesce(u.password_hash, '')) = 60 and u.password_hash ~ '^\$2[abxy]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]+$'
           and l.id is null
           or i.user_id is not null
from move_in.address a
join move_in_source.users u on u.id = a.id
left join ranked c on c.id = a.id
left join granted g on g.user_id = a.id
left join born_by_link l on l.id = a.id
left join move_in_source.interim_password i on i.user_id = a.id
cross join move_in.run
cross join lateral (
    select case
        when a.folded = '' then 'no_address'
        when c.place > 1 then 'address_collision'
        when exists (select from auth."user" t where t.email = a.folded and t.id <> a.user_id) then 'address_taken'
    end as parked
    -- Each of these is worked out once a person.
    offset 0
) f
cross join lateral (
    select case
        when u.deleted_at is not null then 'legacy_deleted'
        when not coalesce(u.is_active, true) then 'legacy_deactivated'
        when f.parked in ('address_collision', 'address_taken') then 'legacy_email_collision'
        -- No code of the platform locks for longer than half an hour: a person did.
        when u.locked_until > run.t0 + interval '30 minutes' then 'legacy_locked'
    end as reason
    offset 0
) b;

create unique index person_id on move_in.person (id);
-- Who alone has an address is found by what it is once it is folded, the others by how they wrote it.
create index person_given on move_in.person (given) where not alone;
create index person_folded on move_in.person (folded) where alone;

analyze move_in.person;
