"""Serving and asking: gunicorn with two workers, and four clients that never pause."""

import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLIENTS = 4
WORKERS = 2


@contextmanager
def serving(module: str, port: int, *, env: dict[str, str], folder: Path) -> Iterator[int]:
    """Run gunicorn with `module`, yield the pid of its master, stop it."""
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", str(WORKERS)]
    command += ["--log-level", "error", "--worker-tmp-dir", str(folder)]
    if module == "served":
        command += ["-c", "config/gunicorn.py"]
    server = subprocess.Popen([*command, f"{module}:application"], env=env, cwd=HERE.parent)
    try:
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def wait_until_up(port: int, path: str) -> None:
    """Ask until both workers have imported everything; 404 and 401 are answers too."""
    until = time.monotonic() + 60
    answered = 0
    while answered < 10 * WORKERS:
        if time.monotonic() > until:
            raise SystemExit(f"bench: nothing answers on port {port}.")
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            client.request("GET", path)
            client.getresponse().read()
            answered += 1
        except OSError:
            time.sleep(0.2)
        finally:
            client.close()


def worker_memory(master: int) -> int:
    """Return the memory of the largest worker in MiB."""
    listing = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", str(master)], capture_output=True, text=True, check=True
    )
    return max(int(kib) for kib in listing.stdout.split()) // 1024


def load(port: int, prefix: str, serials: Path, tokens: list[str], seconds: float) -> dict:
    """Ask for serial numbers at random for so long; wrk does it where it is installed."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _load_by_hand(port, prefix, serials.read_text().split(), tokens, seconds)
    command = [wrk, f"-t{CLIENTS}", f"-c{CLIENTS}", f"-d{max(1, round(seconds))}s", "-s"]
    command += [str(HERE / "lookups.lua"), f"http://127.0.0.1:{port}", "--", prefix, str(serials)]
    said = subprocess.run(
        [*command, ",".join(tokens)], capture_output=True, text=True, check=True, env=os.environ
    )
    return json.loads(said.stdout.strip().splitlines()[-1])


def _load_by_hand(
    port: int, prefix: str, serials: list[str], tokens: list[str], seconds: float
) -> dict:
    until, took, errors = time.perf_counter() + seconds, [], []

    def ask(number: int) -> None:
        draw = random.Random(number)
        client = http.client.HTTPConnection("127.0.0.1", port)
        token = tokens[number % len(tokens)] if tokens else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        while time.perf_counter() < until:
            began = time.perf_counter()
            client.request("GET", prefix + draw.choice(serials), headers=headers)
            answer = client.getresponse()
            answer.read()
            took.append(time.perf_counter() - began)
            if answer.status != http.HTTPStatus.OK:
                errors.append(answer.status)

    clients = [threading.Thread(target=ask, args=(n,)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    p95 = sorted(took)[int(len(took) * 0.95)] * 1000
    return {
        "per_second": len(took) / seconds,
        "p95_ms": round(p95, 2),
        "count": len(took),
        "errors": len(errors),
    }
