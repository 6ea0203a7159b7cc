"""Warranties that staff end, and give back (policy section 2)."""

from datetime import datetime

from django.db import transaction

from audit import trail
from partners.enums import Permission
from partners.models import User
from warranty.models import Unit, Warranty
from warranty.workflow import telling
from warranty.workflow.recompute import recompute
from warranty.workflow.refusals import Ineffective, require


def void_warranty(unit: Unit, *, reason: str, user: User, at: datetime) -> None:
    """End the cover of this unit by decision of staff, and tell its holder why.

    What was decided while it ran stands.
    Raises: PermissionDenied; ReasonMissing; Ineffective if it has not started or
    is void already.
    """
    reason = telling.required_reason(reason)
    with transaction.atomic():
        _set_void(unit, "warranty.voided", user=user, at=at, voided_at=at, reason=reason)
        telling.void_changed("warranty/voided", unit, reason=reason, at=at)


def reinstate_warranty(unit: Unit, *, reason: str, user: User, at: datetime) -> None:
    """Give a voided warranty back, with its dates as the policy has them today."""
    reason = telling.required_reason(reason)
    with transaction.atomic():
        _set_void(unit, "warranty.reinstated", user=user, at=at, voided_at=None, reason=reason)
        recompute([unit.pk], cause=f"reinstated: {reason}", actor=user.actor(), at=at)
        telling.void_changed("warranty/reinstated", unit, reason=reason, at=at)


def _set_void(
    unit: Unit, event: str, *, user: User, at: datetime, voided_at: datetime | None, reason: str
) -> None:
    require(user, Permission.VOID_WARRANTIES, unit.huawei_shipment)
    warranty = Warranty.unscoped.select_for_update().filter(pk=unit.pk).first()
    if warranty is None:
        raise Ineffective("The warranty has not started. There is nothing to void.")
    if (warranty.voided_at is None) == (voided_at is None):
        raise Ineffective("Somebody has done this already. Nothing was changed.")
    warranty.voided_at = voided_at
    warranty.void_reason = reason if voided_at else ""
    warranty.save(update_fields=["voided_at", "void_reason"])
    trail.record(event, unit, actor=user.actor(), at=at, reason=reason)
