select 'chatkit_thread', t.id, 'differs or is missing'
from move_in_source.chatkit_thread t join move_in.person p on p.id = t.user_id
left join tutor.chatkit_thread h on h.id = 'thr_' || move_in.hex(t.id)
where h.user_id is distinct from p.user_id or h.title is distinct from t.title or h.created_at <> t.created_at
union all
select 'chatkit_thread_item', i.id, 'differs or is missing'
from move_in_source.chatkit_thread_item i
join move_in.ledger l on l.source_table = 'chatkit_thread_item' and l.source_key = i.id and l.outcome = 'migrated'
left join tutor.chatkit_thread_item h on h.id = 'msg_' || move_in.hex(i.id)
where h.id is null or h.thread_id <> 'thr_' || move_in.hex(i.thread_id) or h.created_at <> i.created_at
   or (i.role in ('user', 'assistant') and h.said is distinct from i.content)
union all
select 'ai_usage_metric', d.first, 'the day''s sums differ'
from move_in_source.usage_day d join move_in.person p on p.id = d.user_id
left join tutor.ai_usage_metric m on m.user_id = p.user_id and m.day = d.day
where m.messages is null or m.messages < d.messages or m.errors < d.errors or m.total_ms < d.total_ms
