-- Passwords verbatim, or renewed by a sign-in since; links to the same person.
select 'users', u.id, 'the password differs'
from move_in_source.users u join move_in.person p on p.id = u.id
left join move_in_source.interim_password i on i.user_id = u.id
left join auth.account a on a.id = p.credential_id and a.provider_id = 'credential' and a.user_id = p.user_id
where p.credential and (a.password is null or (a.password <> coalesce(i.password, u.password_hash) and a.password not like '$argon2id$%'))
union all
select 'users', p.id, 'has a password here and had no usable one there'
from move_in.person p join auth.account a on a.id = p.credential_id
where not p.credential and a.password not like '$argon2%'
union all
select 'oauth_accounts', o.id, 'the link is missing or another person''s'
from move_in_source.oauth_accounts o
join move_in.ledger l on l.source_table = 'oauth_accounts' and l.source_key = o.id and l.outcome = 'migrated'
join move_in.person p on p.id = o.user_id
left join auth.account a on a.provider_id = lower(o.provider) and a.account_id = o.provider_account_id
where a.user_id is distinct from p.user_id
union all
select 'oauth_accounts', o.id, 'a token is missing'
from move_in_source.oauth_accounts o join auth.account a on a.id = o.uuid
where (o.access_token is not null and a.access_token is null)
   or (o.refresh_token is not null and a.refresh_token is null)
   or (o.id_token is not null and a.id_token is null)
