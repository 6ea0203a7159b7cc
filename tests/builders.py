"""Plain builders: each makes one thing and takes only what matters to the test."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import import_module
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile

from audit import trail
from catalog.models import PartNumber, Product
from doa.enums import CargoTrouble, ClaimKind, FailureKind, Symptom
from doa.models import Claim, Referral
from doa.workflow.claims import Goods, report_claim
from doa.workflow.referrals import Contact, Told, refer
from documents.models import Document
from documents.policy import EVIDENCE, TABLE
from documents.workflow import keep
from jobs.enums import JobKind
from jobs.models import Job
from jobs.workflow import queue_order, queue_upload
from partners import clock
from partners.enums import OrganizationKind, Role
from partners.models import DistributorEntry, Membership, Organization, User
from partners.workflow import save_entry
from support import workflow as support
from support.models import ServiceLevel, SupportContract
from support.planning import StartChoice
from warranty.enums import DisputeSubject, Leg, ReportStatus
from warranty.models import (
    Dispute,
    InstallationReport,
    PolicyVersion,
    ReportLine,
    Shipment,
    ShipmentLine,
    Unit,
)
from warranty.workflow import open_dispute

SHIPPED_ON = date(2026, 1, 10)
"""The day on which a unit leaves Huawei unless a test says another."""
CAP_ON = date(2026, 4, 10)
"""Day 90 of `SHIPPED_ON`."""
PASSWORD = "correct-horse-battery-90"

_numbers = count(1)


def at_noon(day: date) -> datetime:
    """Return an instant that falls on `day` in the business zone."""
    return datetime.combine(day, time(18, 0), tzinfo=UTC)


def make_organization(
    code: str = "", kind: str = OrganizationKind.DISTRIBUTOR, **fields: Any
) -> Organization:
    n = next(_numbers)
    code = code or f"ORG{n}"
    fields.setdefault("name", f"{code} Example")
    fields.setdefault("email", f"{code.lower()}@example.test")
    return Organization.objects.create(code=code, kind=kind, **fields)


def make_huawei() -> Organization:
    """Return the one organization that is Huawei, made on first use."""
    existing = Organization.objects.filter(kind=OrganizationKind.HUAWEI).first()
    return existing or make_organization("HUAWEI", OrganizationKind.HUAWEI, name="Huawei")


@cache
def hashed_password() -> str:
    """Return `PASSWORD` hashed, once per process: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_user(
    organization: Organization | None = None, role: str = Role.AGENT, email: str = ""
) -> User:
    email = email or f"person{next(_numbers)}@example.test"
    name = email.split("@")[0].title()
    user = User.objects.create(email=email.lower(), name=name, password=hashed_password())
    if organization is not None:
        Membership.objects.create(user=user, organization=organization, role=role)
    return user


def make_staff(email: str = "") -> User:
    return make_user(make_huawei(), Role.STAFF, email)


def make_entry(organization: Organization, **fields: Any) -> DistributorEntry:
    """List a distributor in the public directory; for Texas unless the fields say more."""
    given: dict[str, Any] = {
        "phone": "555-555-0100",
        "email": "desk@dist.example",
        "hours": "Monday to Friday, 8:00 to 17:00",
        "states": "TX",
        "is_listed": True,
    }
    entry = DistributorEntry(organization=organization, **given | fields)
    save_entry(entry, actor=trail.SYSTEM, at=at_noon(SHIPPED_ON))
    return entry


def make_part_number(number: str = "", *, months: int | None = 12, model: str = "") -> PartNumber:
    number = number or f"0235{next(_numbers):04d}"
    existing = PartNumber.objects.filter(number=number).first()
    if existing:
        return existing
    product = Product.objects.create(
        model=model or f"S5735-L{number}", product_line="S series", warranty_months=months
    )
    return PartNumber.objects.create(number=number, product=product)


def make_policy(**fields: Any) -> PolicyVersion:
    """Return the policy version that is in force for every date of the tests."""
    existing = PolicyVersion.objects.order_by("effective_from").first()
    return existing or PolicyVersion.objects.create(
        label="2018-01", effective_from=date(2000, 1, 1), **fields
    )


def load_service_levels() -> None:
    """Load the calendars and levels of the migrations, where emptied tables lost them."""
    import_module("support.migrations.0002_first_levels").load(apps, None)


def make_shipment(
    consignee: Organization | None = None,
    *,
    shipped_on: date = SHIPPED_ON,
    shipped_by: Organization | None = None,
    number: str = "",
) -> Shipment:
    shipped_by = shipped_by or make_huawei()
    return Shipment.unscoped.create(
        number=number or f"SHP-{next(_numbers):05d}",
        leg=Leg.HUAWEI if shipped_by.is_huawei else Leg.DISTRIBUTOR,
        shipped_on=shipped_on,
        shipped_by=shipped_by,
        consignee=consignee or make_organization(),
        pending=shipped_by.is_huawei,
    )


def make_unit(
    consignee: Organization | None = None,
    *,
    serial: str = "",
    shipped_on: date = SHIPPED_ON,
    installation_service: bool = False,
    part_number: PartNumber | None = None,
    shipment: Shipment | None = None,
    months: int | None = 12,
    **fields: Any,
) -> Unit:
    """Make a unit that Huawei shipped to `consignee` on `shipped_on`."""
    make_policy()
    shipment = shipment or make_shipment(consignee, shipped_on=shipped_on)
    return Unit.unscoped.create(
        serial=serial or f"2102TEST{next(_numbers):012d}",
        part_number=part_number or make_part_number(months=months),
        huawei_shipment=shipment,
        consignee=shipment.consignee,
        installation_service=installation_service,
        **fields,
    )


def pass_on(unit: Unit, consignee: Organization, *, shipped_on: date, number: str = "") -> Shipment:
    """Let the unit's consignee ship it on to `consignee`."""
    shipment = make_shipment(
        consignee, shipped_on=shipped_on, shipped_by=unit.consignee, number=number
    )
    ShipmentLine.unscoped.create(unit=unit, shipment=shipment)
    unit.distributor_shipment, unit.consignee = shipment, consignee
    unit.save()
    return shipment


def make_report(
    units: Iterable[Unit],
    *,
    signed_on: date,
    status: str = ReportStatus.SUBMITTED,
    organization: Organization | None = None,
    number: str = "",
) -> InstallationReport:
    """Make a stored report; accept it with `warranty.workflow.accept_report`."""
    units = list(units)
    report = InstallationReport.unscoped.create(
        number=number or f"IR-{next(_numbers):05d}",
        organization=organization or units[0].consignee,
        signed_on=signed_on,
        signed_by="Site engineer",
        status=status,
        submitted_at=at_noon(signed_on),
    )
    ReportLine.unscoped.bulk_create(ReportLine(report=report, unit=unit) for unit in units)
    return report


def a_pdf(name: str = "signed-report.pdf") -> SimpleUploadedFile:
    """Return the smallest file that is a PDF by its content."""
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n", "application/pdf")


def make_document(organization: Organization, upload: SimpleUploadedFile | None = None) -> Document:
    """Keep a file of `organization`, on disk and in the database."""
    return keep(
        upload or a_pdf(),
        EVIDENCE,
        organization=organization,
        actor=trail.SYSTEM,
        at=at_noon(SHIPPED_ON),
    )


def make_upload(organization: Organization) -> Job:
    """Queue a shipments file of `organization`, kept on disk, for a worker."""
    document = keep(
        SimpleUploadedFile("shipments.csv", b"shipment_number\n"),
        TABLE,
        organization=organization,
        actor=trail.SYSTEM,
        at=at_noon(SHIPPED_ON),
    )
    user = make_user(organization)
    return queue_upload(JobKind.IMPORT_SHIPMENTS, document, user=user, at=at_noon(SHIPPED_ON))


def make_registration(organization: Organization) -> Job:
    """Ask a worker to register a contract of `organization`."""
    return queue_order(
        JobKind.REGISTER_CONTRACT,
        {"units": []},
        name="HC-LARGE",
        organization=organization,
        user=make_user(organization),
        at=at_noon(SHIPPED_ON),
    )


def make_dispute(
    unit: Unit,
    organization: Organization | None = None,
    *,
    subject: str = DisputeSubject.HUAWEI_SHIPMENT,
    claimed: str = "2026-01-20",
    user: User | None = None,
    at: datetime | None = None,
) -> Dispute:
    """Let an agent of `organization` say that a fact about the unit is wrong."""
    organization = organization or unit.consignee
    return open_dispute(
        unit,
        organization=organization,
        subject=DisputeSubject(subject),
        claimed=claimed,
        explanation="The delivery note shows another day.",
        document=make_document(organization),
        user=user or make_user(organization),
        at=at or at_noon(CAP_ON),
    )


def told(**said: Any) -> Told:
    """Return what somebody says of a unit that has failed."""
    usual = {
        "symptom": Symptom.NO_POWER,
        "description": "No LED is lit.",
        "failure_kind": FailureKind.FIRST_BOOT,
        "failed_on": SHIPPED_ON,
    }
    return Told(**usual | said)


def make_referral(
    unit: Unit,
    organization: Organization | None = None,
    *,
    at: datetime | None = None,
    **said: Any,
) -> Referral:
    """Let a reseller that got the unit, or one beside it, refer it."""
    organization = organization or make_organization(kind=OrganizationKind.VAR)
    user = make_user(organization)
    contact = Contact(contact_name=str(user), contact_email=user.email)
    return refer(
        unit,
        told=told(**said),
        contact=contact,
        organization=organization,
        user=user,
        at=at or at_noon(CAP_ON),
    )


def make_claim(
    unit: Unit | None,
    organization: Organization,
    *,
    at: datetime | None = None,
    user: User | None = None,
    **said: Any,
) -> Claim:
    """Let an agent of `organization` report a dented unit, or without one a dead spare part."""
    at = at or at_noon(CAP_ON)
    usual = {
        "kind": ClaimKind.CARGO if unit else ClaimKind.SPARE_PART,
        "unit": unit,
        "serial": unit.serial if unit else "",
        "part_number": unit.part_number.number if unit else "02350001",
        "trouble": CargoTrouble.DENTED if unit else "",
        "delivered_on": clock.business_day(at),
        "description": "The corner of the case is pressed in.",
    }
    return report_claim(
        Goods(**usual | said),
        files=[make_document(organization)],
        organization=organization,
        user=user or make_user(organization),
        at=at,
    )


def make_level(code: str = "9x5xNBD", family: str = "hicare") -> ServiceLevel:
    """Return a service level of the policy page, loaded on first use."""
    if not ServiceLevel.objects.exists():
        load_service_levels()
    return ServiceLevel.objects.get(code=code, family=family)


def make_contract(
    units: Iterable[Unit],
    *,
    at: datetime,
    start: StartChoice | None = None,
    number: str = "",
    level: ServiceLevel | None = None,
    months: int = 12,
    organization: Organization | None = None,
    end_customer: str = "",
) -> SupportContract:
    """Register a contract for units in the name of who holds the first of them."""
    units = list(units)
    organization = organization or units[0].consignee
    order = support.Order(
        number=number or f"HC-{next(_numbers):05d}",
        level=level or make_level(),
        term_months=months,
        end_customer=end_customer,
    )
    return support.register_contract(
        order,
        unit_ids=[unit.pk for unit in units],
        start=start or StartChoice(),
        organization=organization,
        user=make_user(organization),
        at=at,
    )
