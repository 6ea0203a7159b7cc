"""Which shipments the list is asked for."""

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from catalog.policy import normalise_serial
from jobs.lists import filters as lists
from warranty import shipment_facts as facts
from warranty.enums import Leg
from warranty.models import ShipmentLine, Unit

SHORTEST_SERIAL = 4
"""How many characters of a serial number are looked for; fewer would find everything."""
MOST_UNITS = 200
AHEAD = 90
MISSING = "missing"
LEGS = [(Leg.HUAWEI.value, "By Huawei"), (Leg.DISTRIBUTOR.value, "By a distributor")]
REPORTS = [(MISSING, "Missing for a unit"), ("complete", "Missing for none")]
VIEWS = (
    lists.View("All shipments"),
    lists.View("Day 90 in 30 days", {"ninety": "30"}),
    lists.View("Still without report", {"report": MISSING}),
    lists.View("From Huawei", {"leg": Leg.HUAWEI.value}),
    lists.View("From distributors", {"leg": Leg.DISTRIBUTOR.value}),
)


def _has_one(rows: Any) -> Q:
    """Say that there is one of these rows, which each shipment is asked for by itself.

    Of an EXISTS the database may find the answers for every unit there is beforehand.
    """
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


class ShipmentForm(lists.DaysForm):
    between = (("shipped_from", "shipped_to"),)


class ShipmentFilter(lists.ListFilter):
    """Day 90 and reports count for the units of a shipment that the reader sees."""

    q = lists.text("Number or serial number begins with", "by_number", longest=80)
    shipped_from = lists.first_day("Shipped from", "shipped_on")
    shipped_to = lists.last_day("Shipped until", "shipped_on")
    leg = lists.choice("Shipped", LEGS)
    shipper = lists.organization("From", "shipped_by")
    consignee = lists.organization("To", "consignee")
    ninety = lists.days("Day 90 within days", "by_ninety", most=AHEAD)
    report = lists.choice("Report", REPORTS, "by_report")

    class Meta:
        form = ShipmentForm

    def by_number(self, shipments: Any, name: str, value: str) -> Any:
        return shipments.filter(Q(number__istartswith=value) | self._by_serial(value))

    def _by_serial(self, value: str) -> Q:
        serial = normalise_serial(value)
        if len(serial) < SHORTEST_SERIAL:
            return Q(pk__in=[])
        units = self._seen().filter(serial__startswith=serial).order_by("serial", "pk")
        first = dict(units.values_list("pk", "huawei_shipment")[:MOST_UNITS])
        onward = ShipmentLine.unscoped.filter(unit__in=first).values_list("shipment", flat=True)
        return Q(pk__in={*first.values(), *onward})

    def by_ninety(self, shipments: Any, name: str, value: Any) -> Any:
        last = self.today + timedelta(days=int(value))
        caps = facts.Caps()
        units = self._seen().filter(
            caps.reached(self.today, last, column="huawei_shipment__shipped_on")
        )
        inside = ShipmentLine.unscoped.filter(unit__in=units.values("pk"))
        return shipments.filter(
            Q(leg=Leg.HUAWEI) & caps.reached(self.today, last, column="shipped_on")
            | Q(pk__in=inside.values("shipment"))
        )

    def by_report(self, shipments: Any, name: str, value: str) -> Any:
        units = facts.without_report(self._seen())
        lines = ShipmentLine.unscoped.filter(shipment=OuterRef("pk"), unit__in=units.values("pk"))
        inside = units.filter(huawei_shipment=OuterRef("pk"))
        missing = _has_one(inside) | _has_one(lines)
        return shipments.filter(missing if value == MISSING else ~missing)

    def _seen(self) -> Any:
        return Unit.objects.for_organization(self.organization)
