#!/usr/bin/env bash
# From a checkout to a running trio.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/environment.sh
. scripts/environment.sh
# shellcheck source=scripts/llm.sh
. scripts/llm.sh

detach=
llm=
while [ $# -gt 0 ]; do
  case "$1" in
    --detach) detach=yes ;;
    --llm) llm="${2:-nothing}" && shift ;;
    *) die "up takes --detach and --llm local" ;;
  esac
  shift || true
done
case "$llm" in "" | local) ;; *) die "--llm takes local; another model is named by OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL" ;; esac

mkdir -p "$data"
pid_file="$data/intellistack.pid"
is_running() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }
if is_running; then die "it runs already (pid $(cat "$pid_file")); './dev status' says where, './dev down' stops it"; fi

use_environment
for variable in WEB_ADDR AUTH_ADDR API_ADDR; do
  address="${!variable}"
  ! port_is_taken "${address##*:}" ||
    die "port ${address##*:} is taken by another program. Stop that one, or choose another: $variable=127.0.0.1:PORT ./dev up"
done

"$root/scripts/build.sh"

mkdir -p "$MAIL_DIR"
[ -z "$llm" ] || need_llm
need_model "no embedding model: retrieval goes on with BM25 alone"

binary="$target/release/intellistack"
started_postgres=
stop_all() {
  trap - EXIT INT TERM
  if [ -n "${server:-}" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -f "$pid_file"
  fi
  llm_stop
  if [ -n "$started_postgres" ]; then postgres_stop "$pg_home"; fi
}
trap 'stop_all' EXIT
trap 'echo; say "Stopping"; exit 130' INT TERM

use_database
[ -z "$llm" ] || llm_start

say "Preparing the database"
"$binary" migrate
"$binary" seed --demo-password-file "$data/demo-password"
"$binary" ingest

say "Starting"
if [ -n "$detach" ]; then
  setsid "$binary" up >>"$data/log" 2>&1 </dev/null &
else
  # In its own session, so that Ctrl-C reaches this script alone and it stops things in order.
  setsid "$binary" up </dev/null &
fi
server=$!
echo "$server" >"$pid_file"

wait_ready() {
  local url tries=0
  for url in "$AUTH_URL" "$API_URL" "$WEB_URL"; do
    until curl -fsS -o /dev/null --max-time 3 "$url/readyz" 2>/dev/null; do
      kill -0 "$server" 2>/dev/null || return 1
      tries=$((tries + 1))
      [ "$tries" -lt 300 ] || return 1
      sleep 0.2
    done
  done
}
wait_ready || die "the services did not become ready$([ -z "$detach" ] || echo ": $(tail -n 5 "$data/log")")"

cat <<TEXT

  IntelliStack is ready.

    the site          $WEB_URL
    auth-server       $AUTH_URL
    api-server        $API_URL
    mailbox           $AUTH_URL/dev/mail   (mail is written to files here, nothing is sent)
    the tutor         ${OPENAI_MODEL:-the built-in guide}${OPENAI_BASE_URL:+ at $OPENAI_BASE_URL}

    demo accounts     student@example.com  instructor@example.com  admin@example.com
    their password    $(cat "$data/demo-password")

TEXT
if [ -n "$detach" ]; then
  trap - EXIT INT TERM
  note "it runs in the background (pid $server, log $data/log); ./dev down stops it"
  exit 0
fi
note "Ctrl-C stops everything."
wait "$server"
