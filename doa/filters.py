"""Which cases the list is asked for."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.policy import normalise_serial
from doa.enums import CaseStatus, Remedy, ReturnTrack, Symptom
from doa.models import CaseLine
from jobs.lists import filters as lists
from jobs.lists.pages import FEW

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


def named(words: str) -> Q:
    """Match a part of what names a case, as the index of its words says it."""
    return (
        Q(reference__icontains=words)
        | Q(sr_number__icontains=words)
        | Q(title__icontains=words)
        | Q(site__icontains=words)
    )


class CaseForm(lists.DaysForm):
    between = (("created_from", "created_to"),)


class CaseFilter(lists.ListFilter):
    """One look at cases; only Huawei has those of several organizations to tell apart."""

    q = lists.text("Case, service request, title, site or serial number", "by_words", longest=80)
    view = lists.choice("State", list(STATES.items()), "by_state")
    symptom = lists.choice("Failure", Symptom.choices, "by_line")
    remedy = lists.choice("Decision", REMEDIES, "by_line")
    created_from = lists.since("Begun from", "created_at")
    created_to = lists.until("Begun until", "created_at")
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
        lines = CaseLine.objects.for_organization(self.organization).order_by()
        serial = normalise_serial(value)
        if len(serial) >= SHORTEST:
            lines = lines.filter(unit__serial__startswith=serial)
        else:
            lines = lines.none()
        few = cases.filter(named(value)).order_by().values_list("pk", flat=True)[: FEW + 1]
        if len(keys := list(few)) > FEW:  # wherever one looks there is one: nothing is gathered
            return cases.filter(named(value) | Exists(lines.filter(case=OuterRef("pk"))))
        found = cases.filter(pk__in=keys).order_by().values("pk")
        return cases.filter(pk__in=found.union(lines.values("case")))

    def by_state(self, cases: Any, name: str, value: str) -> Any:
        kept = {NEEDS_YOU: needs_you(), OPEN: is_open(), CLOSED: ~is_open()}
        return cases.filter(kept[value])

    def by_line(self, cases: Any, name: str, value: str) -> Any:
        lines = CaseLine.unscoped.filter(case=OuterRef("pk"), **{name: value})
        return cases.filter(Exists(lines))
