"""The list of uploads of shipments, and its files."""

from collections.abc import Sequence
from typing import Any

from jobs.enums import JobStatus
from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from jobs.models import Job
from partners.enums import Permission
from warranty.filters.uploads import VIEWS, UploadFilter
from warranty.views.uploads import uploads_of

COUNTS = ("units", "new", "changed", "unchanged", "rejected")
HEADER = ("file", "status", "uploaded_at", "by", "finished_at", *COUNTS)


class UploadList(ListOf):
    """What the page and the files of the uploads share."""

    permissions = {"GET": Permission.UPLOAD_SHIPMENTS}
    filter_class = UploadFilter
    name = "shipment-uploads"
    usual = "-uploaded"
    header = HEADER
    orders = {
        "uploaded": Order("started_at"),
        "-uploaded": Order("started_at", is_descending=True),
        "file": Order("file_name"),
        "-file": Order("file_name", is_descending=True),
    }

    def seen(self) -> Any:
        return uploads_of(self)

    def rows(self, keys: Sequence[int]) -> list[Job]:
        found = self.seen().defer("preview", "problems").filter(pk__in=keys)
        jobs = {job.pk: job for job in found}
        return [jobs[key] for key in keys if key in jobs]

    def cells(self, row: Job) -> list[object]:
        return [
            *(row.file_name, row.status, row.started_at, row.actor_label, row.finished_at),
            *(row.counts.get(name, "") for name in COUNTS),
        ]


class Uploads(UploadList, ListPage):
    """Every file that was handed in, the newest first, so that a person finds theirs again."""

    template_name = "warranty/uploads.html"
    views = VIEWS
    columns = (
        ("File", "file"),
        ("Status", ""),
        ("Uploaded", "uploaded"),
        ("By", ""),
        ("New", ""),
        ("Changed", ""),
        ("Rejected", ""),
    )

    def context(self) -> dict[str, Any]:
        return {"page": "shipments", "ready": JobStatus.PREVIEWED.value}


class UploadsCsv(UploadList, CsvTable):
    pass


class UploadsXlsx(UploadList, XlsxTable):
    pass
