"""What a list is asked for in its address, as clean values."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.http import urlencode

from catalog.policy import normalise_serial
from partners.models import Organization
from warranty.enums import Leg
from warranty.models import Shipment, ShipmentLine, Unit

SHORTEST_SERIAL = 4
"""How many characters of a serial number are looked for; fewer would find everything."""
MOST_UNITS = 200


@dataclass(frozen=True, slots=True)
class ShipmentFilter:
    """The beginning of a number or serial number, and a leg; empty means all."""

    text: str
    leg: str

    @classmethod
    def read(cls, asked: QueryDict) -> "ShipmentFilter":
        leg = asked.get("leg", "")
        text = "".join(c for c in asked.get("q", "") if c.isprintable()).strip()[:80]
        return cls(text, leg if leg in Leg.values else "")

    @property
    def query(self) -> str:
        """Return what goes before the page number in an address."""
        asked = {name: value for name, value in (("q", self.text), ("leg", self.leg)) if value}
        return f"{urlencode(asked)}&" if asked else ""

    def shipments(self, organization: Organization) -> Any:
        """Return what is asked for, of what the organization may see, the newest first."""
        found = Shipment.objects.for_organization(organization)
        if self.leg:
            found = found.filter(leg=self.leg)
        if self.text:
            found = found.filter(Q(number__istartswith=self.text) | self._by_serial(organization))
        return found.select_related("shipped_by", "consignee").order_by("-shipped_on", "-pk")

    def _by_serial(self, organization: Organization) -> Q:
        serial = normalise_serial(self.text)
        if len(serial) < SHORTEST_SERIAL:
            return Q(pk__in=[])
        units = Unit.objects.for_organization(organization).filter(serial__startswith=serial)
        units = units.order_by("serial", "pk").values_list("pk", "huawei_shipment")
        first = dict(units[:MOST_UNITS])
        onward = ShipmentLine.unscoped.filter(unit__in=first).values_list("shipment", flat=True)
        return Q(pk__in={*first.values(), *onward})
