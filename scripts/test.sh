#!/usr/bin/env bash
# All tests: unit, integration against a real Postgres (a database per test), the built trio in headless Chromium and
# under the clients that others wrote.
# test.sh [--full] [--only rust|browser|clients]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh
# shellcheck source=scripts/trio.sh
. scripts/trio.sh

only=all
full=
while [ $# -gt 0 ]; do
  case "$1" in
    --full) full=yes ;;
    --only) only="${2:-}" && shift ;;
    *) die "test takes --full, --only rust, --only browser or --only clients" ;;
  esac
  shift
done
case "$only" in all | rust | browser | clients) ;; *) die "--only rust, --only browser or --only clients" ;; esac

need_cargo
need_postgres
need_node "the tests of the built trio run on it"

pg_home="$(postgres_home "$data/test-postgres")"
trap 'postgres_stop "$pg_home"; rm -rf "$pg_home"' EXIT
# Test data need not survive a power cut.
postgres_start "$pg_home" "$(free_port 54520)" fsync=off synchronous_commit=off full_page_writes=off \
  authentication_timeout=5s
TEST_DATABASE_URL="$(postgres_url "$pg_home" postgres)"
export TEST_DATABASE_URL

EMBEDDINGS_DIR="${EMBEDDINGS_DIR:-$cache/models/all-MiniLM-L6-v2}"
export EMBEDDINGS_DIR
need_model "no embedding model: the tests that need it say that they are skipped"

# The property tests: the same cases every time, so that a run can be repeated. --full draws fresh ones, six times, and
# measures the tutor.
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20261122}"

if [ "$only" = all ] || [ "$only" = rust ]; then
  say "Rust: unit and integration tests"
  cargo test --workspace --no-fail-fast
  if [ -n "$full" ]; then
    scripts/eval.sh
  fi
  for _ in ${full:+1 2 3 4 5 6}; do
    PROPTEST_RNG_SEED=$RANDOM cargo test -p tutor -p prose -p chatkit -p oauth
  done
fi

# python_with NAME REQUIREMENTS: a Python with exactly these packages, kept for the next time
python_with() {
  local home="$cache/python/$1"
  if ! cmp -s "$2" "$home/requirements.txt"; then
    rm -rf "$home"
    python3 -m venv "$home" 2>/dev/null || { apt_install "real clients in Python" python3-venv >&2 && python3 -m venv "$home"; }
    "$home/bin/pip" install --quiet --disable-pip-version-check --requirement "$2" >&2 ||
      die "pip cannot install $2; is the Python package index in reach?"
    cp "$2" "$home/requirements.txt"
  fi
  echo "$home/bin/python"
}

if [ "$only" != rust ]; then
  seeded_trio "$pg_home" "$data/test-demo-password"
fi

if [ "$only" = all ] || [ "$only" = browser ]; then
  say "The trio in a browser"
  have chromium || apt_install "the browser of the browser tests" chromium
  have firefox-esr || apt_install "the other browser that students have" firefox-esr
  packages tests
  node --test --test-reporter=spec --test-concurrency=1 tests/browser/*.test.mjs tests/repository/*.test.mjs
fi

if [ "$only" = all ] || [ "$only" = clients ]; then
  say "The trio under real clients and under the certification plans"
  packages tests/clients
  AUTHLIB_PYTHON="$(python_with authlib tests/clients/authlib/requirements.txt)"
  CHATKIT_PYTHON="$(python_with chatkit tests/clients/chatkit/requirements.txt)"
  SCHEMATHESIS="$(dirname "$(python_with schemathesis tests/clients/schemathesis/requirements.txt)")/st"
  export AUTHLIB_PYTHON CHATKIT_PYTHON SCHEMATHESIS ${full:+SCHEMATHESIS_EXAMPLES=100}
  node --test --test-reporter=spec --test-concurrency=2 tests/clients/*.test.mjs tests/clients/better-auth/*.test.mjs \
    tests/conformance/*.test.mjs
fi
