"""What happens in the demonstration: two years of shipments and reports up to today.

Everything is reckoned back from `today`, so that some units are about to reach day 90
on whichever day the demonstration is loaded. The same day gives the same plan.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from portal.demo.cast import CUSTOMERS, DISTRIBUTORS, RESELLERS, Company
from portal.seeding import serial_number

DAYS = 730
EVERY = 7
"""Days between two rounds of shipments from Huawei."""
CAP = 90
ITEMS = (
    "02352QPP", "02352SVD", "02353AHU", "02353AJS", "98011318", "02353NRD", "02354VCS",
    "02353AJW", "02351LVC", "02352QGF", "02353ABJ", "02353TBH", "02350TKK", "0231Y025",
)  # fmt: skip
"""Part numbers of real products that the catalogue of the demonstration holds."""


class Landmark(NamedTuple):
    """A shipment that shows something, so many days before the day of loading."""

    story: str
    days_ago: int
    installation: bool = False


MOVED, PARTIAL, PASSED_ON = "DEMO-LM-03", "DEMO-LM-04", "DEMO-LM-05"
VOID, CORRECTED, HANDED_IN = "DEMO-LM-06", "DEMO-LM-08", "DEMO-LM-09"
SENT_BACK = "DEMO-LM-10"
LANDMARKS = {
    "DEMO-LM-01": Landmark("day 90 is the day after loading", 89),
    "DEMO-LM-02": Landmark("day 90 was the day before loading", 91),
    MOVED: Landmark("signed on day 60, accepted after day 100: the start moved", 160, True),
    PARTIAL: Landmark("the report covers 3 of 5 units; this one waits", 50, True),
    PASSED_ON: Landmark("shipped on by a distributor", 200),
    VOID: Landmark("the warranty is void", 300),
    "DEMO-LM-07": Landmark("the warranty has expired", 640),
    CORRECTED: Landmark("the date of shipment was corrected", 240),
    HANDED_IN: Landmark("a report waits for staff to accept it", 30, True),
    SENT_BACK: Landmark("a report was sent back to be corrected", 40, True),
}
TWINS = {"DEMO-TWIN-1": "02352QPP-001", "DEMO-TWIN-2": "02352QPP-005"}
"""Two shipments with one serial number between them, as it does happen."""


@dataclass(slots=True)
class Dispatch:
    """A shipment of either leg with the units in it, as (serial number, part number)."""

    number: str
    leg: str
    shipped_on: date
    shipped_by: str
    consignee: str
    units: list[tuple[str, str]]
    installation: bool = False
    end_customer: str = ""
    purchase_order: str = ""

    def onward(self, number: str, shipped_on: date, consignee: str, kept: int = 0) -> "Dispatch":
        """Return the shipment by which its consignee passes on all units but the first `kept`."""
        return replace(
            self,
            number=number,
            leg="distributor",
            shipped_on=shipped_on,
            shipped_by=self.consignee,
            consignee=consignee,
            units=self.units[kept:],
        )


@dataclass(slots=True)
class Paper:
    """An installation report: signed, handed in, and accepted where staff has come to it.

    `sent_back` says why staff returned it instead.
    """

    number: str
    organization: str
    signed_on: date
    submitted_on: date
    accepted_on: date | None
    serials: list[str]
    sent_back: str = ""


@dataclass(slots=True)
class Plan:
    dispatches: list[Dispatch] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)


class Planner:
    """Draws the plan; one per day, seeded alike."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.random = random.Random(90)  # noqa: S311 (a demonstration, not a secret)
        self.plan = Plan()
        self.made = 0

    def draw(self) -> Plan:
        for shipped_on in self._days():
            for _ in range(2):
                self._shipment(shipped_on)
        self._landmarks()
        self.plan.dispatches.sort(key=lambda d: (d.shipped_on, d.leg == "distributor"))
        return self.plan

    def _days(self) -> Iterator[date]:
        """Yield the days of shipment; around day 90 before today there is one each day."""
        regular = {self.today - timedelta(days=n) for n in range(3, DAYS, EVERY)}
        due_soon = {self.today - timedelta(days=CAP - n) for n in range(6)}
        return iter(sorted(regular | due_soon))

    def _units(self, count: int, shipped_on: date) -> list[tuple[str, str]]:
        item = self.random.choice(ITEMS)
        built = shipped_on - timedelta(days=self.random.randrange(35, 80))
        self.made += count
        first = self.made - count
        return [(serial_number(item, built, first + n), item) for n in range(count)]

    def _shipment(self, shipped_on: date) -> None:
        draw = self.random
        direct = draw.random() < 0.15
        consignee = draw.choice(RESELLERS[:4] if direct else DISTRIBUTORS)
        number = f"DEMO-HW-{len(self.plan.dispatches) + 1:04d}"
        units = self._units(draw.randrange(5, 18), shipped_on)
        dispatch = Dispatch(
            number, "huawei", shipped_on, "HUAWEI", consignee.code, units,
            installation=draw.random() < 0.45,
            end_customer=draw.choice(CUSTOMERS).name,
            purchase_order=f"PO-{draw.randrange(4000, 9000)}",
        )  # fmt: skip
        self.plan.dispatches.append(dispatch)
        holder = consignee if direct else self._passed_on(consignee, dispatch)
        if dispatch.installation:
            self._paper(holder, shipped_on, units)

    def _passed_on(self, distributor: Company, dispatch: Dispatch) -> Company:
        """Ship most of what a distributor got on to a partner of its own, days later."""
        partners = [c for c in (*RESELLERS, *CUSTOMERS) if c.buys_from == distributor.code]
        day = dispatch.shipped_on + timedelta(days=self.random.randrange(2, 45))
        if day > self.today or self.random.random() < 0.3:
            return distributor
        partner = self.random.choice(partners)
        kept = 0 if self.random.random() < 0.7 else len(dispatch.units) // 3
        number = f"DEMO-{distributor.code[:4]}-{len(self.plan.dispatches) + 1:04d}"
        self.plan.dispatches.append(dispatch.onward(number, day, partner.code, kept))
        return partner if kept == 0 else distributor

    def _paper(self, holder: Company, shipped_on: date, units: list[tuple[str, str]]) -> None:
        """Hand a report in: most of them in time and whole, some partial, some late."""
        draw = self.random
        kind = draw.choices(("whole", "partial", "late", "none"), (50, 20, 10, 20))[0]
        if kind == "none":
            return
        after = draw.randrange(95, 120) if kind == "late" else draw.randrange(8, 85)
        covered = units[: max(1, len(units) * 3 // 5)] if kind == "partial" else units
        self.report(holder.code, covered, shipped_on + timedelta(days=after), draw.randrange(1, 4))

    def report(self, code: str, units: list[tuple[str, str]], signed_on: date, waited: int) -> None:
        """Add a report handed in `waited` days after its signature, unless that is to come."""
        submitted_on = signed_on + timedelta(days=waited)
        if submitted_on > self.today:
            return
        accepted_on = submitted_on + timedelta(days=self.random.randrange(2, 9))
        self.plan.papers.append(
            Paper(
                number=f"DEMO-IR-{len(self.plan.papers) + 1:04d}",
                organization=code,
                signed_on=signed_on,
                submitted_on=submitted_on,
                accepted_on=accepted_on if accepted_on <= self.today else None,
                serials=[serial for serial, _ in units],
            )
        )

    def _landmarks(self) -> None:
        """Add the cases that somebody who tries the product looks for."""
        for number, landmark in LANDMARKS.items():
            self._landmark(number, landmark)
        shipped_on = self.today - timedelta(days=150)
        serial = serial_number("02352QPP", shipped_on - timedelta(days=40), 999_999)
        for number, part in TWINS.items():
            units = [(serial, part)]
            self.plan.dispatches.append(
                Dispatch(number, "huawei", shipped_on, "HUAWEI", "COPPERLINE", units)
            )

    def _landmark(self, number: str, landmark: Landmark) -> None:
        shipped_on = self.today - timedelta(days=landmark.days_ago)
        built, first = shipped_on - timedelta(days=40), 900_000 + int(number[-2:]) * 10
        units = [(serial_number(ITEMS[0], built, first + n), ITEMS[0]) for n in range(5)]
        consignee = "MERIDIAN" if number == PASSED_ON else "COPPERLINE"
        dispatch = Dispatch(
            number, "huawei", shipped_on, "HUAWEI", consignee, units,
            installation=landmark.installation, end_customer=CUSTOMERS[0].name,
        )  # fmt: skip
        self.plan.dispatches.append(dispatch)
        if number == MOVED:
            self.report("COPPERLINE", units, shipped_on + timedelta(days=60), waited=42)
        elif number == PARTIAL:
            self.report("COPPERLINE", units[:3], shipped_on + timedelta(days=15), waited=2)
        elif number == HANDED_IN:
            self.report("COPPERLINE", units, self.today - timedelta(days=1), waited=1)
        elif number == SENT_BACK:
            self.report("COPPERLINE", units, self.today - timedelta(days=3), waited=2)
            returned = self.plan.papers[-1]
            returned.accepted_on = None
            returned.sent_back = "The date on the paper differs from the one entered."
        elif number == PASSED_ON:
            day = shipped_on + timedelta(days=40)
            self.plan.dispatches.append(dispatch.onward(f"{number}-ON", day, "COPPERLINE"))
