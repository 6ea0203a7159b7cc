"""manage.py import_shipments FILE [--dry-run] [--errors BAD.csv] [--organization CODE]"""

from argparse import ArgumentParser
from typing import IO, Any

from jobs.commands import ImportCommand, organization_of, write_errors
from jobs.imports import Outcome
from partners import clock
from warranty.imports import SHIPMENTS, import_shipments


class Command(ImportCommand):
    help = "Import shipments and their units from CSV or XLSX: all rows, or none and why."
    noun = "shipments"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Check and count, keep nothing.")
        parser.add_argument("--errors", metavar="FILE", help="Write the refused rows here, as CSV.")
        parser.add_argument("--organization", metavar="CODE", help="Import in its name and scope.")

    def import_file(self, source: IO[bytes], **options: Any) -> Outcome:
        at = clock.now()
        return import_shipments(
            source,
            actor=self.operator.actor(),
            at=at,
            today=clock.business_day(at),
            organization=organization_of(options["organization"]),
            file_name=options["file"],
            dry_run=options["dry_run"],
        )

    def finish_files(self, source: IO[bytes], outcome: Outcome, **options: Any) -> None:
        if options["errors"]:
            write_errors(options["errors"], source, SHIPMENTS, outcome)
