#!/usr/bin/env bash
# Make .venv and install one locked requirements file into it: bin/venv.sh requirements.txt
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or newer is needed (PYTHON= names another one)." >&2
    exit 1
}
if [ ! -x .venv/bin/pip ]; then
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        # Debian keeps the making of environments in a package of its own.
        bin/apt.sh python3-venv
    fi
    "$python" -m venv .venv
fi
install() { .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement "$1"; }
echo "Installing $1 ..."
# The machine's own pip may look for newer releases of a package that the lock names with extras.
install requirements-pip.txt
install "$1"
