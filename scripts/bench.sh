#!/usr/bin/env bash
# Measures a service against references in the same run, or many people doing light requests.
#   bench.sh auth [--peer DIR] [--seconds N] [--rounds N]
#   bench.sh tutor [--peer DIR] [--seconds N] [--rounds N]
#   bench.sh smoke [--people N] [--seconds N]
#   bench.sh legacy [--people N]
#   bench.sh web [--rounds N] [--seconds N] [--rate N]
# --peer: where the scripts that set up another server for the same work are (auth: Better Auth on Node; tutor: FastAPI
# with the ChatKit SDK); it then runs beside ours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh

what="${1:-}"
case "$what" in
  auth | tutor | smoke | legacy | web) shift ;;
  *) die "bench takes auth or tutor [--peer DIR] [--seconds N] [--rounds N], smoke [--people N] [--seconds N], legacy [--people N], or web [--rounds N] [--seconds N]" ;;
esac

need_cargo
need_postgres
[ "$what" = legacy ] || need_node "the benchmark is written for it"
if [ "$what" = legacy ]; then
  have time || [ -x /usr/bin/time ] || apt_install "the measure of memory" time
elif [ "$what" = auth ]; then
  have wrk || apt_install "the load generator" wrk
  have hey || apt_install "the load generator for fixed rates" hey
elif [ "$what" = web ]; then
  have hey || apt_install "the load generator for fixed rates" hey
  have chromium || apt_install "the browser that is measured" chromium
  [ -d tests/node_modules/playwright-core ] || (cd tests && npm ci --silent --ignore-scripts --no-audit --no-fund)
else
  EMBEDDINGS_DIR="${EMBEDDINGS_DIR:-$cache/models/all-MiniLM-L6-v2}"
  export EMBEDDINGS_DIR
  need_model "no embedding model: the questions are not embedded"
fi

if [ "${BENCH_NO_BUILD:-}" != yes ]; then
  cargo build --release -p intellistack -p auth-server -p api-server -p web --bins --examples
  [ "$what" != web ] || scripts/wasm.sh
fi

pg_home="$(postgres_home "$data/bench-postgres")"
work="$(mktemp -d)"
trap 'postgres_stop "$pg_home"; rm -rf "$pg_home" "$work"' EXIT
# Its own settings are Postgres's defaults: what is measured is durable.
postgres_start "$pg_home" "$(free_port 54620)"
"$postgres_bin/psql" -q -c "create database bench" "$(postgres_url "$pg_home" postgres)"
DATABASE_URL="$(postgres_url "$pg_home" bench)"
export DATABASE_URL INTELLISTACK_ENV=development BENCH_WORK="$work"
"$target/release/intellistack" migrate
if [ "$what" = tutor ] || [ "$what" = smoke ] || [ "$what" = web ]; then
  "$target/release/intellistack" seed
  # Before anything is measured: embedding a new course takes both processors for a minute.
  "$target/release/intellistack" ingest
fi

case "$what" in
  auth) BINARY="$target/release/auth-server" FLOOR="$target/release/examples/floor" node scripts/bench/auth.mjs "$@" ;;
  tutor)
    SCRIPTED="$target/release/examples/scripted" STREAMS="$target/release/examples/streams" PSQL="$postgres_bin/psql" \
      node scripts/bench/tutor.mjs "$@"
    ;;
  smoke)
    AUTH_BINARY="$target/release/auth-server" API_BINARY="$target/release/api-server" node scripts/bench/smoke.mjs "$@"
    ;;
  legacy)
    INTELLISTACK="$target/release/intellistack" PSQL="$postgres_bin/psql" TIME=/usr/bin/time scripts/bench/legacy.sh "$@"
    ;;
  web)
    AUTH_BINARY="$target/release/auth-server" API_BINARY="$target/release/api-server" WEB_BINARY="$target/release/web" \
      SITE_DIR="${SITE_DIR:-$site}" node scripts/bench/web.mjs "$@"
    ;;
esac
