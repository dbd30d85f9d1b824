#!/usr/bin/env bash
# Writes .sqlx/: what the checked queries know of the database, so that a build needs none.
# Run it after changing a query or a migration, and commit what it writes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh

need_postgres
pg_home="$(postgres_home "$data/prepare-postgres")"
trap 'postgres_stop "$pg_home"; rm -rf "$pg_home"' EXIT
postgres_start "$pg_home" "$(free_port 54620)" fsync=off
DATABASE_URL="$(postgres_url "$pg_home" postgres)"
export DATABASE_URL SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$root/.sqlx"
for migration in migrations/*.sql; do
  "$postgres_bin/psql" -q -v ON_ERROR_STOP=1 -f "$migration" "$DATABASE_URL"
done
rm -rf .sqlx && mkdir .sqlx
# The macros write as they are expanded, so whatever has queries must be compiled anew.
grep -rlE 'query(_as|_scalar)?!\(' --include='*.rs' crates auth-server api-server web | sed 's,/src/.*,/src,; s,/tests/.*,/tests,' | sort -u |
  while read -r folder; do find "$folder" -name '*.rs' -exec touch {} +; done
cargo check --workspace --all-targets
say "Wrote $(find .sqlx -name '*.json' | wc -l) queries to .sqlx/"
