"""The contracts of the demonstration: one for each way in which a contract can stand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from partners.models import Organization, User
from portal.demo.plan import CORRECTED, MOVED, PARTIAL, PASSED_ON, VOID
from support.enums import Family
from support.models import ServiceLevel
from support.planning import LATER, StartChoice
from support.workflow import Order, register_contract
from warranty.models import Unit

HOLDER, KEEPER = "COPPERLINE", "MERIDIAN"


class Sale(NamedTuple):
    """A contract for the units of one of Huawei's shipments, registered `after` days."""

    number: str
    family: Family
    level: str
    months: int
    shipment: str
    after: int
    starts_after: int | None
    story: str


SALES = (
    Sale("HC-DEMO-01", Family.HICARE, "9x5xNBD", 36, PASSED_ON, 50, 20, "beside the warranty"),
    Sale("HC-DEMO-02", Family.HICARE, "9x5xNBD-Ship", 24, PARTIAL, 9, None, "start not chosen"),
    Sale("HC-DEMO-03", Family.HICARE, "24x7x4H", 36, "DEMO-LM-07", 3, 0, "after the warranty"),
    Sale("CC-DEMO-04", Family.COCARE, "9x5xNBD-Ship", 12, MOVED, 12, 30, "held by a partner"),
    Sale("HC-DEMO-05", Family.HICARE, "9x5xNBD", 9, CORRECTED, 5, 0, "ends soon"),
    Sale("HC-DEMO-06", Family.HICARE, "9x5x10BD-Ship", 6, VOID, 5, 0, "has lapsed"),
)
KEPT = Sale("HC-DEMO-07", Family.HICARE, "9x5xNBD", 12, "", 0, 0, "a distributor's, ends soon")


def sell(user: User, instant: Callable[[date], datetime]) -> None:
    """Register the contracts in the name of their holder, each on its day."""
    holder = Organization.objects.get(code=HOLDER)
    for sale in SALES:
        units = Unit.unscoped.filter(huawei_shipment__number=sale.shipment)
        found = list(units.select_related("huawei_shipment", "distributor_shipment"))
        shipped_on = found[0].huawei_shipment.shipped_on
        starts_on = found[0].latest_shipment.shipped_on
        start = LATER
        if sale.starts_after is not None:
            start = StartChoice(on=starts_on + timedelta(days=sale.starts_after))
        at = instant(shipped_on + timedelta(days=sale.after))
        _register(sale, found, start, holder=holder, user=user, at=at)


def sell_ending_soon(user: User, instant: Callable[[date], datetime], *, today: date) -> None:
    """Register a contract of a distributor, for what it keeps, that ends in some six weeks."""
    starts_on = today - timedelta(days=320)
    kept = Unit.unscoped.filter(
        consignee__code=KEEPER,
        distributor_shipment=None,
        huawei_shipment__shipped_on__range=(starts_on - timedelta(days=90), starts_on),
    )
    latest = kept.order_by("-huawei_shipment__shipped_on", "pk").values("huawei_shipment")[:1]
    found = list(kept.filter(huawei_shipment=latest).order_by("pk"))
    holder = Organization.objects.get(code=KEEPER)
    at, start = instant(starts_on), StartChoice(on=starts_on)
    _register(KEPT, found, start, holder=holder, user=user, at=at)


def _register(
    sale: Sale,
    units: list[Unit],
    start: StartChoice,
    *,
    holder: Organization,
    user: User,
    at: datetime,
) -> None:
    register_contract(
        Order(
            number=sale.number,
            level=ServiceLevel.objects.filter(family=sale.family).get(code=sale.level),
            term_months=sale.months,
            end_customer=units[0].end_customer,
        ),
        unit_ids=[unit.pk for unit in units],
        start=start,
        organization=holder,
        user=user,
        at=at,
    )
