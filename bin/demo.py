#!/usr/bin/env python
"""Prepare the embedded database, then run web and worker until told to stop."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
CONFIGURED = {"DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "VAR_DIR", "EMAIL_URL"}
AS_ROOT = "You're running the worker with superuser"
"""How Celery's warning begins, which nobody needs to read in a demonstration."""
GRACE = 20.0
"""Seconds a part may take to stop before it is killed."""


def environment(port: str) -> dict[str, str]:
    """Return an environment in which everything is embedded, whatever the shell says."""
    kept = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
    return kept | {"PORT": port, "BASE_URL": f"http://127.0.0.1:{port}", "DEMO": "true"}


def prepare(env: dict[str, str]) -> None:
    for command in (["migrate", "--verbosity=0"], ["createcachetable"], ["load_demo"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)


def start(env: dict[str, str]) -> list[subprocess.Popen[bytes]]:
    """Start each part in a session of its own, so that Ctrl-C reaches only this process."""
    web = ["-m", "gunicorn", "-c", "config/gunicorn.py", "--log-level", "warning", "config.wsgi"]
    worker = ["-W", f"ignore:{AS_ROOT}", "-m", "celery", "-q", "-A", "config", "worker"]
    worker += ["--beat", "--concurrency", "1", "--loglevel", "WARNING", "--without-mingle"]
    worker += ["--without-gossip"]
    return [
        subprocess.Popen([sys.executable, *part], cwd=ROOT, env=env, start_new_session=True)
        for part in (web, worker)
    ]


def stop(parts: list[subprocess.Popen[bytes]]) -> None:
    for part in parts:
        if part.poll() is None:
            part.terminate()
    until = time.monotonic() + GRACE
    for part in parts:
        try:
            part.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(part.pid, signal.SIGKILL)
            part.wait()


def interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def answers(port: str) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def watch(parts: list[subprocess.Popen[bytes]], port: str) -> int:
    """Say when the web answers, then wait until a part stops, which it should not."""
    said = False
    while all(part.poll() is None for part in parts):
        if not said and answers(port):
            print(f"\nNinety runs on http://127.0.0.1:{port} (Ctrl-C stops it).", flush=True)
            said = True
        time.sleep(0.5)
    print("A part has stopped by itself; stopping the rest.", file=sys.stderr)
    return 1


def main() -> int:
    port = os.environ.get("PORT") or "8000"
    if answers(port):
        print(f"Something else uses port {port}; PORT= picks another.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, interrupt)
    parts: list[subprocess.Popen[bytes]] = []
    try:
        env = environment(port)
        prepare(env)
        parts += start(env)
        return watch(parts, port)
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 0
    except subprocess.CalledProcessError as failed:
        print(f"This did not work: {shlex.join(failed.cmd)}", file=sys.stderr)
        return 1
    finally:
        stop(parts)


if __name__ == "__main__":
    sys.exit(main())
