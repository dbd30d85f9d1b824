-- The same rows as the migration writes them, without what makes it a migration: no decisions, no ledger, no pages.
\set ON_ERROR_STOP on
set timezone to 'UTC';
set search_path to legacy;
insert into auth."user" (id, name, email, email_verified, locale, created_at, updated_at)
select id, name, lower(email), is_verified, locale, created_at, updated_at from users where email like 'Load%';
insert into auth.account (id, user_id, provider_id, account_id, password, created_at, updated_at)
select gen_random_uuid(), id, 'credential', id::text, password_hash, created_at, updated_at from users
where email like 'Load%';
insert into auth.legacy_archive (source_table, source_key, user_id, content)
select 'users', id::text, id, jsonb_build_object('email', email) from users where email like 'Load%';
insert into auth.legacy_archive (source_table, source_key, user_id, content)
select 'user_roles', r.id::text, r.user_id, to_jsonb(r) from user_roles r join users u on u.id = r.user_id
where u.email like 'Load%';
insert into auth.auth_event_log (id, at, type, user_id, email, details, ip_address, user_agent)
select a.id, a.created_at, case when was_successful then 'sign_in' else 'sign_in_failed' end, u.id, a.email,
       jsonb_build_object('source', 'legacy.login_attempts', 'reason', failure_reason), a.ip_address, a.user_agent
from login_attempts a join auth."user" u on u.email = lower(a.email);
insert into auth.session (id, token_hash, user_id, created_at, expires_at)
select s.id, sha256(convert_to('legacy:' || token, 'UTF8')), s.user_id, s.created_at, expires_at
from sessions s join auth."user" u on u.id = s.user_id where s.expires_at > now();
insert into auth.account (id, user_id, provider_id, account_id, access_token, created_at)
select o.id, user_id, provider, provider_account_id, convert_to(access_token, 'UTF8'), o.created_at
from oauth_accounts o join auth."user" u on u.id = o.user_id;
insert into tutor.chatkit_thread (id, user_id, title, created_at, updated_at)
select 'thr_' || replace(t.id::text, '-', ''), user_id, title, t.created_at at time zone 'UTC',
       t.updated_at at time zone 'UTC'
from chatkit_thread t join auth."user" u on u.id = t.user_id order by t.created_at;
insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, created_at)
select 'msg_' || replace(i.id::text, '-', ''), t.id, role || '_message',
       json_build_object('id', i.id, 'thread_id', t.id, 'created_at', i.created_at, 'type', role || '_message', 'content',
                         json_build_array(json_build_object('type', 'input_text', 'text', content))),
       content, i.created_at at time zone 'UTC'
from chatkit_thread_item i join tutor.chatkit_thread t on t.id = 'thr_' || replace(i.thread_id::text, '-', '')
order by i.created_at;
