"""Measure the lists beside a bare one: `bench/lists.py [--units N] [--cases M] [--partners P]`.

One client asks for one page after another, the bare list and the product's in turn, each
list with each of its filters and orders. Fewer partners means more rows for each of them.
"""

import argparse
import http.client
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
from run import HERE, ROOT, Bench, say

BARE = "/units?partner=1"
PAGES = (
    "/units/",
    "/units/?sort=-serial",
    "/units/?sort=ends",
    "/units/?sort=-ends",
    "/units/?q=21023",
    "/units/?customer=Customer+18",
    "/units/?product=02",
    "/units/?warranty=pending",
    "/units/?warranty=active",
    "/units/?warranty=expired",
    "/units/?support=active",
    "/units/?cover=none",
    "/units/?ending=60",
    "/units/?ending=60&sort=ends",
    "/units/?past=eos",
)
LOADED = (
    ("limit", "copyrow"),
    ("product", "import"),
    ("product", "night"),
    ("product", "seed_cases"),
)
TIMES = 20
"""How often each page is asked for in a round."""


class Lists(Bench):
    """The same cluster and the same files, asked through a browser's eyes."""

    def load(self) -> None:
        self.prepare()
        for side, name in LOADED:
            say(f"{side} {name}: {self.task(side, name)['seconds']:.0f} s")

    def cookies(self) -> tuple[str, str]:
        """Sign one person in on each side."""
        command = [sys.executable, str(HERE / "bare_lists.py")]
        done = subprocess.run(
            command, env=self.env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        return f"sessionid={done.stdout}", str(self.task("product", "cookie")["count"])

    def measure(self, rounds: int) -> dict[str, list[float]]:
        """Return the milliseconds of every answer, page by page; what warms up is not counted."""
        bare_cookie, cookie = self.cookies()
        took: dict[str, list[float]] = defaultdict(list)
        with self.bare_list() as bare, self.served() as (port, _):
            for page in PAGES:
                ask(port, page, cookie)
            for n in range(rounds):
                for page in PAGES:
                    took[BARE] += ask(bare, BARE, bare_cookie)
                    took[page] += ask(port, page, cookie)
                say(f"round {n + 1} of {rounds}")
        return took

    @contextmanager
    def bare_list(self) -> Iterator[int]:
        port = cluster.free_port()
        with web.serving("bare_lists", port, env=self.env, folder=self.folder):
            web.wait_until_up(port, "/nothing")
            yield port


def ask(port: int, page: str, cookie: str) -> list[float]:
    """Ask for a page again and again, by one client; return the milliseconds of each answer."""
    client, took = http.client.HTTPConnection("127.0.0.1", port), []
    for _ in range(TIMES):
        began = time.perf_counter()
        client.request("GET", page, headers={"Cookie": cookie})
        answer = client.getresponse()
        answer.read()
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status == http.HTTPStatus.OK, (page, answer.status)
    client.close()
    return took


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def table(took: dict[str, list[float]]) -> Iterator[str]:
    bare = took.pop(BARE)
    limit = p95(bare)
    yield f"bare list: {statistics.median(bare):.1f} ms, 95 of 100 within {limit:.1f} ms"
    yield ""
    yield "| list | half within | 95 of 100 within | against the bare list |"
    yield "|---|---|---|---|"
    for page, each in took.items():
        yield (
            f"| `{page}` | {statistics.median(each):.1f} ms | {p95(each):.1f} ms"
            f" | {p95(each) / limit:.2f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--partners", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ninety-bench-") as name:
        folder = Path(name)
        with cluster.running(folder, "limits", "product") as host:
            lists = Lists(folder, host, given.units, given.partners, given.cases)
            lists.load()
            took = lists.measure(given.rounds)
    print(f"{given.units:,} units, {given.cases:,} cases, {given.partners} distributors")
    print("\n".join(table(took)))


if __name__ == "__main__":
    main()
