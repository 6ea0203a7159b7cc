"""The list of claims, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doa.cargo import CARGO_DAYS
from doa.claim_filters import OPEN, VIEWS, ClaimFilter
from doa.enums import ClaimStatus
from doa.models import Claim
from doa.views.claims import TONES, claims_of
from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from partners.enums import Permission

HEADER = (
    *("claim", "organization", "status", "kind", "what", "serial_number", "part_number", "model"),
    *("delivered_on", "reported_at", "is_late", "order", "decided_at", "decision"),
    *("settled_at", "settlement", "carrier", "tracking"),
)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim, and how it stands."""

    claim: Claim

    @property
    def tone(self) -> str:
        return TONES[ClaimStatus(self.claim.status)]

    @property
    def what(self) -> str:
        claim = self.claim
        return claim.get_trouble_display() if claim.trouble else claim.get_kind_display()


class ClaimList(ListOf):
    """What the page and the files of the claims share."""

    permissions = {"GET": Permission.VIEW_CASES}
    filter_class = ClaimFilter
    name = "claims"
    usual = "-reported"
    header = HEADER
    orders = {
        "reported": Order("reported_at"),
        "-reported": Order("reported_at", is_descending=True),
        "claim": Order("reference"),
        "-claim": Order("reference", is_descending=True),
    }

    def seen(self) -> Any:
        return claims_of(self.organization)

    def rows(self, keys: Sequence[int]) -> list[ClaimRow]:
        claims = {each.pk: each for each in self.seen().for_list().filter(pk__in=keys)}
        return [ClaimRow(claims[key]) for key in keys if key in claims]

    def cells(self, row: ClaimRow) -> list[object]:
        each = row.claim
        return [
            *(each.reference, each.organization, each.status, each.kind, row.what),
            *(each.serial, each.part_number, each.unit.product.model if each.unit else ""),
            *(each.delivered_on, each.reported_at, "yes" if each.is_late else "no"),
            *(each.order_reference, each.decided_at, each.decision),
            *(each.settled_at, each.settlement, each.carrier, each.tracking),
        ]


class Claims(ClaimList, ListPage):
    """Every claim of the organization, the newest first."""

    template_name = "doa/claims.html"
    views = VIEWS
    columns = (
        ("Claim", "claim"),
        ("Status", ""),
        ("What", ""),
        ("Goods", ""),
        ("Delivered", ""),
        ("Reported", "reported"),
    )

    def context(self) -> dict[str, Any]:
        organization = self.organization
        may_claim = self.request.user.can(Permission.APPLY_FOR_DOA, organization)
        return {
            "open": OPEN,
            "may_claim": may_claim and not organization.is_huawei,
            "days": CARGO_DAYS,
            "page": "claims",
        }


class ClaimsCsv(ClaimList, CsvTable):
    pass


class ClaimsXlsx(ClaimList, XlsxTable):
    pass
