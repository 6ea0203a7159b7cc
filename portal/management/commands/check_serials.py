"""manage.py check_serials FILE|- --output OUT.csv [--on DATE] [--organization CODE] [--json]"""

import gc
import json
from argparse import ArgumentParser
from collections import Counter
from contextlib import ExitStack
from datetime import date
from io import TextIOWrapper
from time import monotonic
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from catalog.policy import InvalidDay, parse_day
from jobs.commands import open_source
from jobs.problems import FileRefused
from partners import clock
from partners.enums import OrganizationKind
from partners.models import Organization
from portal.bulk_check import check_serials
from warranty.enums import CoverStatus

YOUNG = 50_000
"""Objects between two looks for dead cycles: rows come by thousands and form none."""


class Command(BaseCommand):
    help = (
        "Answer for every serial number in FILE whether it is covered, in the order of FILE. "
        "A list, or a CSV with a column serial_number; - is standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--output", required=True, metavar="OUT.csv")
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="as of this day (default: today)")
        parser.add_argument(
            "--organization", metavar="CODE", help="what this one may see (default: Huawei, all)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        gc.freeze()  # What stands by now is looked through no more: it would cost a quarter.
        gc.set_threshold(YOUNG)
        organization, on = _organization(options["organization"]), _day(options["on"])
        with ExitStack() as stack:
            source = stack.enter_context(open_source(options["file"]))
            lines = TextIOWrapper(source, encoding="utf-8-sig", errors="replace")
            output = _open_output(options["output"], stack)
            try:
                counts = check_serials(lines, output, organization=organization, on=on)
            except FileRefused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.report(counts, on, round(monotonic() - began, 3), is_json=options["json"])

    def report(self, counts: Counter[str], on: date, seconds: float, *, is_json: bool) -> None:
        by_status = {status.value: counts[status.value] for status in CoverStatus}
        if is_json:
            facts = {"on": on.isoformat(), "answers": counts.total(), **by_status}
            self.stdout.write(json.dumps(facts | {"seconds": seconds}))
            return
        words = ", ".join(f"{n:,} {CoverStatus(s).label.lower()}" for s, n in by_status.items())
        self.stdout.write(f"{counts.total():,} answers as of {on}: {words} ({seconds} s).")


def _organization(code: str | None) -> Organization:
    if code is None:
        found = Organization.objects.filter(kind=OrganizationKind.HUAWEI).order_by("pk").first()
        if found is None:
            raise CommandError("Huawei is not among the organizations. Import them first.")
        return found
    found = Organization.objects.filter(code=code).first()
    if found is None:
        raise CommandError(f"There is no organization with the code {code}.")
    return found


def _day(text: str | None) -> date:
    if text is None:
        return clock.business_today()
    try:
        return parse_day(text)
    except InvalidDay as refusal:
        raise CommandError(f"--on: {refusal}", returncode=2) from refusal


def _open_output(path: str, stack: ExitStack) -> IO[str]:
    try:
        return stack.enter_context(open(path, "w", encoding="utf-8", newline=""))
    except OSError as problem:
        raise CommandError(f"{path}: {problem.strerror}.", returncode=2) from None
