"""What a list of cases is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.http import urlencode

from catalog.policy import normalise_serial
from doa.enums import CaseStatus, Remedy, ReturnTrack, Symptom
from doa.models import Case, CaseLine
from partners.models import Organization

NEEDS_YOU, OPEN, CLOSED = "needs-you", "open", "closed"
VIEWS = {NEEDS_YOU: "Needs you", OPEN: "Open", CLOSED: "Closed"}
"""The tabs of the list, by what the address says."""
SHORTEST = 4
"""How many characters of a serial number are looked for; fewer would find everything."""
ENDED = (CaseStatus.CLOSED, CaseStatus.CANCELLED)


def needs_you() -> Q:
    """Match what goes on only when the applicant acts: draft, call, answer, return."""
    awaited = CaseLine.unscoped.filter(case=OuterRef("pk"), return_track=ReturnTrack.AWAITED)
    waits = [CaseStatus.DRAFT, CaseStatus.SUBMITTED, CaseStatus.INFO_NEEDED]
    return Q(status__in=waits) | (~Q(status__in=ENDED) & Q(Exists(awaited)))


def _views() -> dict[str, Q]:
    is_ended = Q(status__in=ENDED)
    return {NEEDS_YOU: needs_you(), OPEN: ~is_ended, CLOSED: is_ended}


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """One look at the cases of an organization: a tab, a symptom, and words."""

    view: str
    text: str
    symptom: str
    remedy: str

    @classmethod
    def read(cls, given: Mapping[str, Any], *, usual: str = NEEDS_YOU) -> "CaseFilter":
        view, symptom, remedy = (given.get(name, "") for name in ("view", "symptom", "remedy"))
        text = "".join(c for c in given.get("q", "") if c.isprintable()).strip()[:80]
        return cls(
            view if view in VIEWS else usual,
            text,
            symptom if symptom in Symptom.values else "",
            remedy if remedy in Remedy.values else "",
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.symptom or self.remedy)

    def cases(self, organization: Organization) -> Any:
        """Return the cases that `organization` may see and the tab shows, newest first."""
        return self._found(organization).filter(_views()[self.view]).for_list()

    def tabs(self, organization: Organization) -> Iterator[dict[str, Any]]:
        """Yield each tab with its count, all counted in one query."""
        counts = self._found(organization).aggregate(
            **{name.replace("-", "_"): Count("pk", filter=q) for name, q in _views().items()}
        )
        for view, label in VIEWS.items():
            yield {
                "label": label,
                "count": counts[view.replace("-", "_")],
                "url": "?" + self._asked(view=view),
                "is_current": view == self.view,
            }

    @property
    def query(self) -> str:
        """Return what goes before the page number in an address."""
        return f"{self._asked()}&"

    def _asked(self, **other: str) -> str:
        given = {"view": self.view, "q": self.text, "symptom": self.symptom, "remedy": self.remedy}
        return urlencode({name: value for name, value in {**given, **other}.items() if value})

    def _found(self, organization: Organization) -> Any:
        seen = Case.objects.for_organization(organization)
        if self.text:
            seen = seen.filter(self._words())
        for name in ("symptom", "remedy"):
            if value := getattr(self, name):
                lines = CaseLine.unscoped.filter(case=OuterRef("pk"), **{name: value})
                seen = seen.filter(Exists(lines))
        return seen

    def _words(self) -> Q:
        found = (
            Q(reference__icontains=self.text)
            | Q(sr_number__istartswith=self.text)
            | Q(title__icontains=self.text)
            | Q(site__icontains=self.text)
        )
        serial = normalise_serial(self.text)
        if len(serial) >= SHORTEST:
            lines = CaseLine.unscoped.filter(case=OuterRef("pk"), unit__serial__startswith=serial)
            found |= Q(Exists(lines))
        return found
