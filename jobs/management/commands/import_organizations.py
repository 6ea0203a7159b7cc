"""manage.py import_organizations FILE [--json]"""

from typing import IO, Any

from jobs.commands import ImportCommand
from jobs.enums import JobKind
from jobs.imports import Outcome, Refusals, run_import
from jobs.tabular import Layout, Table
from partners import clock, imports

LAYOUT = Layout(imports.REQUIRED, imports.OPTIONAL)


class Command(ImportCommand):
    help = "Import organizations from CSV or XLSX. The same file twice changes nothing."
    noun = "organizations"

    def import_file(self, source: IO[bytes], **options: Any) -> Outcome:
        at = clock.now()

        def work(table: Table, refuse: Refusals) -> dict[str, int]:
            return imports.import_organizations(
                table.rows(refuse), refuse, actor=self.operator.actor(), at=at
            )

        return run_import(
            JobKind.IMPORT_ORGANIZATIONS,
            source,
            LAYOUT,
            work,
            actor=self.operator.actor(),
            at=at,
            file_name=options["file"],
        )
