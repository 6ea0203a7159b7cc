"""Runners of nights to be killed: `python -m tests.warranty.night_runner DAY BATCH`.

For each line `start` on its input it forks a runner and prints its process id; for a
line `wait ID` it prints how that one ended. Forking spares every runner Django's start.
"""

import os
import sys
from datetime import date

import django


def run(day: date, batch: int) -> None:
    """Run the night in this process and leave with its exit status."""
    from tests.warranty.night import night

    status = 1
    try:
        night(day, batch=batch)
        status = 0
    finally:
        os._exit(status)


def main(day: str, batch: str) -> None:
    django.setup()
    for line in sys.stdin:
        command, *process = line.split()
        if command == "wait":
            print(os.waitstatus_to_exitcode(os.waitpid(int(process[0]), 0)[1]), flush=True)
        elif child := os.fork():
            print(child, flush=True)
        else:
            run(date.fromisoformat(day), int(batch))


if __name__ == "__main__":
    main(*sys.argv[1:])
