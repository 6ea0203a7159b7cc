"""Servers of the tests' own, on free ports, in a directory that goes away with them."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Seconds a server may take to answer."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find(program: str) -> str:
    """Return the path of `program`, also where Debian hides PostgreSQL's.

    Raises: FileNotFoundError.
    """
    hidden = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    found = shutil.which(program) or (str(hidden[-1]) if hidden else None)
    if found is None:
        raise FileNotFoundError(f"{program} is not installed.")
    return found


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when `port` accepts connections. Raises: RuntimeError if it never does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} did not start.")


@contextmanager
def running(command: list[str], *, port: int, **how: object) -> Iterator[None]:
    """Run a server until the block ends; SIGTERM, then SIGKILL after ten seconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the `DATABASE_URL` of a new cluster that forgets everything at the end.

    PostgreSQL refuses to run as root; root runs it as the user `postgres`.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ninety-pg-") as directory:
        how: dict[str, object] = {"cwd": directory}
        if sys.platform != "win32" and os.geteuid() == 0:
            shutil.chown(directory, "postgres", "postgres")
            how |= {"user": "postgres", "group": "postgres", "extra_groups": []}
        data = str(Path(directory) / "data")
        make = [find("initdb"), "-D", data, "-U", "postgres", "-A", "trust"]
        make += ["-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, **how)
        serve = [find("postgres"), "-D", data, "-p", str(port), "-h", "127.0.0.1"]
        serve += ["-k", directory, "-c", "max_connections=100"]
        for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
            serve += ["-c", setting]
        with running(serve, port=port, **how):
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def redis() -> Iterator[str]:
    """Yield the `REDIS_URL` of a server that keeps nothing on disk."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ninety-redis-") as directory:
        serve = [find("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
        serve += ["--save", "", "--appendonly", "no", "--dir", directory]
        with running(serve, port=port):
            yield f"redis://127.0.0.1:{port}/0"
