-- What the ledger says was archived is in the archive.
select l.source_table, l.source_key, 'is not in the archive' as what
from move_in.ledger l
where l.outcome = 'archived'
  and not exists (
      select from auth.legacy_archive a where a.source_table = l.source_table and a.source_key = l.source_key)
