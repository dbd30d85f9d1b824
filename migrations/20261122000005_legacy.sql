-- The move from the legacy platform: what it keeps for good, and how it knows how far it has come. `move_in` can be
-- dropped when the cutover is long past; the archive stays.

-- What has no column of its own here, by the row it comes from.
create table auth.legacy_archive (
    source_table text not null,
    source_key   text not null,
    -- whose it is; null: nobody's in particular
    user_id      uuid references auth."user" on delete cascade,
    content      jsonb not null,
    primary key (source_table, source_key)
);
create index on auth.legacy_archive (user_id);

create schema move_in;

-- The one run: its moment decides what has expired, also when it is resumed later.
create table move_in.run (
    single      boolean primary key default true check (single),
    t0          timestamptz not null,
    shape       text not null,
    -- where the rows come from, without a password
    source      text not null,
    -- whether live sessions are carried
    carry       boolean not null,
    course_id   uuid,
    started_at  timestamptz not null default now(),
    finished_at timestamptz
);

-- How far each step has come.
create table move_in.step (
    name     text primary key,
    last_key text,
    rows     bigint not null default 0,
    done     boolean not null default false
);

-- What became of every row of the source: exactly one thing.
create table move_in.ledger (
    source_table text not null,
    source_key   text not null,
    outcome      text not null check (outcome in ('migrated', 'merged', 'parked', 'archived', 'skipped')),
    reason       text,
    primary key (source_table, source_key),
    check (outcome <> 'skipped' or reason is not null)
);

-- What a person should look at.
create table move_in.note (
    kind         text not null,
    source_table text not null,
    source_key   text not null,
    detail       text not null default '',
    primary key (kind, source_table, source_key)
);

-- Where stages, lessons and versions went.
create table move_in.place (
    source_table text not null,
    source_key   text not null,
    target       uuid not null,
    primary key (source_table, source_key)
);

-- Addresses and names as this platform's own code normalises them. Made anew at every start, hence unlogged.
create unlogged table move_in.address (
    id            text not null,
    user_id       uuid not null,
    credential_id uuid not null,
    folded        text not null,
    name          text not null
);

-- Ids that are no UUIDs, and the UUIDv5 in their place.
create unlogged table move_in.renamed (
    source_table text not null,
    id           text not null,
    uuid         uuid not null,
    primary key (source_table, id)
);

-- Spellings that only the program can fold (others are ASCII).
create unlogged table move_in.spelling (
    given  text primary key,
    folded text not null
);

-- What is to become of everybody, decided once. Its indexes are made by who fills it, afterwards.
create unlogged table move_in.person (
    id            text not null,
    user_id       uuid not null,
    credential_id uuid not null,
    given         text,
    folded        text not null,
    -- nobody else has this address once it is folded
    alone         boolean not null,
    -- the address in the new database; parked for losers
    email         text not null,
    -- null: not parked
    parked        text,
    name          text not null,
    role          text not null,
    verified      boolean not null,
    ban_reason    text,
    ban_expires   timestamptz,
    credential    boolean not null
);

-- `jsonb` refuses what `json` takes: an escaped NUL, half a surrogate pair. Each becomes U+FFFD. The backslash must be
-- one that escapes: an even number stands before it.
create function move_in.careful(document text) returns jsonb language plpgsql immutable as $$
declare
    escape constant text := '(?<!\\)((?:\\\\)*)\\u';
begin
    document := regexp_replace(document, escape || '0000', E'\\1\\\\ufffd', 'g');
    document := regexp_replace(document, escape || '[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])', E'\\1\\\\ufffd', 'g');
    document := regexp_replace(document, '(?<!\\u[dD][89abAB][0-9a-fA-F]{2})(?<!\\)((?:\\\\)*)\\u[dD][c-fC-F][0-9a-fA-F]{2}',
                               E'\\1\\\\ufffd', 'g');
    return document::jsonb;
exception when others then
    -- A number that is too large, say: the row as the text that it was.
    return jsonb_build_object('as_text', document);
end
$$;

create function move_in.clean(document text) returns jsonb language sql immutable as $$
    select case when document !~ '\\u(0000|[dD][89a-fA-F])' then document::jsonb else move_in.careful(document) end
$$;

-- The hex digits of an id, for ids that are made of them. Written so that it is cheap: it is asked three times a message.
create function move_in.hex(id text) returns text language sql immutable as $$
    select case
        when id like '________-____-____-____-____________' and id !~ '[^-0-9a-fA-F]'
             and length(replace(id, '-', '')) = 32
        then replace(lower(id), '-', '')
        else md5(id)
    end
$$;
