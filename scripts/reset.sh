#!/usr/bin/env bash
# Stops everything and deletes the development data: accounts, lessons, conversations, mail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh

if [ "${1:-}" != --yes ]; then
  [ -t 0 ] || die "reset deletes all data in $data; say ./dev reset --yes"
  read -r -p "Delete all data in $data? [y/N] " answer
  case "$answer" in y | Y | yes) ;; *) die "nothing was deleted" ;; esac
fi
scripts/down.sh
if [ -d "$data" ]; then
  pg_home="$(postgres_home "$data/postgres")"
  rm -rf "$pg_home" "$data"
fi
say "Deleted $data"
