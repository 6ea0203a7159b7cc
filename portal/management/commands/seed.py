"""manage.py seed --units N [--cases M] [--until DATE] [--json]: a synthetic base."""

import json
import tempfile
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from catalog.policy import InvalidDay, parse_day
from portal import seeding
from portal.seeding_cases import seed_cases


class Command(BaseCommand):
    help = (
        "Make a synthetic base of organizations, products, shipments, units and cases, the same "
        "for the same numbers. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--units", type=int, required=True, metavar="N")
        parser.add_argument("--cases", type=int, default=0, metavar="M", help="one for a unit each")
        parser.add_argument(
            "--until",
            default=seeding.LAST_DAY.isoformat(),
            metavar="YYYY-MM-DD",
            help="the last day of shipment (default: %(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = _plan(options)
        with tempfile.TemporaryDirectory(prefix="ninety-seed-") as folder:
            said = {path.stem: _import(path) for path in seeding.write_files(Path(folder), plan)}
        said["cases"] = {"new": _cases(options["cases"], plan)}
        if options["json"]:
            self.stdout.write(json.dumps(said))
            return
        counts = ", ".join(f"{counts['new']:,} new {name}" for name, counts in said.items())
        self.stdout.write(f"Seeded {plan.units:,} units: {counts}.")


def _plan(options: dict[str, Any]) -> seeding.Plan:
    if options["units"] < 1:
        raise CommandError("--units: give a number from 1 on.", returncode=2)
    if not 0 <= options["cases"] <= options["units"]:
        raise CommandError("--cases: give 0, or at most as many as units.", returncode=2)
    try:
        return seeding.Plan(options["units"], parse_day(options["until"]))
    except InvalidDay as refusal:
        raise CommandError(f"--until: {refusal}", returncode=2) from refusal


def _cases(count: int, plan: seeding.Plan) -> int:
    if not count:
        return 0
    return seed_cases(count, last_day=plan.last_day)


def _import(path: Path) -> dict[str, Any]:
    """Import one file by its own command, which prints its refusals and ends the run."""
    printed = StringIO()
    call_command(f"import_{path.stem}", str(path), json=True, stdout=printed)
    counts: dict[str, Any] = json.loads(printed.getvalue())
    return counts
