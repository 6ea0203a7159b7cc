"""Which units of which customer a coverage plan is asked for."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.http import urlencode

from catalog.enums import MilestoneKind
from catalog.models import PartNumber
from catalog.policy import TextTooLong, UnreadableText, clean_text
from partners.models import Organization
from support.contracts import Span, gaps
from support.models import ContractLine
from support.models.recalls import ending_for_good
from warranty.models import Unit

ENDING = timedelta(days=90)
SHOWS = {
    "": "All units",
    "open": "No contract today",
    "ending": "Ending in 90 days",
    "gaps": "With a gap",
    "overlaps": "With an overlap",
    "past-service": "Past end of service",
}
"""The tabs of a plan, by what the address says."""


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """One customer, or all with `None`; the empty name are units without a customer."""

    customer: str | None
    show: str

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "PlanFilter":
        show, customer = given.get("show", ""), given.get("customer")
        try:
            customer = None if customer is None else clean_text(customer, 120)
        except (UnreadableText, TextTooLong):
            customer = "?"
        return cls(customer, show if show in SHOWS else "")

    @property
    def query(self) -> str:
        return urlencode(self._given(self.show))

    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "url": "?" + urlencode(self._given(show)),
                "is_current": show == self.show,
            }
            for show, label in SHOWS.items()
        ]

    def _given(self, show: str) -> dict[str, str]:
        given = {} if self.customer is None else {"customer": self.customer}
        return {**given, "show": show} if show else given

    def units(self, organization: Organization, *, on: date) -> Any:
        """Return the units that `organization` may see and the plan shows, by serial number."""
        units = Unit.objects.for_organization(organization)
        if self.customer is not None:
            units = units.filter(end_customer=self.customer)
        lines = ContractLine.unscoped.covering().filter(unit=OuterRef("pk"))
        shown = {
            "": lambda: units,
            "open": lambda: units.filter(~Exists(lines.active(on))),
            "ending": lambda: units.filter(Exists(_ending(on).filter(unit=OuterRef("pk")))),
            "gaps": lambda: units.filter(pk__in=_with_gaps(units)),
            "overlaps": lambda: units.filter(Exists(lines.filter(Exists(_beside())))),
            "past-service": lambda: _past_service(units),
        }
        return shown[self.show]().order_by("serial", "pk")


def _ending(on: date) -> Any:
    return ending_for_good().filter(ends_on__gte=on, ends_on__lte=on + ENDING)


def _beside() -> Any:
    """Return the cover of the family that shares a day with a line."""
    return ContractLine.unscoped.covering().filter(
        unit=OuterRef("unit"),
        contract__family=OuterRef("contract__family"),
        pk__gt=OuterRef("pk"),
        starts_on__lte=OuterRef("ends_on"),
        ends_on__gte=OuterRef("starts_on"),
    )


def _with_gaps(units: Any) -> list[int]:
    """Return the keys of the units with days between two contracts that neither covers."""
    several = (
        ContractLine.unscoped.covering()
        .filter(unit__in=units.values("pk"))
        .values("unit", "contract__family")
        .annotate(lines=Count("pk"))
        .filter(lines__gt=1)
    )
    rows = ContractLine.unscoped.covering().filter(unit__in=several.values("unit"))
    spans: dict[tuple[int, str], list[Span]] = defaultdict(list)
    for unit, family, first, last in rows.values_list(
        "unit", "contract__family", "starts_on", "ends_on"
    ):
        spans[unit, family].append(Span(first, last))
    return sorted({unit for (unit, _), found in spans.items() if gaps(found)})


def _past_service(units: Any) -> Any:
    """Keep what a contract covers past the last day of service and support."""
    ended = PartNumber.objects.past(MilestoneKind.EOS, on=date.max).filter(
        pk=OuterRef("unit__part_number"), milestone_on__lt=OuterRef("ends_on")
    )
    lines = ContractLine.unscoped.covering().filter(Exists(ended), unit=OuterRef("pk"))
    return units.filter(Exists(lines))


def customers(organization: Organization, *, on: date) -> Any:
    """Return each customer of the units in scope with counts, by name; one query a page."""
    active = ContractLine.unscoped.active(on).filter(unit=OuterRef("pk"))
    ending = _ending(on).filter(unit=OuterRef("pk"))
    return (
        Unit.objects.for_organization(organization)
        .annotate(is_supported=Exists(active), is_ending=Exists(ending))
        .values(name=F("end_customer"))
        .annotate(
            units=Count("pk"),
            supported=Count("pk", filter=Q(is_supported=True)),
            open=Count("pk", filter=Q(is_supported=False)),
            ending=Count("pk", filter=Q(is_ending=True)),
        )
        .order_by("name")
    )
