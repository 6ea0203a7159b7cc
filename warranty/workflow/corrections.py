"""Staff's corrections of what decides a date (policy section 2)."""

from datetime import date, datetime

from django.db import transaction

from audit import trail
from partners import clock
from partners.enums import Permission
from partners.models import User
from warranty import policy
from warranty.models import PolicyVersion, Shipment, Unit
from warranty.workflow import telling
from warranty.workflow.recompute import Change, recompute
from warranty.workflow.refusals import Ineffective, require, require_new_day
from warranty.workflow.telling import ReasonMissing

__all__ = ["Ineffective", "ReasonMissing"]


def affected_by_shipment_date(shipment: Shipment) -> list[int]:
    """Return the keys of the units whose dates hang on this shipment's date."""
    return list(
        Unit.unscoped.filter(huawei_shipment=shipment).order_by("pk").values_list("pk", flat=True)
    )


def correct_shipment_date(
    shipment: Shipment, *, shipped_on: date, reason: str, user: User, at: datetime
) -> list[Change]:
    """Correct the day on which Huawei shipped, and every start that hangs on it.

    The old value and the reason stay in the trail and the holders are told.
    Raises: PermissionDenied; ReasonMissing; Ineffective for the same date, a date
    after today, or one that puts the two legs of a unit out of order.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.CORRECT_DATES, shipment)
    with transaction.atomic():
        locked = Shipment.unscoped.select_for_update(no_key=True).get(pk=shipment.pk)
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
        cause = f"shipment:{locked.pk}"
        told = telling.dates_corrected(changes, cause=cause, at=at, reason=reason)
        telling.record_corrected(
            locked.units.select_related(*Unit.CHAIN).order_by("serial"),
            telling.Correction(
                what=f"The date of Huawei's shipment {locked}",
                before=policy.day_text(before),
                after=policy.day_text(shipped_on),
                effect="Warranty counts from this date; it starts on day 90 at the latest.",
                reason=reason,
            ),
            cause=cause,
            at=at,
            told=told,
        )
    return changes


def _check_date(shipment: Shipment, shipped_on: date, *, today: date) -> None:
    require_new_day(shipment, shipped_on, today=today)
    onward = Shipment.unscoped.filter(shipmentline__unit__huawei_shipment=shipment)
    early = onward.filter(shipped_on__lt=shipped_on).order_by("shipped_on", "pk").first()
    if early is not None:
        raise Ineffective(
            f"{early.shipped_by} shipped units of it on {policy.day_text(early.shipped_on)}, "
            f"shipment {early}. A distributor ships on or after Huawei's date. "
            "Correct that shipment first."
        )


def correct_installation_service(
    unit: Unit, *, purchased: bool, reason: str, user: User, at: datetime
) -> list[Change]:
    """Correct whether installation service was purchased with this unit.

    Raises: PermissionDenied; ReasonMissing; Ineffective if nothing would change,
    or if a purchase is recorded after day 90, which changes nothing (policy section 2).
    """
    reason = telling.required_reason(reason)
    require(user, Permission.CORRECT_DATES, unit.huawei_shipment)
    with transaction.atomic():
        locked = (
            Unit.unscoped.select_for_update(of=("self",), no_key=True)
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
