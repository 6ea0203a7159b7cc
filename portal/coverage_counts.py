"""How many units of an organization stand how today, and which started last: the first page.

The largest organizations have hundreds of thousands of units, and their people open this
page all day. What that costs is counted once for all of them every few minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q

from partners.models import Organization
from warranty.models import Warranty, seen_by

MANY = 10_000
"""Above how many units their states are counted once for everybody, not on each visit."""
KEPT = timedelta(minutes=10)
"""For how long such a count is shown."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Units by how their warranty stands on a day, as counted at an instant."""

    total: int
    covered: int
    not_started: int
    ended: int
    void: int
    counted_at: datetime


def has_many(organization: Organization) -> bool:
    return bool(seen_by(organization)[: MANY + 1].count() > MANY)


def counts_of(organization: Organization, *, today: date, at: datetime) -> Counts:
    """Return the units that an organization sees by state; three queries at the most."""
    name = f"coverage-counts:{today}"
    kept: Counts = _kept(organization, name, lambda: _counted(organization, today, at))
    return kept


def _counted(organization: Organization, today: date, at: datetime) -> Counts:
    total, in_force = seen_by(organization).count(), Q(voided_at=None)
    started = Warranty.objects.for_organization(organization).aggregate(
        covered=Count("pk", filter=in_force & Q(ends_on__gte=today)),
        ended=Count("pk", filter=in_force & Q(ends_on__lt=today)),
        void=Count("pk", filter=~in_force),
    )
    return Counts(total, not_started=total - sum(started.values()), counted_at=at, **started)


def last_started(organization: Organization, most: int) -> list[Warranty]:
    """Return the warranties that started last, the newest first."""
    keys = _kept(organization, f"last-started:{most}", lambda: _last_started(organization, most))
    warranties = Warranty.objects.for_organization(organization).filter(pk__in=keys)
    joined = warranties.select_related("unit__part_number__product")
    return list(joined.order_by("-starts_on", "-unit_id"))


def _last_started(organization: Organization, most: int) -> list[int]:
    warranties = Warranty.objects.for_organization(organization)
    newest = warranties.order_by("-starts_on", "-unit_id")
    return list(newest.values_list("pk", flat=True)[:most])


def _kept(organization: Organization, name: str, count: Callable[[], Any]) -> Any:
    """Return what is counted, for an organization with many units what was a while ago."""
    if not has_many(organization):
        return count()
    return cache.get_or_set(f"{name}:{organization.pk}", count, KEPT.total_seconds())
