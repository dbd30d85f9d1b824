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

-- api-server compares token epochs with the truth here, shows who teaches, and takes names out of what others read.
do $$
begin
    if exists (select from pg_roles where rolname = 'intellistack_api') then
        grant usage on schema auth to intellistack_api;
        grant select (id, token_epoch, name, email, role) on auth."user" to intellistack_api;
    end if;
end
$$;

-- The nudge for those who hold tokens of this person; the column is the truth. Payload: `USER EPOCH`, or
-- `USER deleted`.
create function auth.announce_token_epoch() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        perform pg_notify('auth_token_epoch', old.id || ' deleted');
        return old;
    end if;
    perform pg_notify('auth_token_epoch', new.id || ' ' || new.token_epoch);
    return new;
end
$$;
create trigger token_epoch_changed after update of token_epoch on auth."user"
    for each row when (old.token_epoch is distinct from new.token_epoch) execute function auth.announce_token_epoch();
create trigger user_deleted after delete on auth."user"
    for each row execute function auth.announce_token_epoch();

-- Ways to prove who one is: provider `credential` (a password), later google and github.
create table auth.account (
    id                      uuid primary key,
    user_id                 uuid not null references auth."user" on delete cascade,
    provider_id             text not null,
    -- the provider's id for the person; for `credential` the user's own
    account_id              text not null,
    -- a PHC string (or what the legacy platform made: bcrypt, or scrypt as salt:key)
    password                text,
    -- the provider's tokens, sealed
    access_token            bytea,
    refresh_token           bytea,
    id_token                bytea,
    access_token_expires_at timestamptz,
    refresh_token_expires_at timestamptz,
    scope                   text,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    unique (provider_id, account_id)
);
create index on auth.account (user_id);
-- Whether any password of the legacy platform is left.
create index on auth.account ((true)) where password not like '$argon2%';

-- Sign-on sessions. The token itself is only in the person's cookie.
create table auth.session (
    id              uuid primary key,
    token_hash      bytea not null unique,
    user_id         uuid not null references auth."user" on delete cascade,
    -- when the person proved who they are: the claim `auth_time`
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    -- slides with use, up to 30 days after created_at
    expires_at      timestamptz not null,
    -- false: ends with the browser, does not slide
    remember        boolean not null default true,
    ip_address      text not null default '',
    user_agent      text not null default '',
    impersonated_by uuid references auth."user" on delete cascade
);
create index on auth.session (user_id);
create index on auth.session (expires_at);

-- Links sent by mail. Only the digest of a link's token is here.
create table auth.verification (
    token_hash bytea primary key,
    purpose    text not null,
    user_id    uuid not null references auth."user" on delete cascade,
    -- the address it was sent to; a link dies when the person's address is another
    email      text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    -- when it was first opened, of links that are used by a form on the page they open
    opened_at  timestamptz,
    used_at    timestamptz,
    -- what opening the link changes: a new address, a way to sign in that is to be linked (secrets in it are sealed)
    data       jsonb
);
create index on auth.verification (user_id, purpose);
create index on auth.verification (expires_at);

-- Social sign-ins under way. The browser holds the state in a signed cookie, too.
create table auth.social_state (
    state_hash bytea primary key,
    provider   text not null,
    -- code_verifier, nonce and where to go afterwards, sealed
    sealed     bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index on auth.social_state (expires_at);

-- Signing keys. `kid` is the id. The private half is sealed under a key derived from AUTH_SECRET.
create table auth.jwks (
    id             uuid primary key,
    alg            text not null,
    public_jwk     jsonb not null,
    -- gone once the key signs no more
    private_sealed bytea,
    created_at     timestamptz not null default now(),
    -- signs from here on, so that verifiers can have seen the public half before
    activates_at   timestamptz not null default now(),
    -- no longer published from here on: known once it has a successor
    expires_at     timestamptz
);

create table auth.oauth_application (
    client_id                  text primary key,
    name                       text not null,
    -- SHA-256 of the secret (random, so no slow hash is needed); null: a public client
    secret_hash                bytea,
    application_type           text not null default 'web' check (application_type in ('web', 'native')),
    redirect_uris              text[] not null,
    post_logout_redirect_uris  text[] not null default '{}',
    scopes                     text[] not null,
    -- ours: asks nobody for consent
    skip_consent               boolean not null default false,
    -- only admins may set this to false, for certification suites that send no challenge
    require_pkce               boolean not null default true,
    token_endpoint_auth_method text not null default 'client_secret_basic'
        check (token_endpoint_auth_method in ('client_secret_basic', 'client_secret_post', 'none')),
    -- for the consent page (RFC 7591 section 2)
    client_uri                 text,
    logo_uri                   text,
    tos_uri                    text,
    policy_uri                 text,
    contacts                   text[] not null default '{}',
    -- where the end of a session is told (OpenID Connect Back-Channel Logout 1.0)
    backchannel_logout_uri              text,
    backchannel_logout_session_required boolean not null default false,
    disabled                   boolean not null default false,
    owner_id                   uuid references auth."user" on delete set null,
    created_at                 timestamptz not null default now(),
    updated_at                 timestamptz not null default now()
);

-- Logout tokens that are to be delivered. Written in the transaction that ends the session.
create table auth.backchannel_logout (
    id           uuid primary key,
    client_id    text not null references auth.oauth_application on delete cascade,
    user_id      uuid not null,
    session_id   uuid not null,
    attempts     integer not null default 0,
    created_at   timestamptz not null default now(),
    next_attempt timestamptz not null default now(),
    last_error   text
);
create index on auth.backchannel_logout (client_id, attempts, next_attempt);

create table auth.oauth_consent (
    id         uuid not null unique default gen_random_uuid(),
    user_id    uuid not null references auth."user" on delete cascade,
    client_id  text not null references auth.oauth_application on delete cascade,
    scopes     text[] not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (user_id, client_id)
);

-- What a code exchange gave: the family of refresh tokens that descend from it. Revoking it ends them all.
create table auth.oauth_grant (
    id          uuid primary key,
    client_id   text not null references auth.oauth_application on delete cascade,
    user_id     uuid not null references auth."user" on delete cascade,
    -- no foreign key: a grant outlives its session's natural end, and keeps the `sid` it was made with
    session_id  uuid not null,
    scopes      text[] not null,
    auth_time   timestamptz not null,
    created_at  timestamptz not null default now(),
    -- the absolute end of its refresh tokens
    expires_at  timestamptz not null,
    revoked_at  timestamptz,
    revoked_for text,
    -- the admin who acted as the person: the claim `act`
    actor_id    uuid references auth."user" on delete cascade
);
create index on auth.oauth_grant (user_id);
create index on auth.oauth_grant (session_id);
create index on auth.oauth_grant (expires_at);

create table auth.oauth_code (
    code_hash      bytea primary key,
    client_id      text not null references auth.oauth_application on delete cascade,
    user_id        uuid not null references auth."user" on delete cascade,
    session_id     uuid not null references auth.session on delete cascade,
    redirect_uri   text not null,
    scopes         text[] not null,
    nonce          text,
    -- missing only for clients that may do without (require_pkce)
    code_challenge text,
    auth_time      timestamptz not null,
    created_at     timestamptz not null default now(),
    expires_at     timestamptz not null,
    used_at        timestamptz,
    -- what the code was exchanged for; presenting it again revokes this
    grant_id       uuid references auth.oauth_grant on delete set null
);
create index on auth.oauth_code (expires_at);
-- Ending a session or forgetting a grant looks for its codes.
create index on auth.oauth_code (session_id);
create index on auth.oauth_code (grant_id);

create table auth.oauth_refresh_token (
    token_hash       bytea primary key,
    grant_id         uuid not null references auth.oauth_grant on delete cascade,
    created_at       timestamptz not null default now(),
    rotated_at       timestamptz,
    -- the token that replaced this one, sealed: a retry within the grace gets the same
    successor_sealed bytea
);
create index on auth.oauth_refresh_token (grant_id);

-- Failures in a row per normalised address, known or not. `device` is empty, or a device that signed in before and
-- therefore has a counter of its own.
create table auth.lockout (
    email        text not null,
    device       text not null default '',
    failures     integer not null default 0,
    locked_until timestamptz,
    updated_at   timestamptz not null default now(),
    primary key (email, device)
);

-- Fixed windows. Losing them in a crash costs nothing, hence unlogged.
create unlogged table auth.rate_limit (
    name         text not null,
    subject      text not null,
    window_start timestamptz not null,
    hits         integer not null,
    primary key (name, subject)
);

-- Mail that is to be sent. Written in the transaction that causes it; a sender delivers it.
create table auth.mail_outbox (
    id           uuid primary key,
    kind         text not null,
    -- recipient, subject and bodies, sealed (they hold links that sign people in); gone once sent
    content      bytea,
    -- written for an address nobody has, so that timing does not tell; the sender drops it
    discard      boolean not null default false,
    attempts     integer not null default 0,
    created_at   timestamptz not null default now(),
    next_attempt timestamptz not null default now(),
    sent_at      timestamptz,
    failed_at    timestamptz,
    last_error   text
);
create index on auth.mail_outbox (next_attempt) where sent_at is null and failed_at is null;

create table auth.auth_event_log (
    id         uuid primary key,
    at         timestamptz not null default now(),
    type       text not null,
    -- null on success
    reason     text,
    user_id    uuid references auth."user" on delete set null,
    -- who did it, where that is somebody else: an admin
    -- no reference: what an admin did stays with their id, also when they are gone
    actor_id   uuid,
    -- the address that was tried, where no user is known
    email      text,
    client_id  text,
    -- what else there is to say; never a secret
    details    jsonb,
    ip_address text not null default '',
    user_agent text not null default ''
);
-- Pages of the log go by time and, within it, by id.
create index on auth.auth_event_log (at, id);
create index on auth.auth_event_log (user_id, at);
create index on auth.auth_event_log (type, at);
