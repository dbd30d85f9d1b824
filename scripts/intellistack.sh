#!/usr/bin/env bash
# The operator's binary against the development database: ./dev intellistack user list
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/environment.sh
. scripts/environment.sh

mkdir -p "$data"
use_environment
use_database
[ -x "$target/release/intellistack" ] || scripts/build.sh
status=0
"$target/release/intellistack" "$@" || status=$?
# Leave things as they were found.
[ -z "${started_postgres:-}" ] || postgres_stop "$pg_home"
exit "$status"
