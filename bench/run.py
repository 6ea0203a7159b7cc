"""Measure the product beside its limits: `bench/run.py [--units N] [--rounds N]`.

Starts a PostgreSQL of its own, lets limit and product work in turn on the same files,
checks what they did, and prints times, ratios and memory. Nothing is written outside a
temporary folder, and nothing is judged: the figures are for people.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cluster
import web

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ROUND = (
    ("limit", "copyrow"),
    ("limit", "stage_ev"),
    ("product", "import"),
    ("limit", "one"),
    ("product", "night"),
    ("product", "nothing"),
    ("limit", "temp"),
    ("product", "check"),
    ("limit", "counted"),
    ("product", "preview"),
    ("limit", "fanned"),
    ("product", "announce"),
)
"""What each round does, in an order in which every task finds what it needs."""
LOADED = (("limit", "copyrow"), ("product", "import"))
"""What an announcement needs: it may be measured alone, over a base that is loaded once."""
ANNOUNCED = ROUND[-4:]
COMPARED = (
    ("import, against COPY of checked rows", "import", "copyrow"),
    ("import, against staging with events", "import", "stage_ev"),
    ("night of day 90, everything due", "night", "one"),
    ("check of many serial numbers", "check", "temp"),
    ("announcement: whom it concerns", "preview", "counted"),
    ("announcement: out, and everybody told", "announce", "fanned"),
)
Measured = dict[str, list[dict[str, float]]]


class Bench:
    """One cluster, one folder, two databases."""

    def __init__(self, folder: Path, host: str, units: int, partners: int, cases: int = 0) -> None:
        self.folder, self.units, self.partners, self.cases = folder, units, partners, cases
        self.host, _, self.port = host.partition(":")
        self.dsn = f"host={self.host} port={self.port} user=postgres dbname=limits"
        kept = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "ALLOWED_HOSTS")}
        self.env = kept | {
            "DATABASE_URL": f"postgres://postgres@{host}/product",
            "SECRET_KEY": "bench-" * 10,
            "VAR_DIR": str(folder / "var"),
            "BASE_URL": "http://127.0.0.1:8000",
            "LIMIT_HOST": self.host,
            "LIMIT_PORT": self.port,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}",
        }

    def task(self, side: str, name: str) -> dict:
        """Run one task in a process of its own and return what it printed."""
        sizes = ["--units", str(self.units), "--partners", str(self.partners)]
        sizes += ["--cases", str(self.cases)]
        own = ["--dsn", self.dsn] if side == "limit" else sizes
        script = "limits.py" if side == "limit" else "product.py"
        command = [sys.executable, str(HERE / script), name, "--folder", str(self.folder), *own]
        done = subprocess.run(
            command, env=self.env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])

    def prepare(self) -> None:
        self.task("product", "files")
        self.task("limit", "tables")
        self.task("product", "base")

    def rounds(self, number: int, tasks: tuple[tuple[str, str], ...] = ROUND) -> Measured:
        measured: Measured = defaultdict(list)
        for n in range(1, number + 1):
            for side, name in tasks:
                facts = self.task(side, name)
                measured[name].append(facts)
                say(f"round {n} {side:>7} {name:<9} {facts['seconds']:8.2f} s")
                if name != "nothing":
                    assert facts["count"] > 0, facts
        return measured

    def lookups(self, number: int, seconds: float) -> Measured:
        """Let both sides be asked for single units over HTTP, in turn."""
        tokens = self.task("product", "tokens")["count"]
        measured: Measured = defaultdict(list)
        with self.bare() as bare, self.served() as served:
            for n in range(1, number + 1):
                for name, (port, pid), prefix, keys in (
                    ("bare", bare, "/units/", []),
                    ("api", served, "/api/v1/units/", tokens),
                ):
                    facts = web.load(port, prefix, self.folder / "known.txt", keys, seconds)
                    assert not facts["errors"], (name, facts)
                    facts["rss_mib"] = web.worker_memory(pid)
                    measured[name].append(facts)
                    say(f"round {n}  lookup {name:<9} {facts['per_second']:8.0f} a second")
        return measured

    @contextmanager
    def bare(self) -> Iterator[tuple[int, int]]:
        port = cluster.free_port()
        with web.serving("bare", port, env=self.env, folder=self.folder) as pid:
            web.wait_until_up(port, "/units/none")
            yield port, pid

    @contextmanager
    def served(self) -> Iterator[tuple[int, int]]:
        port = cluster.free_port()
        env = self.env | {"PORT": str(port)}
        with web.serving("served", port, env=env, folder=self.folder) as pid:
            web.wait_until_up(port, "/healthz")
            yield port, pid


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def ratio(ours: list[dict], limit: list[dict], of: str) -> str:
    """Return the median of the rounds' ratios with its range."""
    each = sorted(a[of] / b[of] for a, b in zip(ours, limit, strict=True))
    return f"{statistics.median(each):.2f} ({each[0]:.2f}-{each[-1]:.2f})"


def median(measured: list[dict], of: str) -> float:
    return statistics.median(facts[of] for facts in measured)


def table(units: int, measured: Measured, lookups: Measured) -> Iterator[str]:
    cpus, when = os.cpu_count(), time.strftime("%Y-%m-%d")
    yield f"{units:,} units, {platform.machine()}, {cpus} cores, {when}; medians (least-most)"
    yield ""
    yield "| task | limit | product | ratio | memory of the product |"
    yield "|---|---|---|---|---|"
    for title, ours, limit in COMPARED:
        if ours not in measured:
            continue
        times = [f"{median(measured[name], 'seconds'):.2f} s" for name in (limit, ours)]
        memory = f"{median(measured[ours], 'rss_mib'):.0f} MiB"
        compared = ratio(measured[ours], measured[limit], "seconds")
        yield f"| {title} | {times[0]} | {times[1]} | {compared} | {memory} |"
    if not lookups:
        return
    again = measured["nothing"]
    spent = f"{median(again, 'database') * 1000:.1f} ms in the database"
    yield f"| night with nothing due | | {spent} | | {median(again, 'rss_mib'):.0f} MiB |"
    rates = [f"{median(lookups[name], 'per_second'):.0f} a second" for name in ("bare", "api")]
    compared = ratio(lookups["api"], lookups["bare"], "per_second")
    memory = f"{median(lookups['api'], 'rss_mib'):.0f} MiB a worker"
    yield f"| lookup of one unit (more is better) | {' | '.join(rates)} | {compared} | {memory} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--partners", type=int, default=200)
    parser.add_argument("--announcements", action="store_true", help="measure nothing else")
    parser.add_argument("--seconds", type=float, default=5, help="of each load over HTTP")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ninety-bench-") as name:
        folder = Path(name)
        with cluster.running(folder, "limits", "product") as host:
            bench = Bench(folder, host, given.units, given.partners)
            bench.prepare()
            if given.announcements:
                bench.rounds(1, LOADED)
                measured, lookups = bench.rounds(given.rounds, ANNOUNCED), {}
            else:
                measured = bench.rounds(given.rounds)
                lookups = bench.lookups(given.rounds, given.seconds)
    print("\n".join(table(given.units, measured, lookups)))


if __name__ == "__main__":
    main()
