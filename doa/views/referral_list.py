"""The list of referrals, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doa.enums import ReferralStatus
from doa.models import Referral
from doa.progress import Progress, progress_of
from doa.referral_filters import OPEN, VIEWS, ReferralFilter
from doa.views.referral_batches import Decline, TakeUp
from doa.views.referrals import answers, referrals_of
from doa.workflow import referrals as workflow
from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from partners.enums import Permission

HEADER = (
    *("referral", "status", "serial_number", "part_number", "model", "from"),
    *("symptom", "referred_at", "expires_at", "settled_at", "reason", "distributor", "case"),
)


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral, how it stands in words, and by what it is ticked while it waits."""

    referral: Referral
    progress: Progress
    pick: str = ""


class ReferralList(ListOf):
    """What the page and the files share: what was referred, or was referred to the reader."""

    permissions = {"GET": Permission.VIEW_CASES}
    filter_class = ReferralFilter
    name = "referrals"
    usual = "-referred"
    header = HEADER
    orders = {
        "referred": Order("created_at"),
        "-referred": Order("created_at", is_descending=True),
        "referral": Order("reference"),
        "-referral": Order("reference", is_descending=True),
    }

    def seen(self) -> Any:
        return referrals_of(self.organization).exclude(status=ReferralStatus.UNCONFIRMED)

    def rows(self, keys: Sequence[int]) -> list[ReferralRow]:
        referrals = {each.pk: each for each in self.seen().for_list().filter(pk__in=keys)}
        kept = [referrals[key] for key in keys if key in referrals]
        return [ReferralRow(each, progress_of(each), self.pick(each)) for each in kept]

    def pick(self, referral: Referral) -> str:
        return ""

    def cells(self, row: ReferralRow) -> list[object]:
        each = row.referral
        answered_here = answers(each, self.organization)
        return [
            *(each.reference, row.progress.label, each.serial, each.part_number),
            *(each.unit.product.model if each.unit else "", each.referrer),
            *(each.get_symptom_display(), each.created_at, each.expires_at, each.settled_at),
            each.reason,
            (each.distributor or "") if self.organization.is_huawei else "",
            (each.case or "") if answered_here else "",
        ]


class Referrals(ReferralList, ListPage):
    """What the organization has referred, or was referred to it, the newest first."""

    template_name = "doa/referrals.html"
    views = VIEWS
    batches = (TakeUp, Decline)
    columns = (
        ("Referral", "referral"),
        ("Status", ""),
        ("Unit", ""),
        ("From", ""),
        ("What is seen", ""),
        ("Referred", "referred"),
    )

    def pick(self, referral: Referral) -> str:
        is_waiting = self.deeds and workflow.DECLINE.allows(referral, self.request.user)
        return referral.reference if is_waiting else ""

    def context(self) -> dict[str, Any]:
        organization = self.organization
        may_refer = self.request.user.can(Permission.REFER_UNITS, organization)
        return {
            "open": OPEN,
            "may_refer": may_refer and not organization.is_huawei,
            "receives": Permission.ADOPT_REFERRALS in organization.permissions,
            "page": "referrals",
        }


class ReferralsCsv(ReferralList, CsvTable):
    pass


class ReferralsXlsx(ReferralList, XlsxTable):
    pass
