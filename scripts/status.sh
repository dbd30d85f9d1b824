#!/usr/bin/env bash
# What runs, and where. Ends with 0 when all three services are ready.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/environment.sh
. scripts/environment.sh

if [ ! -s "$data/env" ]; then
  echo "nothing was started here yet; ./dev up does"
  exit 3
fi
use_environment
ready=0
for service in "auth-server $AUTH_URL" "api-server $API_URL" "web $WEB_URL"; do
  read -r name url <<<"$service"
  if curl -fsS -o /dev/null --max-time 3 "$url/readyz" 2>/dev/null; then
    printf '%-12s ready       %s\n' "$name" "$url"
    ready=$((ready + 1))
  else
    printf '%-12s not ready   %s\n' "$name" "$url"
  fi
done
[ "$ready" = 3 ] || exit 3
