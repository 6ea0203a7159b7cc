"""What a search looks through, as data: whose rows, which number, where a hit leads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from doa.models import Case, Claim, Referral
from lifecycle.models import Announcement
from partners.models import Organization
from support.models import SupportContract
from warranty.models import Dispute, InstallationReport, Shipment


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record that has a number. `list_name` is a list that takes `?q=`."""

    label: str
    rows: Callable[[Organization], Any]
    column: str
    url_name: str
    about: Callable[[Any], str]
    name_in_address: Callable[[Any], str] = lambda row: str(row.reference)
    list_name: str = ""

    def url(self, row: Any) -> str:
        return reverse(self.url_name, args=[self.name_in_address(row)])


KINDS = (
    Kind(
        label="Cases",
        rows=Case.objects.for_organization,
        column="reference",
        url_name="case",
        about=lambda case: str(case.title),
        list_name="cases",
    ),
    Kind(
        label="Cases by service request",
        rows=lambda seen_by: Case.objects.for_organization(seen_by).exclude(sr_number=""),
        column="sr_number",
        url_name="case",
        about=lambda case: f"{case.reference}, {case.title}",
        list_name="cases",
    ),
    Kind(
        label="Shipments",
        rows=lambda seen_by: Shipment.objects.for_organization(seen_by).select_related(
            "shipped_by", "consignee"
        ),
        column="number",
        url_name="shipment",
        about=lambda shipment: f"{shipment.shipped_by} to {shipment.consignee}",
        list_name="shipments",
    ),
    Kind(
        label="Contracts",
        rows=SupportContract.objects.for_organization,
        column="number",
        url_name="contract",
        about=lambda contract: str(contract.end_customer),
        list_name="contracts",
    ),
    Kind(
        label="Installation reports",
        rows=InstallationReport.objects.for_organization,
        column="number",
        url_name="report",
        about=lambda report: str(report.get_status_display()),
        list_name="reports",
    ),
    Kind(
        label="Referrals",
        rows=Referral.objects.for_organization,
        column="reference",
        url_name="referral",
        about=lambda referral: str(referral.serial),
    ),
    Kind(
        label="Claims",
        rows=Claim.objects.for_organization,
        column="reference",
        url_name="claim",
        about=lambda claim: str(claim.serial or claim.order_reference),
    ),
    Kind(
        label="Disputes",
        rows=Dispute.objects.for_organization,
        column="reference",
        url_name="dispute",
        about=lambda dispute: str(dispute.get_status_display()),
    ),
    Kind(
        label="Announcements",
        rows=lambda seen_by: Announcement.objects.current(),
        column="number",
        url_name="announcement",
        about=lambda announcement: str(announcement.subject),
        name_in_address=lambda announcement: str(announcement.slug),
        list_name="announcements",
    ),
)
