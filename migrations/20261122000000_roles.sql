-- One schema and one role per service. A service's connections `set role` to theirs, so that a mistake in one
-- service cannot reach another's tables. Roles belong to the whole cluster, hence the guards; where the migrating
-- user may not create roles, the services go on as the user they sign in as.
do $$
declare
    service_role text;
begin
    foreach service_role in array array['intellistack_auth', 'intellistack_api', 'intellistack_web'] loop
        begin
            if not exists (select from pg_roles where rolname = service_role) then
                execute format('create role %I nologin', service_role);
            end if;
            if not pg_has_role(current_user, service_role, 'member') then
                execute format('grant %I to current_user', service_role);
            end if;
        exception
            when duplicate_object or unique_violation then null;
            when insufficient_privilege then
                raise notice 'role % not created: %', service_role, sqlerrm;
        end;
    end loop;
end
$$;

create schema auth;
create schema learn;
create schema tutor;
create schema web;

do $$
declare
    owner record;
begin
    for owner in
        select * from (values ('auth', 'intellistack_auth'), ('learn', 'intellistack_api'),
                              ('tutor', 'intellistack_api'), ('web', 'intellistack_web')) as o (schema_name, role_name)
    loop
        if exists (select from pg_roles where rolname = owner.role_name) then
            execute format('grant usage on schema %I to %I', owner.schema_name, owner.role_name);
            execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to %I',
                           owner.schema_name, owner.role_name);
            execute format('alter default privileges in schema %I grant usage, select on sequences to %I',
                           owner.schema_name, owner.role_name);
        end if;
    end loop;
end
$$;
