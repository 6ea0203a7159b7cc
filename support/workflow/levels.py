"""Every write to calendars and service levels, each with the values before and after."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from audit import trail
from partners.enums import Permission
from partners.models import User
from support.models import Calendar, ServiceLevel


def save_calendar(calendar: Calendar, *, user: User, at: datetime) -> None:
    """Store a new calendar, or what was changed on a known one. Raises: PermissionDenied."""
    _save("support.calendar", calendar, user=user, at=at)


def save_level(level: ServiceLevel, *, user: User, at: datetime) -> None:
    """Store a new service level, or what was changed on a known one. Raises: PermissionDenied."""
    _save("support.level", level, user=user, at=at)


@transaction.atomic
def _save(name: str, record: Calendar | ServiceLevel, *, user: User, at: datetime) -> None:
    _require_service_manager(user)
    known = type(record)._default_manager.select_for_update().filter(pk=record.pk).first()
    changes = _changes(known, record) if known else {}
    record.save()
    if known is None:
        trail.record(f"{name}.added", record, actor=user.actor(), at=at, values=_values(record))
    elif changes:
        trail.record(f"{name}.changed", record, actor=user.actor(), at=at, changes=changes)


def _require_service_manager(user: User) -> None:
    organizations = [m.organization for m in user.joined_memberships() if m.is_huawei_staff]
    if not any(user.can(Permission.MANAGE_SUPPORT, o) for o in organizations):
        raise PermissionDenied(f"{Permission.MANAGE_SUPPORT.deed} needs another role.")


def _values(record: models.Model) -> dict[str, str]:
    return {
        field.attname: str(getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if not field.primary_key
    }


def _changes(known: models.Model, record: models.Model) -> dict[str, Any]:
    before, after = _values(known), _values(record)
    return {
        name: {"before": before[name], "after": after[name]}
        for name in after
        if before[name] != after[name]
    }
