"""Staff's corrections of what decides a date, and voided warranties (policy section 2)."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from partners import clock
from partners.enums import Permission
from partners.models import User
from warranty import policy
from warranty.models import PolicyVersion, Shipment, Unit, Warranty
from warranty.workflow import telling
from warranty.workflow.recompute import Change, recompute
from warranty.workflow.telling import ReasonMissing

__all__ = ["Ineffective", "ReasonMissing"]


class Ineffective(ValueError):
    """A correction that would change nothing, or that the policy does not allow."""


def affected_by_shipment_date(shipment: Shipment) -> list[int]:
    """Return the keys of the units whose dates hang on this shipment's date."""
    return list(
        Unit.unscoped.filter(huawei_shipment=shipment).order_by("pk").values_list("pk", flat=True)
    )


def correct_shipment_date(
    shipment: Shipment, *, shipped_on: date, reason: str, user: User, at: datetime
) -> list[Change]:
    """Correct the day on which a shipment left, and every start that hangs on it.

    The old value and the reason stay in the trail and the holders are told.
    Raises: PermissionDenied; ReasonMissing; Ineffective for the same date, a date
    after today, or one that puts the two legs of a unit out of order.
    """
    reason = telling.required_reason(reason)
    _require(user, Permission.CORRECT_DATES, shipment)
    with transaction.atomic():
        locked = Shipment.unscoped.select_for_update().get(pk=shipment.pk)
        _check_date(locked, shipped_on, today=clock.business_day(at))
        before, locked.shipped_on, locked.pending = locked.shipped_on, shipped_on, True
        locked.save()
        detail = {
            "before": before.isoformat(),
            "after": shipped_on.isoformat(),
            "reason": reason,
        }
        trail.record("shipment.date_corrected", locked, actor=user.actor(), at=at, **detail)
        ids = affected_by_shipment_date(locked)
        cause = f"shipment {locked} corrected: {reason}"
        changes = recompute(ids, cause=cause, actor=user.actor(), at=at)
        telling.dates_corrected(changes, cause=f"shipment:{locked.pk}", at=at, reason=reason)
    return changes


def _check_date(shipment: Shipment, shipped_on: date, *, today: date) -> None:
    if shipped_on == shipment.shipped_on:
        raise Ineffective(f"{shipment} already has this date. Enter the right one.")
    if shipped_on > today:
        raise Ineffective("A shipment date lies on or before today. Enter the date of dispatch.")
    early = shipment.onward_units.filter(huawei_shipment__shipped_on__gt=shipped_on)
    late = shipment.units.filter(distributor_shipment__shipped_on__lt=shipped_on)
    if early.exists() or late.exists():
        raise Ineffective(
            "A distributor ships a unit on or after Huawei's date. "
            "Correct the other shipment of these units first."
        )


def correct_installation_service(
    unit: Unit, *, purchased: bool, reason: str, user: User, at: datetime
) -> list[Change]:
    """Correct whether installation service was purchased with this unit.

    Raises: PermissionDenied; ReasonMissing; Ineffective if nothing would change,
    or if a purchase is recorded after day 90, which changes nothing (policy section 2).
    """
    reason = telling.required_reason(reason)
    _require(user, Permission.CORRECT_DATES, unit.huawei_shipment)
    with transaction.atomic():
        locked = (
            Unit.unscoped.select_for_update(of=("self",))
            .select_related("huawei_shipment")
            .get(pk=unit.pk)
        )
        if locked.installation_service == purchased:
            raise Ineffective("The unit already says so. Nothing was changed.")
        if purchased:
            _check_in_time(locked, today=clock.business_day(at))
        locked.installation_service = purchased
        locked.save(update_fields=["installation_service"])
        trail.record(
            "unit.service_corrected",
            locked,
            actor=user.actor(),
            at=at,
            before=not purchased,
            after=purchased,
            reason=reason,
        )
        changes = recompute(
            [locked.pk],
            cause=f"installation service corrected: {reason}",
            actor=user.actor(),
            at=at,
        )
        telling.dates_corrected(changes, cause=f"service:{locked.pk}", at=at, reason=reason)
    return changes


def _check_in_time(unit: Unit, *, today: date) -> None:
    version = PolicyVersion.objects.in_force(unit.huawei_shipment.shipped_on)
    cap = policy.cap_on(shipped_on=unit.huawei_shipment.shipped_on, terms=version.terms())
    if today > cap:
        raise Ineffective(
            f"Day 90 was {policy.day_text(cap)}. "
            "Installation service recorded after it changes nothing."
        )


def void_warranty(unit: Unit, *, reason: str, user: User, at: datetime) -> None:
    """End the cover of this unit by decision of staff, with a reason.

    Raises: PermissionDenied; ReasonMissing; Ineffective if it has not started or
    is void already.
    """
    reason = telling.required_reason(reason)
    _set_void(unit, "warranty.voided", user=user, at=at, voided_at=at, reason=reason)


def reinstate_warranty(unit: Unit, *, reason: str, user: User, at: datetime) -> None:
    """Give a voided warranty back, with its dates as the policy has them today."""
    reason = telling.required_reason(reason)
    with transaction.atomic():
        _set_void(unit, "warranty.reinstated", user=user, at=at, voided_at=None, reason=reason)
        recompute([unit.pk], cause=f"reinstated: {reason}", actor=user.actor(), at=at)


def _set_void(
    unit: Unit, event: str, *, user: User, at: datetime, voided_at: datetime | None, reason: str
) -> None:
    _require(user, Permission.VOID_WARRANTIES, unit.huawei_shipment)
    with transaction.atomic():
        warranty = Warranty.unscoped.select_for_update().filter(pk=unit.pk).first()
        if warranty is None:
            raise Ineffective("The warranty has not started. There is nothing to void.")
        if (warranty.voided_at is None) == (voided_at is None):
            raise Ineffective("Somebody has done this already. Nothing was changed.")
        warranty.voided_at = voided_at
        warranty.void_reason = reason if voided_at else ""
        warranty.save(update_fields=["voided_at", "void_reason"])
        trail.record(event, unit, actor=user.actor(), at=at, reason=reason)


def _require(user: User, permission: Permission, shipment: Shipment) -> None:
    if not user.can(permission, shipment.shipped_by):
        raise PermissionDenied(f"{permission.deed} needs another role.")
