-- Ids of text, as the interim identity server made them; U49 and U50 have its 32 letters and digits. The foreign keys
-- are gone, as they were in databases that were patched so.
set search_path to legacy;
do $$
declare
    each record;
begin
    for each in select conrelid::regclass as relation, conname from pg_constraint
        where contype = 'f' and connamespace = 'legacy'::regnamespace
    loop
        execute format('alter table %s drop constraint %I', each.relation, each.conname);
    end loop;
    for each in select table_name, column_name from information_schema.columns
        where table_schema = 'legacy' and (
            (table_name = 'users' and column_name = 'id')
            or (table_name in ('user_roles', 'sessions', 'oauth_accounts', 'password_reset_tokens')
                and column_name in ('id', 'user_id'))
            or (table_name = 'login_attempts' and column_name = 'id')
            or (table_name = 'progress' and column_name = 'user_id'))
    loop
        execute format('alter table %I alter column %I type varchar(255)', each.table_name, each.column_name);
    end loop;
end
$$;
update users set id = 'Kx93mQpLwZ7aTnR2bVc8YsD4fGh6Jk49' where id = '10000000-0000-4000-8000-000000000049';
update oauth_accounts set user_id = 'Kx93mQpLwZ7aTnR2bVc8YsD4fGh6Jk49', id = 'aCcOuNtOf49'
    where user_id = '10000000-0000-4000-8000-000000000049';
update users set id = 'test-user-id' where id = '10000000-0000-4000-8000-000000000050';
