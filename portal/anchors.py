"""Which days count from which shipment of a unit (policy section 1, two anchors)."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.policy import day_text
from support.policy import Window
from warranty.enums import ReplacementKind
from warranty.models import Shipment, Unit
from warranty.policy import Cover


@dataclass(frozen=True, slots=True)
class Leg:
    """A shipment of a unit, with a sentence for each anchor that stands on it."""

    shipment: Shipment
    anchors: tuple[str, ...]


def anchors_at(shipment: Shipment, unit: Unit, cover: Cover, window: Window) -> Iterator[str]:
    """Say what counts from this shipment as its day 0, and until when.

    Warranty counts from Huawei's shipment alone, support from the distributor's where
    there is one. Source: policy section 1.
    """
    origin = getattr(unit, "origin", None)
    goes_on = origin is not None and ReplacementKind(origin.kind).inherits_term
    if shipment.pk == unit.huawei_shipment_id and goes_on:
        yield "It starts no warranty: this unit goes on with that of the unit it replaced."
    elif shipment.pk == unit.huawei_shipment_id:
        yield (
            f"Day 0 of the warranty. Day {(cover.cap_on - shipment.shipped_on).days} "
            f"is {day_text(cover.cap_on)}."
        )
    if shipment.pk == (unit.distributor_shipment_id or unit.huawei_shipment_id):
        provisional = " Provisional: the distributor's shipment is not on file yet."
        yield (
            f"Day 0 of support. It may start until {day_text(window.latest_on)}."
            + (provisional if window.anchor.is_provisional else "")
        )
