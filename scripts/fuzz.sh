#!/usr/bin/env bash
# Fuzzes the protocol's parsers. fuzz.sh [TARGET] [SECONDS]: every target in turn, a minute each, without arguments.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

targets() { sed -n 's/^name = "\(.*_.*\)"$/\1/p' fuzz/Cargo.toml; }

only="${1:-}"
seconds="${2:-60}"
# `fuzz 600` is every target for ten minutes.
case "$only" in
  '' | *[!0-9]*) ;;
  *) seconds="$only" only= ;;
esac
case "$seconds" in *[!0-9]*) die "fuzz [TARGET] [SECONDS]: '$seconds' is no number of seconds" ;; esac
if [ -n "$only" ] && ! targets | grep -qx "$only"; then
  die "there is no fuzz target '$only'; there are: $(targets | tr '\n' ' ')"
fi

need_cargo
have rustup || die "fuzzing needs a nightly compiler, which rustup brings (rustup.rs)."
rustup toolchain list | grep -q '^nightly' ||
  die "fuzzing needs a nightly compiler: rustup toolchain install nightly --profile minimal"
cargo fuzz --version >/dev/null 2>&1 || die "cargo-fuzz is missing: cargo install cargo-fuzz --locked"

for name in ${only:-$(targets)}; do
  say "$name, $seconds seconds"
  mkdir -p "fuzz/corpus/$name"
  cargo +nightly fuzz run "$name" "fuzz/corpus/$name" "fuzz/seeds/$name" -- \
    -max_total_time="$seconds" -max_len=2048 -timeout=5 -print_final_stats=1
done
