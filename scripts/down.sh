#!/usr/bin/env bash
# Stops what `up` started: the trio, then our own Postgres.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh
# shellcheck source=scripts/llm.sh
. scripts/llm.sh

pid_file="$data/intellistack.pid"
if [ -s "$pid_file" ]; then
  pid="$(cat "$pid_file")"
  # A pid may have been given to somebody else since; end it only if it is ours.
  if [ "$(basename "$(readlink "/proc/$pid/exe" 2>/dev/null | sed 's/ (deleted)$//')" 2>/dev/null)" = intellistack ]; then
    kill "$pid"
    for _ in $(seq 150); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -0 "$pid" 2>/dev/null && die "pid $pid does not end; look at $data/log"
    say "Stopped the trio"
  fi
  rm -f "$pid_file"
fi
llm_stop
if [ -z "${DATABASE_URL:-}" ] && [ -d "$data" ] && find_postgres; then
  pg_home="$(postgres_home "$data/postgres")"
  if [ -s "$pg_home/db/PG_VERSION" ] && postgres_is_running "$pg_home"; then
    postgres_stop "$pg_home"
    say "Stopped Postgres"
  fi
fi
