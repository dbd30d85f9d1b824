select 'login_attempts', a.id, 'differs or is missing'
from move_in_source.login_attempts a left join auth.auth_event_log e on e.id = a.uuid
where e.id is null or e.at <> a.created_at or e.email is distinct from nullif(a.email, '')
   or e.ip_address <> coalesce(nullif(a.ip_address, ''), 'unknown') or e.user_agent <> coalesce(a.user_agent, '')
   or (e.type = 'sign_in') is distinct from a.was_successful or e.reason is distinct from a.failure_reason
union all
select 'auth_event_log', a.id, 'differs or is missing'
from move_in_source.auth_event_log a left join auth.auth_event_log e on e.id = a.uuid
where e.id is null or e.at <> a.created_at or e.details ->> 'event_type' <> a.event_type
   or e.ip_address <> coalesce(nullif(a.ip_address, ''), 'unknown') or e.user_agent <> coalesce(a.user_agent, '')
