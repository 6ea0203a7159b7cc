"""What the list of announcements is asked for in its address, as clean values."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.http import urlencode

from catalog.enums import MilestoneKind
from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Announcement, Holding
from partners.models import Organization

STATES = {
    "in-force": AnnouncementStatus.PUBLISHED,
    "withdrawn": AnnouncementStatus.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class AnnouncementFilter:
    """Words, a kind of milestone, a state, and whether own units are affected; empty: all."""

    text: str = ""
    kind: str = ""
    state: str = ""
    mine: bool = False

    @classmethod
    def read(cls, asked: QueryDict) -> "AnnouncementFilter":
        text = "".join(c for c in asked.get("q", "") if c.isprintable()).strip()[:80]
        kind, state = asked.get("kind", ""), asked.get("state", "")
        return cls(
            text,
            kind if kind in MilestoneKind.values else "",
            state if state in STATES else "",
            asked.get("mine") == "yes",
        )

    @property
    def query(self) -> str:
        """Return what goes before the page number in an address."""
        asked = {"q": self.text, "kind": self.kind, "state": self.state}
        asked["mine"] = "yes" if self.mine else ""
        given = {name: value for name, value in asked.items() if value}
        return f"{urlencode(given)}&" if given else ""

    def announcements(self, organization: Organization | None) -> Any:
        """Return what is asked for, the last published first."""
        found = Announcement.objects.current().with_subject_matter().newest_first()
        if self.text:
            found = found.filter(self._names(self.text))
        if self.kind:
            found = found.filter(milestones__kind=self.kind).distinct()
        if self.state:
            found = found.filter(status=STATES[self.state])
        if self.mine and organization:
            held = Holding.objects.for_organization(organization).filter(
                organization=organization, units__gt=0
            )
            found = found.filter(pk__in=held.values("announcement"))
        return found

    def _names(self, text: str) -> Q:
        """Match the number, the subject, an affected model or one of its part numbers."""
        ways = Q(subject__icontains=text) | Q(number__istartswith=text)
        ways |= Q(affected__product__model__icontains=text)
        ways |= Q(affected__part_number__number__istartswith=text)
        ways |= Q(affected__part_number=None) & Q(
            affected__product__partnumber__number__istartswith=text
        )
        return Q(pk__in=Announcement.objects.filter(ways).values("pk"))
