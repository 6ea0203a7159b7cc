"""What readers chose, for the mail that can wait: whether, how often, and not at night."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from notifications.kinds import Kind
from notifications.models import MailHours, Preference
from notifications.policy import QuietHours, not_before
from partners.models import Organization

STOPPED = "This address has switched this kind of mail off."


@dataclass(frozen=True, slots=True)
class Choices:
    """What some addresses chose about one kind; what they left open has its default."""

    stopped: frozenset[str]
    weekly: frozenset[str]
    quiet: dict[str, QuietHours]
    own_zones: dict[str, str]
    zones: dict[int | None, str]

    def wants(self, address: str) -> bool:
        return address.lower() not in self.stopped

    def is_weekly(self, address: str) -> bool:
        return address.lower() in self.weekly

    def not_before(self, at: datetime, *, address: str, organization_id: int | None) -> datetime:
        """Return when this address may be written to, `at` at the earliest."""
        name = self.own_zones.get(address.lower()) or self.zones.get(organization_id)
        quiet = self.quiet.get(address.lower(), QuietHours())
        return not_before(at, quiet, _zone(name))


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or settings.BUSINESS_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):  # an organization's zone comes from a file
        return ZoneInfo(settings.BUSINESS_TIME_ZONE)


def choices_about(
    kind: Kind, addresses: Collection[str], organization_ids: Collection[int | None]
) -> Choices:
    """Read what these addresses chose, in three queries however many there are."""
    known = {address.lower() for address in addresses}
    chosen = list(Preference.objects.filter(kind=kind.name, address__in=known))
    hours = list(MailHours.objects.filter(address__in=known))
    organizations = Organization.objects.filter(pk__in={pk for pk in organization_ids if pk})
    return Choices(
        stopped=frozenset(p.address for p in chosen if not p.is_on),
        weekly=frozenset(p.address for p in chosen if p.is_weekly),
        quiet={h.address: h.quiet() for h in hours},
        own_zones={h.address: h.time_zone for h in hours if h.time_zone},
        zones=dict(organizations.values_list("pk", "time_zone")),
    )
