-- In the order of time, and of ids where the time is the same: the order of a conversation is the order of writing.
with
    judged as materialized (
        select i.id, i.role, i.content, i.metadata, o.place, t.id as thread, t.user_id as person,
               'msg_' || move_in.hex(i.id) as item, coalesce(i.created_at, t.created_at) as moment
        from (select * from move_in_source.message_place where {page}) o
        join move_in_source.chatkit_thread_item i on i.key = o.key
        left join tutor.chatkit_thread t on t.id = 'thr_' || move_in.hex(i.thread_id)
    ),
    items as (
        insert into tutor.chatkit_thread_item (id, thread_id, kind, content, said, hidden, created_at)
        select item, thread,
               case role when 'user' then 'user_message' when 'assistant' then 'assistant_message'
                    else 'sdk_hidden_context' end,
               case role
                   when 'user' then json_build_object(
                       'id', item, 'thread_id', thread, 'created_at', at.text, 'type', 'user_message',
                       'content', json_build_array(json_build_object('type', 'input_text', 'text', content)),
                       'attachments', json_build_array(), 'inference_options', '{}'::json)
                   when 'assistant' then json_build_object(
                       'id', item, 'thread_id', thread, 'created_at', at.text, 'type', 'assistant_message',
                       'content', json_build_array(json_build_object(
                           'annotations', json_build_array(), 'text', content, 'type', 'output_text')))
                   else json_build_object(
                       'id', item, 'thread_id', thread, 'created_at', at.text, 'type', 'sdk_hidden_context',
                       'content', content)
               end,
               case when role in ('user', 'assistant') then content end, role not in ('user', 'assistant'), moment
        from judged
        cross join lateral (
            select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as text) at
        where thread is not null order by place
        on conflict do nothing
    ),
    rest as (
        insert into auth.legacy_archive (source_table, source_key, user_id, content)
        select 'chatkit_thread_item', id, person, jsonb_build_object('role', role, 'metadata', move_in.clean(metadata))
        from judged where thread is not null and metadata is not null
        on conflict do nothing
    )
insert into move_in.ledger (source_table, source_key, outcome, reason)
select 'chatkit_thread_item', id, case when thread is null then 'skipped' else 'migrated' end,
       case when thread is null then 'thread_missing' end
from judged
on conflict do nothing
