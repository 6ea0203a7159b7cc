"""Correcting what a unit is called: its serial number and its part number."""

from datetime import datetime

from django.db import IntegrityError, transaction

from audit import trail
from catalog.models import PartNumber
from catalog.policy import InvalidSerial, valid_serial
from partners.enums import Permission
from partners.models import User
from warranty.models import FormerSerial, Unit
from warranty.workflow import telling
from warranty.workflow.refusals import Ineffective, require


def correct_serial(unit: Unit, *, serial: str, reason: str, user: User, at: datetime) -> Unit:
    """Give the unit the serial number on its label; the old one still leads to it.

    Raises: PermissionDenied; ReasonMissing; Ineffective for what can be no serial
    number, for the same one, and for one that another unit of the part number has.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.CORRECT_DATES, unit.huawei_shipment)
    try:
        serial = valid_serial(serial)
    except InvalidSerial as problem:
        raise Ineffective(str(problem)) from None
    with transaction.atomic():
        locked = _locked(unit)
        old = locked.serial
        if serial == old:
            raise Ineffective("The unit already has this serial number. Enter the right one.")
        locked.serial = serial
        _save(locked, "serial")
        FormerSerial.unscoped.filter(unit=locked, serial=serial).delete()
        FormerSerial.unscoped.update_or_create(unit=locked, serial=old, defaults={"until": at})
        _record(locked, "unit.serial_corrected", "serial number", old, serial, reason, user, at)
    return locked


def correct_part_number(
    unit: Unit, *, part_number: str, reason: str, user: User, at: datetime
) -> Unit:
    """Give the unit the part number on its label. A term that has started stays.

    Raises: PermissionDenied; ReasonMissing; Ineffective for one that the catalogue does
    not know, for the same one, and where another unit has both numbers.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.CORRECT_DATES, unit.huawei_shipment)
    right = PartNumber.objects.filter(number=part_number.strip()).first()
    if right is None:
        raise Ineffective(f"The catalogue has no part number {part_number.strip()}. Add it first.")
    with transaction.atomic():
        locked = _locked(unit)
        old = locked.part_number.number
        if locked.part_number_id == right.pk:
            raise Ineffective("The unit already has this part number. Enter the right one.")
        locked.part_number = right
        _save(locked, "part_number")
        name = "unit.part_number_corrected"
        _record(locked, name, "part number", old, right.number, reason, user, at)
    return locked


def _locked(unit: Unit) -> Unit:
    units = Unit.unscoped.select_for_update(of=("self",))
    return units.select_related("part_number", *Unit.CHAIN).get(pk=unit.pk)


def _save(unit: Unit, column: str) -> None:
    try:
        with transaction.atomic():
            unit.save(update_fields=[column])
    except IntegrityError:
        raise Ineffective(
            f"Another unit has serial number {unit.serial} and part number {unit.part_number}. "
            "Correct that one first, or check the label."
        ) from None


def _record(
    unit: Unit, name: str, what: str, old: str, new: str, reason: str, user: User, at: datetime
) -> None:
    trail.record(name, unit, actor=user.actor(), at=at, before=old, after=new, reason=reason)
    correction = telling.Correction(
        what=f"The {what} of a unit",
        before=old,
        after=new,
        effect="Its dates stay as they are.",
        reason=reason,
    )
    telling.record_corrected([unit], correction, cause=f"{name}:{unit.pk}", at=at)
