-- What the sample looks like where the models made it.
set search_path to legacy;
update users set notification_settings = '{"note": "before after"}' where notification_settings::text like '%\\u0000%';
update chatkit_thread set metadata = '{"page_title": "x y"}' where metadata::text like '%\\u0000%';
update chatkit_thread_item set metadata = '{"selected_text": ""}' where metadata::text like '%\\u0000%';
update auth_event_log set metadata = '{"raw": "ab", "reason": "older text"}' where metadata::text like '%\\u0000%';
do $$
declare
    each record;
begin
    for each in select table_name, column_name from information_schema.columns
        where table_schema = 'legacy' and data_type = 'json'
    loop
        execute format('alter table %I alter column %I type jsonb using %I::jsonb', each.table_name, each.column_name,
                       each.column_name);
    end loop;
end
$$;
alter table oauth_accounts drop constraint uq_oauth_accounts_provider_account;
alter table users alter column failed_login_attempts drop default;
drop index ix_users_locked_until, ix_sessions_expires_at, ix_sessions_revoked_at;
drop table alembic_version;
drop table content_effectiveness, content_engagement, content_hierarchy, content_summaries, content_variants,
    interactive_code_blocks;
