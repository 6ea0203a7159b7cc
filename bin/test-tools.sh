#!/usr/bin/env bash
# Install the programs that the tests run: PostgreSQL, Redis, Chromium. Where that is not
# possible, say which are missing and stop.
set -euo pipefail

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || missing+=(chromium fonts-liberation)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        echo "The tests need programs that are missing here: ${missing[*]}" >&2
        exit 1
    fi
fi
command -v apt-get >/dev/null || {
    echo "The tests need programs that are missing here: ${missing[*]}" >&2
    exit 1
}
echo "Installing ${missing[*]} ..."
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
