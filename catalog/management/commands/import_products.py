"""manage.py import_products FILE [--json]"""

from typing import IO, Any

from catalog.imports import import_products
from jobs.commands import ImportCommand
from jobs.imports import Outcome
from partners import clock


class Command(ImportCommand):
    help = "Import products and part numbers from CSV or XLSX. Twice changes nothing."
    noun = "products"

    def import_file(self, source: IO[bytes], **options: Any) -> Outcome:
        return import_products(
            source, file_name=options["file"], actor=self.operator.actor(), at=clock.now()
        )
