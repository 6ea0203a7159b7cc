"""The list of disputes, and its files."""

from collections.abc import Sequence
from typing import Any

from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from partners.enums import Permission
from warranty.enums import DisputeStatus
from warranty.filters.disputes import VIEWS, DisputeFilter
from warranty.models import Dispute
from warranty.views.disputes import disputes_of, row_of

HEADER = (
    *("dispute", "organization", "status", "serial_number", "part_number", "what", "on_file"),
    *("claimed", "explanation", "reported_at", "reported_by", "decided_at", "answer"),
)


class DisputeList(ListOf):
    """What the page and the files of the disputes share."""

    permissions = {"GET": Permission.VIEW_UNITS}
    filter_class = DisputeFilter
    name = "disputes"
    usual = "-reported"
    header = HEADER
    orders = {
        "reported": Order("opened_at"),
        "-reported": Order("opened_at", is_descending=True),
        "number": Order("reference"),
        "-number": Order("reference", is_descending=True),
    }

    def seen(self) -> Any:
        return Dispute.objects.for_organization(self.organization)

    def rows(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        found = {each.pk: each for each in disputes_of(self.organization).filter(pk__in=keys)}
        return [row_of(found[key]) for key in keys if key in found]

    def cells(self, row: dict[str, Any]) -> list[object]:
        each = row["dispute"]
        return [
            *(each.reference, each.organization, each.status),
            *(each.unit.serial, each.unit.part_number.number),
            *(each.get_subject_display(), row["on_file"], row["claimed"], each.explanation),
            *(each.opened_at, each.opened_by, each.decided_at, each.answer),
        ]


class Disputes(DisputeList, ListPage):
    """What the organization has reported, and what became of it, the newest first."""

    template_name = "warranty/dispute_list.html"
    views = VIEWS
    columns = (
        ("Dispute", "number"),
        ("Status", ""),
        ("Unit", ""),
        ("What", ""),
        ("On file", ""),
        ("You say", ""),
        ("Reported", "reported"),
    )

    def context(self) -> dict[str, Any]:
        return {"page": "disputes", "open": DisputeStatus.OPEN.value}


class DisputesCsv(DisputeList, CsvTable):
    pass


class DisputesXlsx(DisputeList, XlsxTable):
    pass
