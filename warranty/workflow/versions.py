"""Policy versions: announced before they are in force, kept as they are from then on."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from partners import clock
from partners.enums import Permission
from partners.models import User
from warranty.models import PolicyVersion


class VersionInForce(Exception):
    """A policy version that is in force, or would be in force at once, was to be changed."""


def save_policy_version(version: PolicyVersion, *, user: User, at: datetime) -> None:
    """Store a policy version that takes effect after today.

    Whatever is in force has dated units, so it stays as it is: a change of policy
    is a further version.

    Source: policy section 8. Raises: PermissionDenied; VersionInForce.
    """
    if not any(
        user.can(Permission.CORRECT_DATES, m.organization)
        for m in user.joined_memberships()
        if m.is_huawei_staff
    ):
        raise PermissionDenied(f"{Permission.CORRECT_DATES.deed} needs another role.")
    today = clock.business_day(at)
    with transaction.atomic():
        known = PolicyVersion.objects.select_for_update().filter(pk=version.pk).first()
        if (known and known.effective_from <= today) or version.effective_from <= today:
            raise VersionInForce("A policy version takes effect after today at the earliest.")
        version.save()
        name = "warranty.policy.changed" if known else "warranty.policy.added"
        effective = version.effective_from.isoformat()
        trail.record(name, version, actor=user.actor(), at=at, effective_from=effective)
