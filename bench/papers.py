"""Paper for a synthetic base: reports, contracts and referrals of every distributor, and
announcements for all, so that a page of each list is full.

They are written in bulk as their last step left them; no event and no mail belongs to them.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from catalog.enums import MilestoneKind, Precision
from catalog.models import Product
from doa.enums import FailureKind, ReferralStatus, Symptom
from doa.models import Referral
from lifecycle.enums import AnnouncementStatus, HoldingChange
from lifecycle.models import Affected, AnnouncedMilestone, Announcement, Holding
from partners.enums import OrganizationKind
from partners.models import Organization
from support.enums import Family
from support.models import ContractLine, ServiceLevel, SupportContract
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, ReportLine, Unit

EACH = 100
"""How many reports, contracts and referrals a distributor has, and announcements there are."""
UNITS = 10
"""How many units a contract covers; a report names a third of them."""
BATCH = 5_000


def write_papers(*, last_day: date) -> int:
    """Write everything; return how many records people see in lists."""
    at = datetime.combine(last_day, time(15), tzinfo=UTC)
    holders = list(Organization.objects.filter(kind=OrganizationKind.DISTRIBUTOR).order_by("pk"))
    for holder in holders:
        units = list(
            Unit.objects.for_organization(holder)
            .select_related("huawei_shipment", "part_number")
            .order_by("serial")[: EACH * UNITS]
        )
        for write in (_reports, _contracts, _referrals):
            write(holder, units, at)
    _announcements(holders, at)
    return len(holders) * EACH * 3 + EACH


def _shares(units: list[Unit]) -> Iterator[tuple[int, list[Unit]]]:
    for n in range(min(EACH, len(units) // UNITS)):
        yield n, units[n * UNITS : (n + 1) * UNITS]


def _reports(holder: Organization, units: list[Unit], at: datetime) -> None:
    made = InstallationReport.unscoped.bulk_create(
        InstallationReport(
            number=f"IR-{holder.code}-{n:04}",
            organization=holder,
            signed_on=mine[0].huawei_shipment.shipped_on + timedelta(days=n % 80),
            signed_by="Sample site",
            status=list(ReportStatus)[n % len(ReportStatus)],
            submitted_at=at - timedelta(hours=n),
            submitted_by="sample@partner.example",
        )
        for n, mine in _shares(units)
    )
    ReportLine.unscoped.bulk_create(
        ReportLine(report=report, unit=unit)
        for report, (_, mine) in zip(made, _shares(units), strict=True)
        for unit in mine[: UNITS // 3]
    )


def _contracts(holder: Organization, units: list[Unit], at: datetime) -> None:
    levels = list(ServiceLevel.objects.filter(family=Family.HICARE).order_by("pk"))
    made = SupportContract.unscoped.bulk_create(
        SupportContract(
            number=f"HC-{holder.code}-{n:04}",
            family=Family.HICARE,
            level=levels[n % len(levels)],
            organization=holder,
            end_customer=f"Customer {n % 20}",
            term_months=12 * (1 + n % 5),
            registered_at=at - timedelta(hours=n),
            registered_by="sample@partner.example",
        )
        for n, _ in _shares(units)
    )
    ContractLine.unscoped.bulk_create(
        (
            _line(contract, unit)
            for contract, (_, mine) in zip(made, _shares(units), strict=True)
            for unit in mine
        ),
        batch_size=BATCH,
    )


def _line(contract: SupportContract, unit: Unit) -> ContractLine:
    anchor = unit.huawei_shipment.shipped_on
    return ContractLine(
        contract=contract,
        unit=unit,
        anchor_on=anchor,
        anchor_shipment=unit.huawei_shipment,
        is_provisional=True,
        latest_start_on=anchor + timedelta(days=90),
        starts_on=anchor,
        ends_on=anchor + timedelta(days=30 * contract.term_months),
    )


def _referrals(holder: Organization, units: list[Unit], at: datetime) -> None:
    open_and_settled = (ReferralStatus.OPEN, ReferralStatus.DECLINED, ReferralStatus.EXPIRED)
    Referral.unscoped.bulk_create(
        _referral(holder, mine[0], n, open_and_settled[n % 3], at) for n, mine in _shares(units)
    )


def _referral(
    holder: Organization, unit: Unit, n: int, status: ReferralStatus, at: datetime
) -> Referral:
    settled: dict[str, Any] = {}
    if status != ReferralStatus.OPEN:
        settled = {"settled_at": at, "settled_by": "sample@partner.example", "reason": "Sample."}
    return Referral(
        reference=f"REF-{holder.pk:04}-{n:05}",
        distributor=holder,
        unit=unit,
        serial=unit.serial,
        part_number=unit.part_number.number,
        status=status,
        symptom=list(Symptom)[n % len(Symptom)],
        description="Sample description.",
        failure_kind=FailureKind.FIRST_BOOT,
        contact_name="Sample contact",
        contact_email=f"customer-{n}@customer.example",
        company=f"Customer {n % 20}",
        created_at=at - timedelta(hours=n),
        confirmed_at=at - timedelta(hours=n),
        expires_at=at + timedelta(days=30),
        **settled,
    )


def _announcements(holders: list[Organization], at: datetime) -> None:
    products = list(Product.objects.order_by("pk")[:EACH])
    made = Announcement.unscoped.bulk_create(
        Announcement(
            number=f"PN-2024-{n:04}",
            subject=f"End of marketing of {product.model}",
            text="Orders end.",
            status=AnnouncementStatus.PUBLISHED,
            created_at=at,
            published_at=at - timedelta(days=n),
            told_at=at,
        )
        for n, product in enumerate(products)
    )
    told = list(zip(made, products, strict=True))
    Affected.objects.bulk_create(Affected(announcement=a, product=p) for a, p in told)
    AnnouncedMilestone.objects.bulk_create(
        AnnouncedMilestone(
            announcement=announcement,
            kind=kind,
            precision=Precision.DAY,
            day=at.date() + timedelta(days=years * 365),
        )
        for announcement in made
        for kind, years in ((MilestoneKind.EOM, 1), (MilestoneKind.EOS, 6))
    )
    Holding.unscoped.bulk_create(
        (
            Holding(
                announcement=announcement, organization=holder, units=7, change=HoldingChange.NEW
            )
            for announcement in made
            for holder in holders
        ),
        batch_size=BATCH,
    )
