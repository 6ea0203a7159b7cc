#!/usr/bin/env bash
# Install Debian packages, as root or with sudo: bin/apt.sh postgresql redis-server. Of
# `one|other` the first that this release has. Where installing is not possible, say which
# are missing and stop. Of two at once the second waits.
set -euo pipefail

as_root=()
if [ "$(id -u)" != 0 ]; then
    as_root=(sudo -n)
fi
command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null || {
    echo "Missing here, by the names of Debian's packages: $*" >&2
    exit 1
}
exec 9<"$0"
flock 9
"${as_root[@]}" apt-get update -qq
chosen=()
for package in "$@"; do
    while [[ $package == *"|"* ]] && ! apt-cache show "${package%%|*}" >/dev/null 2>&1; do
        package=${package#*|}
    done
    chosen+=("${package%%|*}")
done
echo "Installing ${chosen[*]} ..."
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${chosen[@]}" >/dev/null
