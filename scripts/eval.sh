#!/usr/bin/env bash
# Measures the tutor and prints one table; ends with an error when a goal is missed.
# eval.sh [--subset] [--failures] [--real-only] [--real-each N]
# A real model takes part when OPENAI_BASE_URL names one (OPENAI_API_KEY, OPENAI_MODEL as for api-server): in every N-th
# conversation and question (6).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

need_cargo
EMBEDDINGS_DIR="${EMBEDDINGS_DIR:-$cache/models/all-MiniLM-L6-v2}"
export EMBEDDINGS_DIR
need_model "no embedding model: the tutor's evaluation searches by words alone"
[ -e "$EMBEDDINGS_DIR/model.safetensors" ] || EMBEDDINGS_DIR=
exec cargo run --release --quiet -p tutor-eval --features whole -- "$@"
