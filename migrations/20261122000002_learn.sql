-- Learning: what is taught, who takes part, how far they are.
create table learn.course (
    id         uuid primary key,
    slug       text not null unique,
    title      text not null,
    summary    text not null,
    language   text not null default 'en',
    -- whether a person changed it or its stages; then seeding leaves them alone
    edited     boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table learn.stage (
    id        uuid primary key,
    course_id uuid not null references learn.course (id) on delete cascade,
    -- 1, 2, 3 … in the order in which they open
    number    integer not null check (number > 0),
    slug      text not null,
    title     text not null,
    summary   text not null,
    hours     integer not null check (hours >= 0),
    outcomes  text[] not null default '{}',
    unique (course_id, slug),
    -- deferred, so that stages can change places in one transaction
    unique (course_id, number) deferrable initially deferred
);

create table learn.lesson (
    id                uuid primary key,
    course_id         uuid not null references learn.course (id) on delete cascade,
    stage_id          uuid not null references learn.stage (id) on delete cascade,
    -- unique everywhere: it is the lesson's address
    slug              text not null unique,
    title             text not null,
    summary           text not null,
    minutes           integer not null check (minutes >= 0),
    position          integer not null,
    -- whether the next stage waits for it
    required          boolean not null default true,
    concepts          text[] not null default '{}',
    -- null: a draft, or retired; then nobody but staff knows of it
    published_version uuid,
    -- when it was taken from the readers; null for drafts and published lessons
    retired_at        timestamptz,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now()
);
create index on learn.lesson (stage_id, position);
create index on learn.lesson (course_id);

create table learn.lesson_version (
    id            uuid primary key,
    lesson_id     uuid not null references learn.lesson (id) on delete cascade,
    markdown      text not null,
    front_matter  jsonb not null,
    -- SHA-256 of the file a seeded version was read from; null for what people wrote
    source_digest text,
    -- null: seeded
    author_id     uuid references auth."user" (id) on delete set null,
    -- whether a person wrote it; outlives the author's account
    edited        boolean not null default false,
    created_at    timestamptz not null default now()
);
create index on learn.lesson_version (lesson_id, created_at desc);

alter table learn.lesson
    add foreign key (published_version) references learn.lesson_version (id) on delete set null;

create table learn.exercise (
    id         uuid primary key,
    lesson_id  uuid not null references learn.lesson (id) on delete cascade,
    slug       text not null unique,
    position   integer not null,
    title      text not null,
    concept    text not null,
    language   text not null,
    prompt     text not null,
    -- {concept, pointer, step, example}: the ladder of help
    hints      jsonb not null,
    -- never leaves the API to somebody who has not passed
    solution   text not null,
    -- whether a person wrote or changed it; then seeding leaves it alone
    edited     boolean not null default false,
    -- one more with every change, so that nobody saves over what they have not seen
    revision   integer not null default 1,
    -- taken out of the lesson; kept for the attempts
    retired_at timestamptz
);
create index on learn.exercise (lesson_id, position);

create table learn.exercise_attempt (
    id          uuid primary key,
    user_id     uuid not null references auth."user" (id) on delete cascade,
    exercise_id uuid not null references learn.exercise (id) on delete cascade,
    text        text not null,
    passed      boolean not null,
    created_at  timestamptz not null default now()
);
create index on learn.exercise_attempt (user_id, exercise_id, id);
create index on learn.exercise_attempt (user_id, created_at);
create index on learn.exercise_attempt (exercise_id);

create table learn.course_staff (
    course_id uuid not null references learn.course (id) on delete cascade,
    user_id   uuid not null references auth."user" (id) on delete cascade,
    primary key (course_id, user_id)
);
create index on learn.course_staff (user_id);

create table learn.enrollment (
    user_id      uuid not null references auth."user" (id) on delete cascade,
    course_id    uuid not null references learn.course (id) on delete cascade,
    enrolled_at  timestamptz not null default now(),
    -- left; null while taking part
    ended_at     timestamptz,
    -- every required lesson of the course was complete
    completed_at timestamptz,
    primary key (user_id, course_id)
);
create index on learn.enrollment (course_id);

create table learn.completion (
    user_id      uuid not null references auth."user" (id) on delete cascade,
    lesson_id    uuid not null references learn.lesson (id) on delete cascade,
    completed_at timestamptz not null default now(),
    primary key (user_id, lesson_id)
);
create index on learn.completion (lesson_id);

-- A fact, not a rule's present outcome: lessons added later never lock anybody out again.
create table learn.stage_unlock (
    user_id     uuid not null references auth."user" (id) on delete cascade,
    stage_id    uuid not null references learn.stage (id) on delete cascade,
    unlocked_at timestamptz not null default now(),
    primary key (user_id, stage_id)
);
create index on learn.stage_unlock (stage_id);

-- What the tutor can find and quote, with its vector. Any vector index is a projection of this.
create table learn.chunk (
    id           uuid primary key,
    course_id    uuid not null references learn.course (id) on delete cascade,
    stage_id     uuid not null references learn.stage (id) on delete cascade,
    lesson_id    uuid not null references learn.lesson (id) on delete cascade,
    heading_path text[] not null,
    anchor       text not null,
    ordinal      integer not null,
    kind         text not null,
    text         text not null,
    markdown     text not null,
    -- questions that it answers in other words; searched, never shown
    asked        text[] not null default '{}',
    -- SHA-256 of what is embedded: title, headings and text, and each question; a passage that keeps it keeps its
    -- vectors and its id
    digest       bytea not null,
    -- one vector for the passage and one for each question, one after the other
    dense        real[],
    -- which model made the vectors
    dense_model  text,
    unique (lesson_id, ordinal),
    check ((dense is null) = (dense_model is null))
);
create index on learn.chunk (stage_id);

-- Which version of a lesson its chunks were cut from, and how; one row for a lesson that has been ingested.
create table learn.lesson_index (
    lesson_id         uuid primary key references learn.lesson (id) on delete cascade,
    lesson_version_id uuid not null references learn.lesson_version (id) on delete cascade,
    stage_id          uuid not null references learn.stage (id) on delete cascade,
    -- the title is part of what was embedded
    title             text not null,
    -- the embedding model of every chunk; null: some have words only
    model             text,
    -- the rules that it was cut by
    recipe            integer not null,
    -- another one for every ingestion, so that a projection sees what changed
    revision          uuid not null,
    indexed_at        timestamptz not null default now()
);
