#!/usr/bin/env bash
# The migration of many people from the legacy platform, beside plain INSERT … SELECT of the same rows in the same run.
# Called by `./dev bench legacy`, with DATABASE_URL, INTELLISTACK, PSQL and BENCH_WORK set.
#   legacy.sh [--people N]
set -euo pipefail
people=1000000
while [ $# -gt 0 ]; do
  case "$1" in
    --people) people="$2"; shift 2 ;;
    *) echo "bench legacy takes [--people N]" >&2; exit 2 ;;
  esac
done

base="${DATABASE_URL%/*}"
run() { PGOPTIONS='--client-min-messages=warning' "$PSQL" -q -X -v ON_ERROR_STOP=1 "$@"; }
seconds() { local begun ended; begun=$(date +%s%N); "$@" >"$BENCH_WORK/out" 2>"$BENCH_WORK/err" || { cat "$BENCH_WORK/err" >&2; exit 1; }; ended=$(date +%s%N); awk "BEGIN { print ($ended - $begun) / 1e9 }"; }

echo "making $people people with four times as many rows …" >&2
sed '/^-- @@ PART 3/,$d' crates/legacy/tests/sample.sql | run "$DATABASE_URL"
run -v people="$people" -f tests/legacy/million.sql "$DATABASE_URL"
rows=$(run -At -c "select count(*) from (select 1 from legacy.users union all select 1 from legacy.user_roles union all
  select 1 from legacy.login_attempts union all select 1 from legacy.sessions union all select 1 from legacy.oauth_accounts
  union all select 1 from legacy.chatkit_thread union all select 1 from legacy.chatkit_thread_item) r" "$DATABASE_URL")
run -c "create database legacy_plain template $(basename "$DATABASE_URL")" "$base/postgres"

plain=$(seconds run -f tests/legacy/plain.sql "$base/legacy_plain")
run -c "drop database legacy_plain" "$base/postgres"
run -c checkpoint "$base/postgres"
move=$(seconds env LEGACY_AUTH_SECRET=measured "$TIME" -f %M -o "$BENCH_WORK/memory" "$INTELLISTACK" legacy migrate --scratch)
again=$(seconds "$INTELLISTACK" legacy validate)
awk -v rows="$rows" -v plain="$plain" -v move="$move" -v again="$again" -v memory="$(cat "$BENCH_WORK/memory")" 'BEGIN {
  printf "%d rows\n", rows
  printf "plain INSERT … SELECT    %7.1f s  %8.0f rows/s\n", plain, rows / plain
  printf "legacy migrate           %7.1f s  %8.0f rows/s  %.2f of it  peak %.0f MiB\n", move, rows / move, plain / move, memory / 1024
  printf "legacy validate          %7.1f s\n", again
}'
