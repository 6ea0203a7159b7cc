"""Which claims the list is asked for."""

from typing import Any

from django.db.models import Q

from catalog.policy import normalise_serial
from doa.enums import CargoTrouble, ClaimKind
from doa.models.claims import UNSETTLED
from jobs.lists import filters as lists

OPEN, ENDED = "open", "ended"
STATES = {OPEN: "Open", ENDED: "Refused or settled"}
"""How a claim stands, by what the address says."""
VIEWS = (
    lists.View("All claims"),
    *(lists.View(label, {"view": state}) for state, label in STATES.items()),
)


class ClaimForm(lists.DaysForm):
    between = (("reported_from", "reported_to"),)


class ClaimFilter(lists.ListFilter):
    """One look at claims."""

    q = lists.text("Claim, serial or part number begins with", "by_words", longest=40)
    view = lists.choice("State", list(STATES.items()), "by_state")
    kind = lists.choice("Kind", ClaimKind.choices)
    trouble = lists.choice("What", CargoTrouble.choices)
    reported_from = lists.since("Reported from", "reported_at")
    reported_to = lists.until("Reported until", "reported_at")
    organization = lists.organization("Organization", "organization")

    class Meta:
        form = ClaimForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.organization.is_huawei:
            del self.filters["organization"]  # it would have one choice

    def by_words(self, claims: Any, name: str, value: str) -> Any:
        found = Q(reference__istartswith=value) | Q(part_number__istartswith=value)
        serial = normalise_serial(value)
        return claims.filter(found | Q(serial__startswith=serial) if serial else found)

    def by_state(self, claims: Any, name: str, value: str) -> Any:
        return claims.filter(UNSETTLED if value == OPEN else ~UNSETTLED)
