#!/usr/bin/env bash
# The browser's half of the site: web compiled to WebAssembly, made small, named by its content, precompressed.
# wasm.sh [--dev]: --dev skips the optimiser, for a fast loop.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

profile='wasm-release'
folder='wasm-release'
if [ "${1:-}" = --dev ]; then
  profile=dev
  folder=debug
fi

build=(cargo build)
# The normal way is rustup's target. Where it cannot be fetched, Debian carries a compiler with the library's source.
need_wasm_target() {
  [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ] || return 0
  say "Adding the target wasm32-unknown-unknown: the islands run in the browser"
  if have rustup && rustup target add wasm32-unknown-unknown >/dev/null 2>&1; then return; fi
  note "rustup cannot fetch it; falling back to Debian's rustc-web"
  [ -x /usr/bin/cargo ] ||
    apt_install "a Rust compiler that brings the source of its library" rustc-web cargo-web rust-web-src lld
  export RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
  build=(/usr/bin/cargo build "-Zbuild-std=std,panic_abort")
}

locked_version() { sed -n "/^name = \"$1\"/{n;s/version = \"\(.*\)\"/\1/p;q}" Cargo.lock; }

need_wasm_bindgen() {
  local version
  version="$(locked_version wasm-bindgen)"
  if have wasm-bindgen && [ "$(wasm-bindgen --version)" = "wasm-bindgen $version" ]; then return; fi
  say "Installing wasm-bindgen $version: it makes the glue between WebAssembly and the page (2 minutes)"
  local install=(cargo install --quiet wasm-bindgen-cli --version "$version" --root "$tools" --force)
  CARGO_TARGET_DIR="$cache/build" "${install[@]}" --locked 2>/dev/null ||
    CARGO_TARGET_DIR="$cache/build" "${install[@]}" ||
    die "wasm-bindgen $version cannot be installed; is crates.io in reach?"
  rm -rf "$cache/build"
}

need_wasm_opt() {
  if have wasm-opt; then return; fi
  need_node "npm's binaryen carries wasm-opt"
  say "Installing wasm-opt (npm's binaryen): it makes the download smaller"
  mkdir -p "$tools/bin"
  npm install --silent --no-audit --no-fund --prefix "$tools/npm" binaryen@132 >/dev/null ||
    die "npm cannot install binaryen; is the npm registry in reach?"
  ln -sf "$tools/npm/node_modules/.bin/wasm-opt" "$tools/bin/wasm-opt"
}

need_cargo
need_wasm_target
need_wasm_bindgen
[ "$profile" = dev ] || need_wasm_opt

"${build[@]}" -p web --lib --no-default-features --features hydrate --target wasm32-unknown-unknown --profile "$profile"
input="$target/wasm32-unknown-unknown/$folder/web.wasm"
# Nothing to do when this very file was packed last time.
digest="$profile $(sha256sum <"$input" | cut -c1-64)"
if [ -f "$site/packed" ] && [ "$(cat "$site/packed")" = "$digest" ]; then exit 0; fi

work="$site/work"
rm -rf "$work" && mkdir -p "$work" "$site/pkg"
wasm-bindgen "$input" --target web --no-typescript --remove-name-section --remove-producers-section --out-dir "$work" --out-name web
if [ "$profile" != dev ]; then
  # What rustc's wasm32 target emits, and every browser of the last years reads; no newer feature may creep in.
  wasm-opt -Oz --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
    --enable-reference-types --enable-multivalue "$work/web_bg.wasm" -o "$work/small.wasm" && mv "$work/small.wasm" "$work/web_bg.wasm"
fi
hash_of() { sha256sum <"$1" | cut -c1-16; }
wasm="web_bg.$(hash_of "$work/web_bg.wasm").wasm"
js="web.$(hash_of "$work/web.js").js"
find "$site/pkg" -mindepth 1 -delete
mv "$work/web_bg.wasm" "$site/pkg/$wasm"
mv "$work/web.js" "$site/pkg/$js"
# wasm-bindgen may put helper modules into snippets/, which the glue imports by relative path.
[ ! -d "$work/snippets" ] || mv "$work/snippets" "$site/pkg/snippets"
if have node; then
  node -e '
    const fs = require("fs"), zlib = require("zlib");
    for (const file of process.argv.slice(1)) fs.writeFileSync(file + ".br", zlib.brotliCompressSync(fs.readFileSync(file)));
  ' "$site/pkg/$wasm" "$site/pkg/$js"
fi
printf '{"js":"%s","wasm":"%s"}\n' "$js" "$wasm" >"$site/pkg/manifest.json"
rm -rf "$work"
echo "$digest" >"$site/packed"
note "islands: $(du -h --apparent-size "$site/pkg/$wasm" | cut -f1) as $wasm"
