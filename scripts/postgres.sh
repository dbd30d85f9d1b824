# shellcheck shell=bash
# A Postgres of our own. It refuses to run as root, so as root it runs as the user `postgres`.

postgres_bin=
find_postgres() {
  local dir
  for dir in /usr/lib/postgresql/*/bin "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/x)")"; do
    # Several versions: the last that is whole, which is the newest of Debian's unless PATH has one of its own.
    if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ] && [ -x "$dir/psql" ]; then postgres_bin="$dir"; fi
  done
  [ -n "$postgres_bin" ]
}

need_postgres() {
  find_postgres && return
  apt_install "the one database" postgresql
  find_postgres || die "PostgreSQL was installed, but its initdb is not where Debian puts it."
}

# as_postgres COMMAND...: as a user whom Postgres accepts
as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# postgres_home DIR: DIR, or as root a folder the user `postgres` can reach when DIR is not one
postgres_home() {
  local wanted="$1" parent
  if [ "$(id -u)" != 0 ]; then
    mkdir -p "$wanted" && echo "$wanted"
    return
  fi
  parent="$(dirname "$wanted")"
  mkdir -p "$parent"
  if runuser -u postgres -- test -x "$parent"; then
    install -d -o postgres -m 700 "$wanted"
    echo "$wanted"
  else
    local elsewhere
    elsewhere="/var/lib/intellistack/$(printf %s "$wanted" | cksum | cut -d' ' -f1)"
    install -d -m 755 /var/lib/intellistack
    install -d -o postgres -m 700 "$elsewhere"
    note "the user postgres cannot reach $wanted; the database lives in $elsewhere" >&2
    echo "$elsewhere"
  fi
}

# postgres_start HOME PORT [SETTING...]: makes it when new, starts it when stopped; loopback only, password in HOME
postgres_start() {
  local home="$1" port="$2" setting settings=""
  shift 2
  if [ ! -s "$home/db/PG_VERSION" ]; then
    random_secret >"$home/password"
    [ "$(id -u)" != 0 ] || chown postgres "$home/password"
    chmod 600 "$home/password"
    (cd / && as_postgres "$postgres_bin/initdb" -D "$home/db" -U intellistack --auth=scram-sha-256 \
      --pwfile="$home/password" --encoding=UTF8 --locale=C.UTF-8 >"$home.initdb.log" 2>&1) ||
      die "initdb failed: $(tail -n 3 "$home.initdb.log")"
    rm -f "$home.initdb.log"
  fi
  if postgres_is_running "$home"; then return; fi
  for setting in "port=$port" listen_addresses=127.0.0.1 "unix_socket_directories=" max_connections=200 "$@"; do
    settings="$settings -c '$setting'"
  done
  (cd / && as_postgres "$postgres_bin/pg_ctl" -D "$home/db" -l "$home/log" -w -t 30 -o "$settings" start >/dev/null) ||
    die "Postgres does not start: $(as_postgres tail -n 3 "$home/log")"
}

postgres_is_running() { (cd / && as_postgres "$postgres_bin/pg_ctl" -D "$1/db" status >/dev/null 2>&1); }

# The port a running one listens on.
postgres_port() { as_postgres sed -n 4p "$1/db/postmaster.pid"; }

postgres_stop() {
  postgres_is_running "$1" || return 0
  (cd / && as_postgres "$postgres_bin/pg_ctl" -D "$1/db" -m fast -w stop >/dev/null)
}

# postgres_url HOME DATABASE
postgres_url() {
  local password
  password="$(as_postgres cat "$1/password" | sed 's/%/%25/g; s,/,%2F,g; s/+/%2B/g; s/=/%3D/g')"
  echo "postgres://intellistack:$password@127.0.0.1:$(postgres_port "$1")/$2"
}
