"""The track of a replacement: ordered, shipped, delivered."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from catalog.models import PartNumber
from catalog.policy import clean_text, day_text, normalise_serial
from doa import calendars
from doa.enums import CaseStatus, ReturnTrack
from doa.models import CaseLine
from doa.verdicts import version_of
from doa.workflow import telling
from doa.workflow.closing import settle
from doa.workflow.line_edges import DELIVER, NOT_HERE, ORDER, SHIP
from doa.workflow.refusals import CaseRefused, ReplacementRefused
from partners import clock
from partners.models import User
from support.business_time import add_business_days
from support.models import ContractLine
from warranty.models import Unit, UnitReplacement, Warranty


def order(line: CaseLine, *, part_number: str = "", user: User, at: datetime) -> None:
    """Order a replacement, of the part number of the faulty unit unless another is given.

    Raises: PermissionDenied; IllegalTransition; CaseRefused.
    """
    number = part_number.strip() or line.unit.part_number.number
    if not PartNumber.objects.filter(number=number).exists():
        raise CaseRefused(f"{number[:40]} is not in the catalogue. Compare it with the order.")
    with ORDER.on(line, user=user, at=at, part_number=number) as locked:
        locked.ordered_part_number, locked.ordered_at = number, at
        if locked.case.status == CaseStatus.DECIDED:
            locked.case.status = CaseStatus.FULFILLING


def ship(
    line: CaseLine,
    *,
    serial: str,
    carrier: str,
    tracking: str,
    expected_on: date | None = None,
    user: User,
    at: datetime,
) -> None:
    """Ship the replacement: a known and unused unit of the part number that was ordered.

    Raises: PermissionDenied; IllegalTransition; ReplacementRefused; CaseRefused.
    """
    carrier, tracking = clean_text(carrier, 60), clean_text(tracking, 60)
    if not carrier or not tracking:
        raise CaseRefused("Write the carrier and its tracking number.")
    serial = normalise_serial(serial)[:32]
    try:
        with transaction.atomic():
            with SHIP.on(line, user=user, at=at, serial=serial, tracking=tracking) as locked:
                locked.replacement = replacement_for(locked, serial)
                locked.carrier, locked.tracking = carrier, tracking
                locked.shipped_at, locked.expected_on = at, expected_on
                telling.shipped(locked, at=at)
            settle(locked.case, at=at)
    except IntegrityError as taken:
        raise ReplacementRefused(f"{serial} is in another case. Choose another unit.") from taken


def replacement_for(line: CaseLine, serial: str) -> Unit:
    """Return the unit that may be shipped under a serial number. Raises: ReplacementRefused."""
    number = line.ordered_part_number
    units = Unit.unscoped.with_serial(serial).select_related("part_number", "consignee")
    unit = units.filter(part_number__number=number).first() or units.first()
    if unit is None:
        raise ReplacementRefused(
            f"{serial} is not known. Record its shipment by Huawei first, or compare the label."
        )
    if unit.pk == line.unit_id:
        raise ReplacementRefused(f"{serial} is the faulty unit. Choose another.")
    if unit.part_number.number != number:
        raise ReplacementRefused(
            f"{serial} is a {unit.part_number.number}, and a {number} was ordered. "
            "Choose one that fits."
        )
    if why := why_used(unit, line):
        raise ReplacementRefused(f"{serial} is not new: {why}. Choose another unit.")
    return unit


def why_used(unit: Unit, line: CaseLine) -> str:
    """Return why a unit is not new and free for this line, or an empty text."""
    if CaseLine.unscoped.filter(Q(unit=unit) | Q(replacement=unit)).exists():
        return "it is in another case"
    if UnitReplacement.unscoped.filter(Q(old=unit) | Q(new=unit)).exists():
        return "it has replaced another or was replaced"
    if unit.distributor_shipment_id is not None:
        return "a distributor has shipped it on"
    near = {line.case.organization_id, line.unit.huawei_shipment.consignee_id}
    if not unit.consignee.is_huawei and unit.consignee_id not in near | {line.unit.consignee_id}:
        return f"it was shipped to {unit.consignee}"
    if Warranty.unscoped.filter(unit=unit).exists():
        return "its warranty has started"
    if ContractLine.unscoped.filter(unit=unit).exists():
        return "a contract covers it"
    return ""


def deliver(
    line: CaseLine, *, delivered_on: date, signer: str = "", user: User, at: datetime
) -> None:
    """Record that the replacement has arrived; the faulty unit is due back from then on.

    It is due after the business days of the policy, in the calendar of the service level;
    the day after delivery is day 1. Raises: PermissionDenied; IllegalTransition; CaseRefused.
    """
    said = {"delivered_on": delivered_on.isoformat(), "signer": signer[:120]}
    with transaction.atomic():
        with DELIVER.on(line, user=user, at=at, **said) as locked:
            _require_day(locked, delivered_on, today=clock.business_day(at))
            locked.delivered_on = delivered_on
            locked.delivery_signer = clean_text(signer, 120)
            if locked.return_track in NOT_HERE:
                locked.return_due_on = return_due_on(locked, delivered_on, at=at)
            if locked.return_track == ReturnTrack.NOT_DUE:
                locked.return_track = ReturnTrack.AWAITED
        settle(locked.case, at=at)


def _require_day(line: CaseLine, delivered_on: date, *, today: date) -> None:
    shipped_on = clock.business_day(line.shipped_at) if line.shipped_at else delivered_on
    if not shipped_on <= delivered_on <= today:
        raise CaseRefused(
            f"Write a day of delivery from {day_text(shipped_on)}, when it was shipped, to "
            f"{day_text(today)}."
        )


def return_due_on(line: CaseLine, delivered_on: date, *, at: datetime) -> date:
    """Return the last day on which the faulty unit may arrive on its way back in time."""
    days = version_of(line.unit).return_business_days
    return add_business_days(calendars.of_case(line.case, at=at), delivered_on, days)
