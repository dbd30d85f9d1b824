select 'users', count(*) from auth."user" u join move_in.person p on p.user_id = u.id
union all
select 'users, role ' || u.role, count(*) from auth."user" u join move_in.person p on p.user_id = u.id group by u.role
union all
select 'users, banned', count(*) from auth."user" u join move_in.person p on p.user_id = u.id where u.banned
union all
select 'users, banned: ' || u.ban_reason, count(*)
from auth."user" u join move_in.person p on p.user_id = u.id where u.banned group by u.ban_reason
union all
select 'users, parked address', count(*) from move_in.person where parked is not null
union all
select 'users, verified', count(*) from auth."user" u join move_in.person p on p.user_id = u.id where u.email_verified
union all
select 'accounts, password', count(*) from auth.account a join move_in.person p using (user_id)
where a.provider_id = 'credential'
union all
select 'accounts, provider', count(*) from auth.account a join move_in.person p using (user_id)
where a.provider_id <> 'credential'
union all
select 'sessions', count(*) from auth.session s join move_in.ledger l
    on l.source_table = 'sessions' and l.outcome = 'migrated' and l.source_key = s.id::text
union all
select 'events', count(*) from auth.auth_event_log where details ->> 'source' like 'legacy.%'
union all
select 'lockouts', count(*) from auth.lockout l join move_in.person p on p.email = l.email and p.parked is null
union all
select 'enrolments', count(*) from learn.enrollment e join move_in.person p using (user_id)
union all
select 'completions', count(*) from learn.completion c join move_in.person p using (user_id)
union all
select 'conversations', count(*) from tutor.chatkit_thread t join move_in.person p using (user_id)
union all
select 'messages', count(*)
from tutor.chatkit_thread_item i join tutor.chatkit_thread t on t.id = i.thread_id join move_in.person p using (user_id)
union all
select 'turns of open windows', count(*) from tutor.turn where item_id like 'legacy\_%'
union all
select 'days of usage', count(*) from tutor.ai_usage_metric m join move_in.person p using (user_id)
union all
select 'rows in the archive', count(*) from auth.legacy_archive
