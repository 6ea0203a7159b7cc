"""What a list of contracts is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.http import urlencode

from partners.models import Organization
from support.models import SupportContract

VIEWS = {
    "": "All",
    "active": "Active",
    "ending": "Ending in 60 days",
    "start-open": "Start not chosen",
    "lapsed": "Lapsed",
}
"""The tabs of the list, by what the address says."""


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """One look at the contracts of an organization: a tab, and how a number begins."""

    view: str
    text: str

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "ContractFilter":
        view, text = given.get("view", ""), given.get("q", "")
        return cls(view if view in VIEWS else "", text.replace("\0", "").strip()[:120])

    def contracts(self, organization: Organization, *, on: date) -> Any:
        """Return the contracts that `organization` may see and the tab shows, newest first."""
        seen = self._found(organization)
        return self._shown(seen, self.view, on).for_list()

    def tabs(self, organization: Organization, *, on: date) -> Iterator[dict[str, Any]]:
        seen = self._found(organization)
        for view, label in VIEWS.items():
            given = {"view": view, "q": self.text}
            yield {
                "label": label,
                "count": self._shown(seen, view, on).count(),
                "url": "?" + urlencode({name: value for name, value in given.items() if value}),
                "is_current": view == self.view,
            }

    @property
    def query(self) -> str:
        given = {"view": self.view, "q": self.text}
        return "".join(f"{urlencode({name: value})}&" for name, value in given.items() if value)

    def _found(self, organization: Organization) -> Any:
        seen = SupportContract.objects.for_organization(organization)
        if not self.text:
            return seen
        return seen.filter(Q(number__istartswith=self.text) | Q(end_customer__icontains=self.text))

    def _shown(self, seen: Any, view: str, on: date) -> Any:
        shown = {
            "active": lambda: seen.active(on),
            "ending": lambda: seen.ending(on),
            "start-open": lambda: seen.start_open(on),
            "lapsed": lambda: seen.lapsed(on),
        }
        return shown[view]() if view else seen
