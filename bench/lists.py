"""Measure the lists beside a bare one: `bench/lists.py [--units N] [--cases M] [--partners P]`.

One client asks for one page after another, the bare list and the product's in turn, each
list with each of its filters and orders. Fewer partners means more rows for each of them.
"""

import argparse
import http.client
import json
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

BARE = "/units?partner="
SHOWN = 50
"""How many rows a full page has; a bare list that showed none would be a limit for nothing."""
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
    "/shipments/",
    "/shipments/?sort=number",
    "/shipments/?q=SEED-00",
    "/shipments/?shipped_from=2024-06-01",
    "/shipments/?report=missing",
    "/cases/",
    "/cases/?sort=case",
    "/cases/?q=boot",
    "/cases/?q=21023",
    "/cases/?view=needs-you",
    "/cases/?view=closed",
    "/cases/?remedy=doa_replacement",
    "/cases/?created_from=2024-06-01",
    "/reports/",
    "/reports/?sort=-signed",
    "/reports/?status=accepted",
    "/contracts/",
    "/contracts/?sort=number",
    "/contracts/?q=Customer",
    "/contracts/?view=active",
    "/referrals/",
    "/referrals/?view=open",
    "/referrals/?q=Customer",
    "/announcements/",
    "/announcements/?mine=yes",
    "/announcements/?q=SEED",
)
LOADED = (
    ("limit", "copyrow"),
    ("limit", "one"),
    ("product", "import"),
    ("product", "night"),
    ("product", "seed_cases"),
    ("product", "papers"),
)
TIMES = 20
"""How often each page is asked for in a round."""


class Lists(Bench):
    """The same cluster and the same files, asked through a browser's eyes."""

    def load(self) -> None:
        self.prepare()
        for side, name in LOADED:
            say(f"{side} {name}: {self.task(side, name)['seconds']:.0f} s")

    def bare_entry(self) -> dict[str, str]:
        """Return the cookie of a person on the bare side, and the key of the first distributor."""
        command = [sys.executable, str(HERE / "bare_lists.py")]
        done = subprocess.run(
            command, env=self.env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout)

    def measure(self, rounds: int) -> dict[str, list[float]]:
        """Return the milliseconds of every answer, page by page; what warms up is not counted."""
        entry, cookie = self.bare_entry(), str(self.task("product", "cookie")["count"])
        bare_page, bare_cookie = f"{BARE}{entry['partner']}", f"sessionid={entry['cookie']}"
        took: dict[str, list[float]] = defaultdict(list)
        with self.bare_list() as bare, self.served() as (port, _):
            assert ask(bare, bare_page, bare_cookie)[1] == SHOWN
            rows = {page: ask(port, page, cookie)[1] for page in PAGES}
            for n in range(rounds):
                for page in PAGES:
                    took[BARE] += ask(bare, bare_page, bare_cookie)[0]
                    took[f"{page}` ({rows[page]} rows)"] += ask(port, page, cookie)[0]
                say(f"round {n + 1} of {rounds}")
        return took

    @contextmanager
    def bare_list(self) -> Iterator[int]:
        port = cluster.free_port()
        with web.serving("bare_lists", port, env=self.env, folder=self.folder):
            web.wait_until_up(port, "/nothing")
            yield port


def ask(port: int, page: str, cookie: str) -> tuple[list[float], int]:
    """Ask for a page again and again, by one client.

    Return the milliseconds of each answer, and how many rows the last one shows.
    """
    client, took = http.client.HTTPConnection("127.0.0.1", port), []
    for _ in range(TIMES):
        began = time.perf_counter()
        client.request("GET", page, headers={"Cookie": cookie})
        answer = client.getresponse()
        page_text = answer.read()
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status == http.HTTPStatus.OK, (page, answer.status)
    client.close()
    return took, page_text.count(b'<th scope="row">')


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
            f"| `{page} | {statistics.median(each):.1f} ms | {p95(each):.1f} ms"
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
