"""How much memory a long list of serial numbers takes: `bench/flat.py [--units N]`.

A list is handed in as on the page, answered as by a worker, and its table downloaded, each
in a process of its own, for longer and longer lists. Where memory is flat it does not grow
with the list. The first line is a list of one serial number: what the house itself takes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cluster
from run import HERE, ROOT, Bench, say

LENGTHS = (1, 10_000, 100_000)


class Flat(Bench):
    """The same cluster and files, with each step in a process of its own."""

    def step(self, name: str, lines: int) -> dict:
        command = [sys.executable, str(HERE / "long_list.py"), name, "--lines", str(lines)]
        command += ["--folder", str(self.folder)]
        done = subprocess.run(
            command, env=self.env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])

    def measure(self) -> None:
        print("| serial numbers | answered | memory | downloaded | memory |\n|---|---|---|---|---|")
        for lines in LENGTHS:
            self.step("asked", lines)
            work, file = self.step("answered", lines), self.step("downloaded", lines)
            print(
                f"| {lines:,} | {work['seconds']:.2f} s | {work['mib']} MiB"
                f" | {file['done'] / 1e6:.1f} MB | {file['mib']} MiB |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ninety-bench-") as name:
        folder = Path(name)
        with cluster.running(folder, "limits", "product") as host:
            flat = Flat(folder, host, given.units, 200)
            flat.prepare()
            say(f"product import: {flat.task('product', 'import')['seconds']:.0f} s")
            flat.measure()


if __name__ == "__main__":
    main()
