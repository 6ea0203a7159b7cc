"""manage.py start_warranties [--as-of DATE]: what the clock does every night, by hand."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from audit import trail
from partners import clock
from warranty import nights


class Command(BaseCommand):
    help = (
        "Start every warranty that is due, dated by its rule and never by today. "
        "Running it again, or twice at once, starts nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="start only what was due by this day (default: today)",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        today = clock.business_day(at)
        as_of = options["as_of"] or today
        try:
            result = nights.run_night(as_of=as_of, today=today, at=at, actor=trail.SYSTEM)
        except nights.NotYet as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result)))
            return
        self.stdout.write(
            f"{result.due} due, {result.started} started for "
            f"{result.partners} partner{pluralize(result.partners)} in {result.seconds} s."
        )
