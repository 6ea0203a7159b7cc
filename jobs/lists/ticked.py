"""What was ticked in a list: read back in the reader's scope, each record once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from jobs.lists.pages import PER_PAGE
from partners.pages import OrganizationPage

TICKED = "ticked"
"""How the boxes of a list are named; the value of each is the key of its record."""
SHOWN = "shown"
"""How a page names what it shows with boxes of its own, ticked or not."""
LONGEST_KEY = 64
GONE = "It is not there any more."


class Link(NamedTuple):
    """Where something leads, in words."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ticked record on a page: which it is, and a line or more of what is said of it."""

    key: str
    label: str
    url: str = ""
    about: str = ""
    said: Sequence[str] = ()
    link: Link | None = None
    field: Any = None
    """What the form asks of this record alone."""


class Prospect(NamedTuple):
    """A record with its row, and whether the deed can be done to it now."""

    record: Any
    row: Row
    is_possible: bool


class Told(NamedTuple):
    """What came of a record, in a sentence, and where it leads."""

    said: str
    link: Link | None = None


@dataclass(slots=True)
class Outcome:
    """The rows of what was done, of what had been done before, and of what was refused."""

    done: list[Row]
    before: list[Row]
    refused: list[Row]


def ticked_keys(data: QueryDict, name: str = TICKED) -> list[str]:
    """Return what is ticked, each once and at most a page of it."""
    keys = dict.fromkeys(data.getlist(name))
    read = [key for key in keys if key.isprintable() and 0 < len(key) <= LONGEST_KEY]
    return read[:PER_PAGE]


def counted(count: int, noun: str) -> str:
    """Return a number with its word: 1 unit, 2 units."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def gone(count: int) -> str:
    """Say how many of the ticked records the reader does not find any more."""
    return f"{count} of those that were ticked {'is' if count == 1 else 'are'} not there any more."


def in_words(refusal: Exception, record: Any) -> str:
    """Return why a record is refused, without its name, which stands beside it."""
    if isinstance(refusal, ObjectDoesNotExist):
        return GONE
    said = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
    said = said.removeprefix(f"{record}: ")
    return said[:1].upper() + said[1:]


class TickedPage(OrganizationPage):
    """A page about ticked records. What the reader does not see is not there, nor told of."""

    list_name: ClassVar[str]
    """The address of the list, which is also what the page belongs to."""
    list_label: ClassVar[str]
    noun: ClassVar[str]

    def found(self, keys: Sequence[str]) -> list[Any]:
        """Return the records with these keys that the organization sees, in a fixed order."""
        raise NotImplementedError

    def frame(self) -> dict[str, Any]:
        """Return what every page about ticked records says around them."""
        return {
            "page": self.list_name,
            "list_name": self.list_name,
            "list_label": self.list_label,
            "noun": self.noun,
        }

    def nothing(self, *, is_gone: bool = False) -> HttpResponse:
        """Refuse a page about nothing; `is_gone` where something was ticked."""
        context = self.frame() | {"is_gone": is_gone}
        return render(self.request, "jobs/nothing_ticked.html", context, status=400)
