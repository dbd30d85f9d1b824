-- The site's sessions: what a browser's cookie stands for.
create table web.session (
    id                uuid primary key,
    -- SHA-256 of the cookie's value; the value itself is nowhere
    token_hash        bytea not null unique,
    user_id           uuid not null references auth."user" (id) on delete cascade,
    -- the sign-on session it came from (`sid` of the ID token), for back-channel logout
    sign_on_session   text,
    -- access, refresh and ID token, AES-256-GCM under a key from WEB_SECRET, bound to this row's id
    tokens            bytea not null,
    access_expires_at timestamptz not null,
    -- grows with every refresh, so that those who wait for one see that it happened
    generation        integer not null default 0,
    -- until when one request may refresh while the others wait
    refresh_lease     timestamptz,
    created_at        timestamptz not null default now(),
    expires_at        timestamptz not null
);
create index on web.session (user_id);
create index on web.session (sign_on_session);
create index on web.session (expires_at);
