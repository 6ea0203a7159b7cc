"""Correcting the day on which a distributor shipped: support moves, warranty does not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from audit import trail
from partners import clock
from partners.enums import Permission
from partners.models import User
from warranty import policy
from warranty.models import PolicyVersion, Shipment, Unit
from warranty.workflow import telling
from warranty.workflow.refusals import Ineffective, require, require_new_day


@dataclass(frozen=True, slots=True)
class AnchorMove:
    """A unit whose support counts from another day now; the warranty is where it was."""

    unit: Unit
    before: date
    after: date


def correct_onward_date(
    shipment: Shipment, *, shipped_on: date, reason: str, user: User, at: datetime
) -> list[AnchorMove]:
    """Correct the day on which a distributor shipped, and tell who holds the units.

    Support of the units that were shipped on last by it counts from the new day.
    Source: policy section 1. Raises: PermissionDenied; ReasonMissing; Ineffective for
    the same date, one after today, before Huawei's, or past another leg of a unit.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.CORRECT_DATES, shipment)
    with transaction.atomic():
        locked = Shipment.unscoped.select_for_update(no_key=True).get(pk=shipment.pk)
        require_new_day(locked, shipped_on, today=clock.business_day(at))
        _require_order(locked, shipped_on)
        before, locked.shipped_on = locked.shipped_on, shipped_on
        locked.save(update_fields=["shipped_on"])
        days = {"before": before.isoformat(), "after": shipped_on.isoformat()}
        actor = user.actor()
        trail.record("shipment.date_corrected", locked, actor=actor, at=at, **days, reason=reason)
        units = locked.onward_units.select_related(*Unit.CHAIN).order_by("serial")
        telling.record_corrected(
            units,
            _correction(locked, before, reason),
            cause=f"shipment:{locked.pk}",
            at=at,
            also=[locked.shipped_by],
        )
    return [AnchorMove(unit, before, shipped_on) for unit in units]


def _correction(shipment: Shipment, before: date, reason: str) -> telling.Correction:
    window = PolicyVersion.objects.in_force(shipment.shipped_on).support_window_days
    latest = shipment.shipped_on + timedelta(days=window)
    return telling.Correction(
        what=f"The date of {shipment.shipped_by}'s shipment {shipment}",
        before=policy.day_text(before),
        after=policy.day_text(shipment.shipped_on),
        effect=f"Support may start from {policy.day_text(shipment.shipped_on)} to "
        f"{policy.day_text(latest)}. The warranty does not move.",
        reason=reason,
    )


def _require_order(shipment: Shipment, shipped_on: date) -> None:
    """Keep every unit's legs in the order in which they were made. Raises: Ineffective."""
    units = Unit.unscoped.filter(shipmentline__shipment=shipment)
    first = units.filter(huawei_shipment__shipped_on__gt=shipped_on)
    for unit in first.select_related("huawei_shipment").order_by("pk")[:1]:
        try:
            policy.check_onward_date(
                huawei_shipped_on=unit.huawei_shipment.shipped_on, distributor_shipped_on=shipped_on
            )
        except policy.ShippedOnBeforeHuawei as refusal:
            raise Ineffective(str(refusal)) from None
    was, will = _earlier(shipment, shipment.shipped_on), _earlier(shipment, shipped_on)
    others = Shipment.unscoped.filter(shipmentline__unit__in=units).exclude(pk=shipment.pk)
    passed = others.filter((was & ~will) | (~was & will)).order_by("shipped_on", "pk").first()
    if passed is not None:
        raise Ineffective(
            f"Shipment {passed} of {policy.day_text(passed.shipped_on)} holds units of this one, "
            "and their order would change. Correct that shipment first."
        )


def _earlier(shipment: Shipment, shipped_on: date) -> Q:
    """Match the shipments that come before this one when it is dated `shipped_on`."""
    return Q(shipped_on__lt=shipped_on) | Q(shipped_on=shipped_on, pk__lt=shipment.pk)
