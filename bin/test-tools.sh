#!/usr/bin/env bash
# Install the programs that the tests run: PostgreSQL, Redis, Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || missing+=(chromium fonts-liberation)
[ ${#missing[@]} -eq 0 ] || exec bin/apt.sh "${missing[@]}"
