-- A legacy database of :people users with four times as many dependent rows, on top of crates/legacy/tests/sample.sql.
--   psql -v people=1000000 -f million.sql
set search_path to legacy;

insert into users (id, email, password_hash, name, locale, notification_settings, is_active, is_verified, created_at, updated_at)
select ('11000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, 'Load' || g || '@example.com',
       (select password_hash from users where email = 'ana.torres@example.com'), 'Load ' || g, 'en', '{}', true,
       g % 10 = 0, timestamptz '2026-01-01 00:00+00' + g * interval '1 second',
       timestamptz '2026-01-01 00:00+00' + g * interval '1 second'
from generate_series(1, :people) g;

insert into user_roles (id, user_id, role_id, granted_at)
select gen_random_uuid(), id, '20000000-0000-4000-8000-000000000001', created_at from users where email like 'Load%';

insert into login_attempts (id, email, ip_address, user_agent, was_successful, created_at)
select gen_random_uuid(), 'load' || g || '@example.com', '203.0.113.' || g % 256, 'Mozilla/5.0', g % 5 = 0,
       timestamptz '2026-01-01 00:00+00' + g * interval '1 second'
from generate_series(1, :people) g;

insert into sessions (id, user_id, token, expires_at, created_at)
select gen_random_uuid(), ('11000000-0000-4000-8000-' || lpad(to_hex(g * 2), 12, '0'))::uuid, gen_random_uuid()::text,
       now() + ((g % 14) - 7) * interval '1 day', now() - interval '1 day'
from generate_series(1, :people / 2) g;

insert into oauth_accounts (id, user_id, provider, provider_account_id, access_token, created_at)
select gen_random_uuid(), ('11000000-0000-4000-8000-' || lpad(to_hex(g * 4), 12, '0'))::uuid, 'google', g::text,
       'ya29.' || g, now()
from generate_series(1, :people / 4) g;

insert into chatkit_thread (id, user_id, title, created_at, updated_at)
select ('b1100000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid,
       ('11000000-0000-4000-8000-' || lpad(to_hex(g * 4), 12, '0'))::uuid, 'Conversation ' || g,
       timestamp '2026-02-01 00:00' + g * interval '1 second', timestamp '2026-02-01 00:00' + g * interval '1 second'
from generate_series(1, :people / 4) g;

insert into chatkit_thread_item (id, thread_id, role, content, created_at)
select gen_random_uuid(), ('b1100000-0000-4000-8000-' || lpad(to_hex(1 + g / 4), 12, '0'))::uuid,
       case when g % 2 = 0 then 'user' else 'assistant' end, repeat('What is a node? ', 8),
       timestamp '2026-02-01 00:00' + g * interval '1 second'
from generate_series(1, :people - 4) g;

analyze;
