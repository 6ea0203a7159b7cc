"""manage.py import_reports FILE [--accept] [--organization CODE] [--json]"""

from argparse import ArgumentParser
from typing import IO, Any

from django.core.management.base import CommandError

from jobs.commands import ImportCommand, organization_of
from jobs.imports import Outcome
from partners import clock
from partners.enums import OrganizationKind
from partners.models import Organization
from warranty.imports import import_reports


class Command(ImportCommand):
    help = "Import installation reports from CSV or XLSX. The same file twice changes nothing."
    noun = "reports"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--accept", action="store_true", help="Let them count at once.")
        parser.add_argument(
            "--organization", metavar="CODE", help="Who hands them in; Huawei when left out."
        )

    def import_file(self, source: IO[bytes], **options: Any) -> Outcome:
        at = clock.now()
        return import_reports(
            source,
            user=self.operator,
            organization=organization_of(options["organization"]) or _huawei(),
            at=at,
            today=clock.business_day(at),
            accept=options["accept"],
            file_name=options["file"],
        )


def _huawei() -> Organization:
    huawei = Organization.objects.filter(kind=OrganizationKind.HUAWEI).order_by("pk").first()
    if huawei is None:
        raise CommandError("There is no Huawei organization yet: name one with --organization.")
    return huawei
