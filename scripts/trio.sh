# shellcheck shell=bash disable=SC2154 # what it reads is set by lib.sh and postgres.sh
# A built and seeded trio for what runs against it in a browser: the tests, the pictures. Source after postgres.sh.

# packages FOLDER: what its package-lock.json names
packages() {
  (cd "$1" && npm ci --silent --ignore-scripts --no-audit --no-fund) || die "npm cannot install $1; is the npm registry in reach?"
}

# seeded_trio POSTGRES_HOME PASSWORD_FILE: builds, seeds and embeds once; every trio starts from a copy of that database.
seeded_trio() {
  say "The trio, built and seeded"
  scripts/build.sh
  export INTELLISTACK_BINARY="$target/release/intellistack" SITE_DIR="$site" CONTENT_DIR="$root/content"
  export BROWSER_TEMPLATE="browser_template_$$" DEMO_PASSWORD_FILE="$2"
  "$postgres_bin/psql" -q -c "create database $BROWSER_TEMPLATE" "$TEST_DATABASE_URL"
  (
    DATABASE_URL="$(postgres_url "$1" "$BROWSER_TEMPLATE")"
    export DATABASE_URL INTELLISTACK_ENV=development
    "$INTELLISTACK_BINARY" migrate
    "$INTELLISTACK_BINARY" seed --demo-password-file "$DEMO_PASSWORD_FILE"
    "$INTELLISTACK_BINARY" ingest
  )
}
