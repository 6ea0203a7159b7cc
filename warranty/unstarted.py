"""Units whose warranty nobody has recorded yet, and how the policy has them stand.

A warranty starts on day 90 whether or not the night has written it down. Lists that
read what is stored ask here about the rest, so that they say what the unit's page says.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from catalog.models import Product
from warranty import policy
from warranty.enums import Leg
from warranty.models import PolicyVersion, Shipment, Unit, UnitReplacement, Warranty
from warranty.shipment_facts import Caps

_DAY = timedelta(days=1)
_SHIPPED_ON = "huawei_shipment__shipped_on"


class Unstarted:
    """Asked through the shipments that may hold such units: few, by an index of their own."""

    def __init__(self, today: date) -> None:
        self.today = today

    @cached_property
    def _caps(self) -> Caps:
        return Caps()

    @cached_property
    def has_due(self) -> bool:
        """Tell whether a unit past its day 90 may be without a warranty written down."""
        begun = self._caps.versions[-1].effective_from
        due = self._caps.reached(begun, self.today, column="shipped_on")
        return Shipment.unscoped.of_huawei().filter(due, pending=True).exists()

    def waiting(self) -> Any:
        """Return the keys of the units whose warranty starts after today."""
        ahead = self._caps.reached(self.today + _DAY, date.max, column=_SHIPPED_ON)
        units = self._units().filter(ahead).values("pk")
        return units.union(*self._starting_later(), all=True)

    def running(self, first: date | None, last: date | None) -> Any:
        """Return the keys of the units past their day 90 whose term ends between two days."""
        ending, until = Q(pk__in=()), date.max
        months = set(Product.objects.values_list("warranty_months", flat=True))
        for version in self._caps.versions:
            until = min(until, self.today - timedelta(days=version.latest_start_days))
            for own in months:
                term = own or version.default_warranty_months
                shipped = _shipped_between(version, term, until, first, last)
                if shipped:
                    days = Q(**{f"{_SHIPPED_ON}__range": shipped})
                    ending |= days & Q(part_number__product__warranty_months=own)
            until = version.effective_from - _DAY
        return self._units().filter(ending).values("pk")

    def _units(self) -> Any:
        return Unit.unscoped.filter(
            huawei_shipment__pending=True, huawei_shipment__leg=Leg.HUAWEI, warranty=None
        )

    def _starting_later(self) -> Iterator[Any]:
        """Yield stored starts that lie ahead: only units of a replacement have them."""
        ahead = Warranty.unscoped.filter(starts_on__gt=self.today, voided_at=None)
        for end in ("old", "new"):
            units = UnitReplacement.unscoped.values(end)
            yield ahead.filter(unit__in=units).values("unit")


def _shipped_between(
    version: PolicyVersion, months: int, until: date, first: date | None, last: date | None
) -> tuple[date, date] | None:
    """Return the first and the last day of shipment of which a term ends between two days."""
    terms = version.terms()
    days = range(version.effective_from.toordinal(), until.toordinal() + 1)

    def end(shipped_on: int) -> date:
        starts_on = policy.cap_on(shipped_on=date.fromordinal(shipped_on), terms=terms)
        return policy.last_covered_day(starts_on=starts_on, months=months)

    low = bisect_left(days, first, key=end) if first else 0
    high = bisect_right(days, last, key=end) if last else len(days)
    if low >= high:
        return None
    return date.fromordinal(days[low]), date.fromordinal(days[high - 1])
