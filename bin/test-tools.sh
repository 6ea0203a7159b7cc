#!/usr/bin/env bash
# Install the programs that the tests run: PostgreSQL, Redis, Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
# The shell has no window, draws the same and opens a page for a quarter of the work.
command -v chromium-headless-shell chromium >/dev/null ||
    missing+=("chromium-headless-shell|chromium" fonts-liberation)
[ ${#missing[@]} -eq 0 ] || exec bin/apt.sh "${missing[@]}"
