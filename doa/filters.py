"""Which cases the list is asked for."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.policy import normalise_serial
from doa.enums import CaseStatus, Remedy, ReturnTrack, Symptom
from doa.models import CaseLine
from jobs.lists import filters as lists

NEEDS_YOU, OPEN, CLOSED = "needs-you", "open", "closed"
STATES = {NEEDS_YOU: "Needs you", OPEN: "Open", CLOSED: "Closed"}
"""How a case stands, by what the address says."""
VIEWS = (
    lists.View("All cases"),
    *(lists.View(label, {"view": state}) for state, label in STATES.items()),
)
REMEDIES = [
    (value, "Refused" if value == Remedy.NONE else label) for value, label in Remedy.choices
]
NUMBERED = "DOA-"
"""How the number of every case begins."""
SHORTEST = 4
"""How many characters of a serial number are looked for; fewer would find everything."""
ENDED = (CaseStatus.CLOSED, CaseStatus.CANCELLED)


def is_open() -> Q:
    """Match what is not at its end, as the index of open cases says it."""
    return ~Q(status__in=ENDED)


def needs_you() -> Q:
    """Match what goes on only when the applicant acts: draft, call, answer, return."""
    awaited = CaseLine.unscoped.filter(case=OuterRef("pk"), return_track=ReturnTrack.AWAITED)
    waits = [CaseStatus.DRAFT, CaseStatus.SUBMITTED, CaseStatus.INFO_NEEDED]
    return is_open() & (Q(status__in=waits) | Q(Exists(awaited)))


class CaseForm(lists.DaysForm):
    between = (("created_from", "created_to"),)


class CaseFilter(lists.ListFilter):
    """One look at cases; only Huawei has those of several organizations to tell apart."""

    q = lists.text("Case, service request, title, site or serial number", "by_words", longest=80)
    view = lists.choice("State", list(STATES.items()), "by_state")
    symptom = lists.choice("Failure", Symptom.choices, "by_line")
    remedy = lists.choice("Decision", REMEDIES, "by_line")
    created_from = lists.first_day("Begun from", "created_at__date")
    created_to = lists.last_day("Begun until", "created_at__date")
    organization = lists.organization("Organization", "organization")

    class Meta:
        form = CaseForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.organization.is_huawei:
            del self.filters["organization"]

    def by_words(self, cases: Any, name: str, value: str) -> Any:
        """Look in all that names a case; what begins as its number does is nothing else."""
        if value.upper().startswith(NUMBERED):
            return cases.filter(reference__startswith=value.upper())
        found = (
            Q(reference__icontains=value)
            | Q(sr_number__istartswith=value)
            | Q(title__icontains=value)
            | Q(site__icontains=value)
        )
        serial = normalise_serial(value)
        if len(serial) >= SHORTEST:
            lines = CaseLine.unscoped.filter(case=OuterRef("pk"), unit__serial__startswith=serial)
            found |= Q(Exists(lines))
        return cases.filter(found)

    def by_state(self, cases: Any, name: str, value: str) -> Any:
        kept = {NEEDS_YOU: needs_you(), OPEN: is_open(), CLOSED: ~is_open()}
        return cases.filter(kept[value])

    def by_line(self, cases: Any, name: str, value: str) -> Any:
        lines = CaseLine.unscoped.filter(case=OuterRef("pk"), **{name: value})
        return cases.filter(Exists(lines))
