"""Who takes steps: people by their permissions, and the clock."""

from typing import Any

from audit import trail
from audit.trail import Actor
from doa.models import Case
from partners.enums import OrganizationKind, Permission
from partners.models import Organization, User

APPLICANTS = frozenset({OrganizationKind.DISTRIBUTOR, OrganizationKind.VAP})
"""Who applies for a unit dead on arrival (policy section 4, D5)."""


class Clock:
    """The system as somebody who takes steps; it is nobody's member and may what is said so."""

    pk = None

    def actor(self) -> Actor:
        return trail.SYSTEM

    def can(self, permission: Permission, organization: Organization) -> bool:
        return False

    def __str__(self) -> str:
        return trail.SYSTEM.label


CLOCK = Clock()
Doer = User | Clock


def may_apply(organization: Organization) -> bool:
    """Tell whether an organization of this kind applies itself; others are referred."""
    return organization.kind in APPLICANTS


def applies(case: Case, user: Any) -> bool:
    """The applicant, or staff on their behalf."""
    return may_apply(case.organization) and user.can(Permission.APPLY_FOR_DOA, case.organization)


def handles(case: Case, user: Any) -> bool:
    """The TAC."""
    return user.can(Permission.HANDLE_CASES, case.organization)


def ships(case: Case, user: Any) -> bool:
    """Logistics."""
    return user.can(Permission.SHIP_REPLACEMENTS, case.organization)


def waives(case: Case, user: Any) -> bool:
    """The lead of the staff."""
    return user.can(Permission.WAIVE_RETURNS, case.organization)


def is_clock(case: Case, user: Any) -> bool:
    return isinstance(user, Clock)
