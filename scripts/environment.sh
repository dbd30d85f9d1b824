# shellcheck shell=bash disable=SC2154,SC2034 # root, data, site and cache come from lib.sh; what is set here is read by the verbs
# The development database and the variables of the trio, the same for `up` and for the operator's binary.

# use_database: an existing DATABASE_URL, else a Postgres of our own under .data/, started
use_database() {
  if [ -n "${DATABASE_URL:-}" ]; then
    note "using the database of DATABASE_URL"
    return
  fi
  # shellcheck source=scripts/postgres.sh
  . "$root/scripts/postgres.sh"
  need_postgres
  pg_home="$(postgres_home "$data/postgres")"
  if ! postgres_is_running "$pg_home"; then
    [ -s "$pg_home/db/PG_VERSION" ] || say "Making a Postgres under $pg_home"
    postgres_start "$pg_home" "$(free_port "${DEV_POSTGRES_PORT:-54320}")"
    # For the verb that must stop it again.
    started_postgres=yes
  fi
  DATABASE_URL="$(postgres_url "$pg_home" intellistack)"
  export DATABASE_URL
  local maintenance
  maintenance="$(postgres_url "$pg_home" postgres)"
  "$postgres_bin/psql" -Atqc "select 1 from pg_database where datname = 'intellistack'" "$maintenance" | grep -q 1 ||
    "$postgres_bin/psql" -qc 'create database intellistack' "$maintenance"
}

# use_environment: secrets made once and kept in .data/env; whatever is set already wins
use_environment() {
  local line name
  if [ ! -s "$data/env" ]; then
    (umask 077 && for name in AUTH_SECRET WEB_SECRET WEB_CLIENT_SECRET; do
      echo "$name=$(random_secret)"
    done >"$data/env")
  fi
  while IFS= read -r line; do
    name="${line%%=*}"
    [ -n "${!name:-}" ] || export "$name=${line#*=}"
  done <"$data/env"
  export INTELLISTACK_ENV="${INTELLISTACK_ENV:-development}"
  export WEB_ADDR="${WEB_ADDR:-127.0.0.1:3000}" AUTH_ADDR="${AUTH_ADDR:-127.0.0.1:3001}" API_ADDR="${API_ADDR:-127.0.0.1:8000}"
  export WEB_URL="${WEB_URL:-http://localhost:${WEB_ADDR##*:}}" AUTH_URL="${AUTH_URL:-http://localhost:${AUTH_ADDR##*:}}"
  export API_URL="${API_URL:-http://localhost:${API_ADDR##*:}}"
  export MAIL_DIR="${MAIL_DIR:-$data/mail}" SITE_DIR="${SITE_DIR:-$site}" CONTENT_DIR="${CONTENT_DIR:-$root/content}"
  export EMBEDDINGS_DIR="${EMBEDDINGS_DIR:-$cache/models/all-MiniLM-L6-v2}"
}
