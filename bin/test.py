#!/usr/bin/env python
"""Run the tests twice: the portable part on SQLite, then on PostgreSQL with Redis.

The second run leaves out what no server can change (pure rules, the parsing of the
source), because the first has had it. Arguments go to both runs of pytest. The exit
status is that of the first run that failed; a run for which nothing of what was asked
for is left has not failed, unless that is both.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import servers  # noqa: E402 (the path comes first)

NOTHING_TO_RUN = 5
"""The exit status of pytest when it has left out every test."""
CONFIGURED = {"DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "BASE_URL", "EMAIL_URL", "DEBUG"}


def run(title: str, *arguments: str, **environment: str) -> int:
    """Run pytest in a clean environment and return its exit status."""
    kept = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
    print(f"\n== {title}", flush=True)
    command = [sys.executable, "-m", "pytest", *arguments, *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, check=False).returncode


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="ninety-tests-") as var:
        sqlite = run(
            "SQLite, the portable part",
            "-m",
            "not postgresql and not browser",
            VAR_DIR=f"{var}/sqlite",
        )
        with servers.postgresql() as database_url, servers.redis() as redis_url:
            full = run(
                "PostgreSQL and Redis",
                "--with-servers",
                VAR_DIR=f"{var}/postgresql",
                DATABASE_URL=database_url,
                REDIS_URL=redis_url,
                SECRET_KEY="t" * 50,
            )
    failed = [code for code in (sqlite, full) if code not in (0, NOTHING_TO_RUN)]
    if failed and sqlite == failed[0]:
        print("The run on SQLite failed; see above.")
    return next(iter(failed), min(sqlite, full))


if __name__ == "__main__":
    sys.exit(main())
