"""manage.py replay_decisions [--since DATE] [--json]: judge stored decisions again."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from doa.replays import replay


class Command(BaseCommand):
    help = (
        "Judge every stored decision again, from its own inputs and under its own policy "
        "version, and name what differs. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="only what was decided on this day or later (default: all)",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        result = replay(since=options["since"])
        differences = result.differences
        if options["json"]:
            told = [difference.as_dict() for difference in differences]
            self.stdout.write(json.dumps({"decisions": result.decisions, "differences": told}))
        else:
            for difference in differences:
                self.stdout.write(str(difference))
            self.stdout.write(
                f"{result.decisions:,} decision{pluralize(result.decisions)} judged again, "
                f"{len(differences):,} difference{pluralize(differences)}."
            )
        if differences:
            raise CommandError("Decisions differ from what their own policy version gives.")
