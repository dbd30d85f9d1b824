-- People: who they are, how they prove it, where they are signed in.
create table auth."user" (
    id              uuid primary key,
    -- the id in the legacy platform, where that was no UUID
    legacy_id       text unique,
    name            text not null,
    -- normalised: lower case
    email           text not null unique,
    email_verified  boolean not null default false,
    image           text,
    bio             text,
    locale          text,
    role            text not null default 'student' check (role in ('student', 'instructor', 'admin')),
    banned          boolean not null default false,
    ban_reason      text,
    ban_expires     timestamptz,
    -- the claim `epoch` of this person's tokens; bumped whenever older tokens must stop working at once
    token_epoch     integer not null default 0,
    last_sign_in_at timestamptz,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);

-- api-server compares token epochs (and nothing else about a person) with the truth here.
do $$
begin
    if exists (select from pg_roles where rolname = 'intellistack_api') then
        grant usage on schema auth to intellistack_api;
        grant select (id, token_epoch) on auth."user" to intellistack_api;
    end if;
end
$$;
