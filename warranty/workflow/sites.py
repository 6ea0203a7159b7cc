"""End customer and site of units, recorded after they were shipped."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from audit import trail
from audit.models import Event
from partners.models import Organization, User
from warranty.models import Unit

AT_ONCE = 1000
CHANGED = "unit.changed"


@dataclass(frozen=True, slots=True)
class Site:
    """Who uses a unit, in which country, under which order; empty is not said."""

    end_customer: str = ""
    site_country: str = ""
    purchase_order: str = ""

    @classmethod
    def of(cls, unit: Unit) -> "Site":
        return cls(unit.end_customer, unit.site_country, unit.purchase_order)

    @property
    def key(self) -> str:
        """Return a short name of exactly these values, for a form to send back."""
        said = "\0".join((self.end_customer, self.site_country, self.purchase_order))
        return sha256(said.encode()).hexdigest()[:20]

    def differences(self, unit: Unit) -> dict[str, str]:
        """Return what this says otherwise than the unit; what it leaves empty stays."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return {name: text for name, text in said.items() if text and text != getattr(unit, name)}


@dataclass(slots=True)
class Recorded:
    """Sites as they stand: how many units have exactly this, and who said so last."""

    site: Site
    units: int = 0
    by: str = ""


def record_site(
    units: Any, site: Site, *, replaced: Collection[str], user: User, at: datetime
) -> tuple[int, int]:
    """Record where units are, with an event each; return how many, and how many were kept.

    `units` is a queryset in the scope of `user`. A unit of which something else is
    recorded stays as it is unless the key of exactly that is among `replaced`: what
    somebody downstream has written meanwhile is never overwritten unseen.
    """
    with transaction.atomic():
        locked = list(units.select_for_update(of=("self",)).order_by("pk"))
        changes = {
            unit.pk: changed
            for unit in locked
            if (changed := site.differences(unit)) and _may_change(unit, changed, replaced)
        }
        differing = sum(1 for unit in locked if site.differences(unit))
        trail.record_all(_events([u for u in locked if u.pk in changes], changes, user, at))
        _write(changes)
    return len(changes), differing - len(changes)


def _may_change(unit: Unit, changed: dict[str, str], replaced: Collection[str]) -> bool:
    """Tell whether nothing is lost, or what is lost was shown and given up."""
    return not any(getattr(unit, name) for name in changed) or Site.of(unit).key in replaced


def _write(changes: dict[int, dict[str, str]]) -> None:
    """Update the units by what changes in them: a few kinds, however many units."""
    kinds: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for pk, changed in changes.items():
        kinds.setdefault(tuple(sorted(changed.items())), []).append(pk)
    for kind, pks in kinds.items():
        for start in range(0, len(pks), AT_ONCE):
            Unit.unscoped.filter(pk__in=pks[start : start + AT_ONCE]).update(**dict(kind))


def _events(
    units: list[Unit], changes: dict[int, dict[str, str]], user: User, at: datetime
) -> Iterator[Event]:
    for unit in units:
        detail = {
            name: {"before": getattr(unit, name), "after": text}
            for name, text in changes[unit.pk].items()
        }
        yield trail.event(CHANGED, unit, actor=user.actor(), at=at, detail=detail)


def recorded_sites(units: Any) -> list[Recorded]:
    """Return the distinct sites of units, the most frequent first, with who said them last."""
    found: dict[Site, Recorded] = {}
    example: dict[int, Site] = {}
    for unit in units.order_by("pk").only(*Site.__slots__):
        site = Site.of(unit)
        if site not in found:
            example[unit.pk] = site
        found.setdefault(site, Recorded(site)).units += 1
    names = _last_writers(example)
    for pk, site in example.items():
        found[site].by = names.get(pk, "")
    return sorted(found.values(), key=lambda recorded: -recorded.units)


def _last_writers(pks: Collection[int]) -> dict[int, str]:
    """Return which organization last changed each of these units, where one did."""
    events = Event.objects.filter(record_type="warranty.unit", record_id__in=pks, name=CHANGED)
    last = dict(events.order_by("pk").values_list("record_id", "organization_id"))
    writers = {pk for pk in last.values() if pk is not None}
    names = dict(Organization.objects.filter(pk__in=writers).values_list("pk", "name"))
    return {pk: names[org] for pk, org in last.items() if org in names}
