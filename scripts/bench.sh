#!/usr/bin/env bash
# Measures a service against references in the same run, or many people doing light requests.
#   bench.sh auth [--peer DIR] [--seconds N] [--rounds N]
#   bench.sh tutor [--peer DIR] [--seconds N] [--levels N,N] [--threads N]
#   bench.sh smoke [--people N] [--seconds N]
# --peer: where the scripts that set up another server for the same work are; it then runs beside ours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh

what="${1:-}"
case "$what" in
  auth) packages=(-p intellistack -p auth-server --bins --examples) ;;
  tutor) packages=(-p api-server --example paced) ;;
  smoke) packages=(-p intellistack -p auth-server -p api-server --bins) ;;
  *) die "bench takes auth, tutor [--peer DIR] [--seconds N], or smoke [--people N] [--seconds N]" ;;
esac
shift

need_cargo
need_postgres
need_node "the benchmark is written for it"
if [ "$what" = auth ]; then
  have wrk || apt_install "the load generator" wrk
  have hey || apt_install "the load generator for fixed rates" hey
fi

[ "${BENCH_NO_BUILD:-}" = yes ] || cargo build --release "${packages[@]}"

pg_home="$(postgres_home "$data/bench-postgres")"
work="$(mktemp -d)"
trap 'postgres_stop "$pg_home"; rm -rf "$pg_home" "$work"' EXIT
# Its own settings are Postgres's defaults: what is measured is durable.
postgres_start "$pg_home" "$(free_port 54620)"
"$postgres_bin/psql" -q -c "create database bench" "$(postgres_url "$pg_home" postgres)"
DATABASE_URL="$(postgres_url "$pg_home" bench)"
export DATABASE_URL
if [ "$what" = tutor ]; then
  BINARY="${BENCH_BINARY:-$target/release/examples/paced}" BENCH_WORK="$work" node scripts/bench/tutor.mjs "$@"
  exit
fi
INTELLISTACK_ENV=development "$target/release/intellistack" migrate

if [ "$what" = smoke ]; then
  EMBEDDINGS_DIR="${EMBEDDINGS_DIR:-$cache/models/all-MiniLM-L6-v2}"
  export EMBEDDINGS_DIR
  INTELLISTACK_ENV=development "$target/release/intellistack" seed
  INTELLISTACK_ENV=development "$target/release/intellistack" ingest
  AUTH_BINARY="$target/release/auth-server" API_BINARY="$target/release/api-server" BENCH_WORK="$work" \
    node scripts/bench/smoke.mjs "$@"
  exit
fi

BINARY="$target/release/auth-server" FLOOR="$target/release/examples/floor" BENCH_WORK="$work" node scripts/bench/auth.mjs "$@"
