"""Which contracts the list is asked for."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.policy import normalise_serial
from jobs.lists import filters as lists
from support.enums import Family
from support.models import ContractLine
from warranty.models import Unit

TABS = {
    "active": "Active",
    "ending": "Ending in 60 days",
    "start-open": "Start not chosen",
    "lapsed": "Lapsed",
}
STATES = {**TABS, "future": "Not started", "expired": "Ended", "cancelled": "Cancelled"}
"""How a contract stands, by what the address says; a few of them are tabs."""
VIEWS = (
    lists.View("All contracts"),
    *(lists.View(label, {"view": state}) for state, label in TABS.items()),
)


class ContractForm(lists.DaysForm):
    between = (("ends_from", "ends_to"),)


class ContractFilter(lists.ListFilter):
    """One look at contracts; only Huawei has those of several organizations to tell apart."""

    q = lists.text("Number begins with, or customer contains", "by_words")
    view = lists.choice("State", list(STATES.items()), "by_state")
    family = lists.choice("Family", Family.choices)
    serial = lists.text("Serial number in full", "by_serial", longest=40)
    ends_from = lists.day("Cover ends from", "by_end")
    ends_to = lists.day("Cover ends until", "by_end")
    organization = lists.organization("Organization", "organization")

    class Meta:
        form = ContractForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.organization.is_huawei:
            del self.filters["organization"]

    def by_words(self, contracts: Any, name: str, value: str) -> Any:
        return contracts.filter(Q(number__istartswith=value) | Q(end_customer__icontains=value))

    def by_state(self, contracts: Any, name: str, value: str) -> Any:
        on, in_force = self.today, contracts.in_force()
        shown = {
            "active": lambda: contracts.active(on),
            "ending": lambda: contracts.ending(on),
            "start-open": lambda: contracts.start_open(on),
            "lapsed": lambda: contracts.lapsed(on),
            "future": lambda: in_force.filter(~_has_line(starts_on__lte=on)),
            "expired": lambda: in_force.filter(~_has_line(ends_on__gte=on)),
            "cancelled": lambda: contracts.filter(cancelled_on__lte=on),
        }
        return shown[value]()

    def by_serial(self, contracts: Any, name: str, value: str) -> Any:
        units = Unit.unscoped.with_serial(normalise_serial(value)).order_by()
        lines = ContractLine.unscoped.filter(unit__in=units.values("pk"))
        return contracts.filter(pk__in=lines.values("contract"))

    def by_end(self, contracts: Any, name: str, value: Any) -> Any:
        """Keep those with a unit whose cover ends between two days; the first field asks."""
        first, last = (self.form.cleaned_data.get(end) for end in ("ends_from", "ends_to"))
        if name == "ends_to" and first:
            return contracts
        days = {"ends_on__gte": first, "ends_on__lte": last}
        given = {lookup: day for lookup, day in days.items() if day}
        return contracts.filter(_has_line(**given))


def _has_line(**condition: Any) -> Exists:
    return Exists(ContractLine.unscoped.filter(contract=OuterRef("pk"), **condition))
