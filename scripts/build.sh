#!/usr/bin/env bash
# Builds what `up` and the browser tests run: the operator's binary, release, and the browser's half of the site.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

need_cargo
have cc || apt_install "a C compiler, for the crates that contain C" build-essential
have curl || apt_install "to ask the services whether they are ready" curl ca-certificates
if [ ! -x "$target/release/intellistack" ]; then
  say "Building IntelliStack, release (the first time takes 10 to 20 minutes on two cores)"
fi
cargo build --release -p intellistack
scripts/wasm.sh
