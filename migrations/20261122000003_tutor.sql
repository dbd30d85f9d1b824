-- Conversations with the tutor, and what they cost.
create table tutor.chatkit_thread (
    -- thr_ and 32 hex digits
    id         text primary key,
    user_id    uuid not null references auth."user" (id) on delete cascade,
    -- where the first question was asked; null: not in a lesson
    course_id  uuid references learn.course (id) on delete set null,
    lesson_id  uuid references learn.lesson (id) on delete set null,
    title      text,
    -- the order of creation: unlike the time it has no ties
    seq        bigint generated always as identity,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index on tutor.chatkit_thread (user_id, seq desc);
create index on tutor.chatkit_thread (user_id, updated_at desc);
create index on tutor.chatkit_thread (lesson_id) where lesson_id is not null;

create table tutor.chatkit_thread_item (
    -- msg_ and 32 hex digits
    id         text primary key,
    thread_id  text not null references tutor.chatkit_thread (id) on delete cascade,
    seq        bigint generated always as identity,
    -- user_message, assistant_message, hidden_context_item …
    kind       text not null,
    -- the whole item as it goes over the wire; json and not jsonb, which would reorder members
    content    json not null,
    -- what a message says, for the search in one's conversations
    said       text,
    -- for the model only: never listed, never streamed
    hidden     boolean not null default false,
    created_at timestamptz not null
);
create unique index on tutor.chatkit_thread_item (thread_id, seq);

-- One answer in the making or made. It outlives its thread, because the daily limit counts it.
create table tutor.turn (
    id            uuid primary key,
    user_id       uuid not null references auth."user" (id) on delete cascade,
    -- Which of its person's turns it is, from 1. Whoever opens one has looked at all before it, or finds the number taken:
    -- so the daily limit is exact, whatever is sent at once. Turns that were brought from elsewhere have none.
    nth           integer,
    thread_id     text references tutor.chatkit_thread (id) on delete set null,
    -- the message being answered
    user_item_id  text references tutor.chatkit_thread_item (id) on delete set null,
    -- the message that answers
    item_id       text not null,
    status        text not null default 'running'
                  check (status in ('running', 'done', 'failed', 'interrupted', 'stopped')),
    -- which process generates it, and when that last said so
    instance      uuid not null,
    heartbeat_at  timestamptz not null default now(),
    -- when somebody last listened: at the process that generates it, and at any other
    heard_at      timestamptz not null default now(),
    heard_elsewhere_at timestamptz,
    -- looked at five times a second by the process that generates it: its person wants it stopped, or wants its place
    stop          text check (stop in ('asked', 'room')),
    -- the request that opened it, so that the same request a second time opens no second turn
    idempotency_key text,
    request_hash  bytea,
    started_at    timestamptz not null default now(),
    first_text_at timestamptz,
    finished_at   timestamptz,
    -- what the policy chose to do, by its short name
    decision      text,
    -- lessons whose passages were cited
    cited         uuid[] not null default '{}',
    -- the same as passages: [{lesson, anchor, heading}]; a place in the text outlives the chunk that was found
    cited_passages jsonb not null default '[]',
    -- what was asked about, as far as it was known
    course_id     uuid references learn.course (id) on delete set null,
    lesson_id     uuid references learn.lesson (id) on delete set null,
    exercise_id   uuid references learn.exercise (id) on delete set null,
    -- the rung of the exercise's ladder that was given, from 1
    rung          smallint,
    error         text,
    -- Both say the same, and each is asked where the other would mislead the planner: by id for what is not finished,
    -- because a search for what runs may read turn_running from end to end.
    check ((status = 'running') = (finished_at is null))
);
-- One running turn a thread, whatever races.
create unique index turn_running on tutor.turn (thread_id) where status = 'running';
create unique index turn_nth on tutor.turn (user_id, nth);
create index on tutor.turn (user_id, started_at);
create index on tutor.turn (thread_id, started_at);
create index on tutor.turn (user_item_id);
create index on tutor.turn (item_id);
create index on tutor.turn (course_id, started_at) where course_id is not null;
create index on tutor.turn (lesson_id) where lesson_id is not null;
create index on tutor.turn (exercise_id) where exercise_id is not null;
create index turn_stop on tutor.turn (instance) where stop is not null and status = 'running';
create unique index turn_idempotency_key on tutor.turn (user_id, idempotency_key) where idempotency_key is not null;

-- What counts against the daily limit. A turn that failed, or died, before its first text cost the person nothing. One
-- that was stopped did: otherwise stopping at once would make questions free.
create view tutor.counted_turn as
select user_id, started_at from tutor.turn
where started_at > now() - interval '24 hours'
  and (status in ('running', 'done', 'stopped') or first_text_at is not null);

-- What was streamed, so that a reader who lost the connection can read on. A row is what was stored at once.
create table tutor.turn_frame (
    turn_id uuid not null references tutor.turn (id) on delete cascade,
    -- the number of its last frame, from 1
    last    integer not null,
    -- whole SSE frames, one after another
    frames  text not null,
    primary key (turn_id, last)
);

create table tutor.feedback (
    user_id    uuid not null references auth."user" (id) on delete cascade,
    item_id    text not null references tutor.chatkit_thread_item (id) on delete cascade,
    kind       text not null check (kind in ('positive', 'negative')),
    comment    text,
    created_at timestamptz not null default now(),
    primary key (user_id, item_id)
);
create index on tutor.feedback (item_id);

-- Use by person and day (UTC).
create table tutor.ai_usage_metric (
    user_id       uuid not null references auth."user" (id) on delete cascade,
    day           date not null,
    messages      integer not null default 0,
    errors        integer not null default 0,
    -- turns that got as far as their first text, and the milliseconds they took to it and to the end, summed
    answered      integer not null default 0,
    first_text_ms bigint not null default 0,
    total_ms      bigint not null default 0,
    -- as the model's provider counts them; the guide uses none
    prompt_tokens     bigint not null default 0,
    completion_tokens bigint not null default 0,
    primary key (user_id, day)
);
create index on tutor.ai_usage_metric (day);

-- Conversations of enrolments that are over, and since when: from the moment a course was left or completed, whichever
-- came first, or from the conversation's beginning where that came later. Enrolling again sets enrolled_at, so that
-- what was completed before it ends nothing. Without an enrolment there is no end. A conversation in which the tutor is
-- answering is left alone until it has.
create view tutor.ended_thread as
select t.id, t.user_id,
       greatest(t.created_at, least(e.ended_at, case when e.completed_at >= e.enrolled_at then e.completed_at end))
           as ended_at
from tutor.chatkit_thread t
join learn.enrollment e on e.user_id = t.user_id and e.course_id = t.course_id
where (e.ended_at is not null or e.completed_at >= e.enrolled_at)
  and not exists (select from tutor.turn r where r.thread_id = t.id and r.status = 'running');
