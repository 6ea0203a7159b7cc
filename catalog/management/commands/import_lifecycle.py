"""manage.py import_lifecycle FILE [--dry-run] [--errors BAD.csv] [--leave-out] [--json]"""

from argparse import ArgumentParser
from typing import IO, Any

from catalog.lifecycle_imports import LAYOUT, import_lifecycle
from jobs.commands import ImportCommand, write_errors
from jobs.imports import Outcome
from partners import clock


class Command(ImportCommand):
    help = "Import the milestones of products and releases from CSV or XLSX. Twice changes nothing."
    noun = "milestones"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Check and count, keep nothing.")
        parser.add_argument("--errors", metavar="FILE", help="Write the refused rows here, as CSV.")
        parser.add_argument(
            "--leave-out", action="store_true", help="Leave refused rows out and import the others."
        )

    def import_file(self, source: IO[bytes], **options: Any) -> Outcome:
        return import_lifecycle(
            source,
            file_name=options["file"],
            actor=self.operator.actor(),
            at=clock.now(),
            dry_run=options["dry_run"],
            leave_out=options["leave_out"],
        )

    def finish_files(self, source: IO[bytes], outcome: Outcome, **options: Any) -> None:
        if options["errors"]:
            write_errors(options["errors"], source, LAYOUT, outcome)
