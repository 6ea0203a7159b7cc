"""What every correction asks first: may this person, and would anything change."""

from datetime import date

from django.core.exceptions import PermissionDenied

from partners.enums import Permission
from partners.models import User
from warranty.models import Shipment


class Ineffective(ValueError):
    """A correction that would change nothing, or that the policy does not allow."""


def require(user: User, permission: Permission, shipment: Shipment) -> None:
    """Let staff pass. Raises: PermissionDenied."""
    if not user.can(permission, shipment.shipped_by):
        raise PermissionDenied(f"{permission.deed} needs another role.")


def require_new_day(shipment: Shipment, shipped_on: date, *, today: date) -> None:
    """Refuse the same date and one after today. Raises: Ineffective."""
    if shipped_on == shipment.shipped_on:
        raise Ineffective(f"{shipment} already has this date. Enter the right one.")
    if shipped_on > today:
        raise Ineffective("A shipment date lies on or before today. Enter the date of dispatch.")
