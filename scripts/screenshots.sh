#!/usr/bin/env bash
# Pictures of the main pages, light and dark, on a desk's screen and on a telephone's, into docs/images.
# screenshots.sh [FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh
# shellcheck source=scripts/trio.sh
. scripts/trio.sh

need_cargo
need_postgres
need_node "it drives the browser"
have chromium || apt_install "the browser that takes the pictures" chromium
EMBEDDINGS_DIR="${EMBEDDINGS_DIR:-$cache/models/all-MiniLM-L6-v2}"
export EMBEDDINGS_DIR
need_model "no embedding model: the tutor in the pictures finds by words alone"
packages tests

pg_home="$(postgres_home "$data/screenshots-postgres")"
trap 'postgres_stop "$pg_home"; rm -rf "$pg_home"' EXIT
postgres_start "$pg_home" "$(free_port 54720)" fsync=off synchronous_commit=off full_page_writes=off
TEST_DATABASE_URL="$(postgres_url "$pg_home" postgres)"
export TEST_DATABASE_URL
seeded_trio "$pg_home" "$data/test-demo-password"
node scripts/screenshots.mjs "${1:-docs/images}"
