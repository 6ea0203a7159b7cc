"""What somebody may have meant who mistyped a serial number of one of their own units."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from catalog.slips import slips
from partners.models import Organization
from warranty.models import Unit

TOGETHER = 5_000
"""How many readings one query looks for."""
MOST_SLIPS = 100_000
"""How many slips one check looks for; beyond them only what looks alike is tried."""
BEGINNING = 8
"""Characters that units of one product have in common, and not many products."""
_SWAPPED = {"O": "0", "0": "O", "I": "1", "1": "I"}


def readings(serial: str) -> Iterator[str]:
    """Yield the likeliest other readings: figures throughout, then one change each.

    These are the first that `catalog.policy.suggest_serials()` tries.
    """
    figures = serial.replace("O", "0").replace("I", "1")
    if figures != serial:
        yield figures
    for place, character in enumerate(serial):
        if character in _SWAPPED:
            reading = f"{serial[:place]}{_SWAPPED[character]}{serial[place + 1 :]}"
            if reading != figures:
                yield reading


class Suggester:
    """Finds what was meant among what an organization sees; of several that fit, none."""

    def __init__(self, organization: Organization) -> None:
        # By the serial numbers of its list: its index holds no others.
        self._units = Unit.unscoped.listed(organization)
        self._left = MOST_SLIPS

    def meant(self, serials: Iterable[str]) -> dict[str, str]:
        """Return for each of these serial numbers the one of a unit that fits, if one does.

        What looks alike is tried first, then what a finger does: two characters swapped,
        one too many, one left out.
        """
        asked = list(dict.fromkeys(serials))
        alike = self._fitting(asked, readings)
        others = self._fitting([s for s in asked if s not in alike], self._slips)
        found = alike | others
        return {serial: fits[0] for serial, fits in found.items() if len(fits) == 1}

    def _slips(self, serial: str) -> list[str]:
        tried = list(slips(serial)) if self._left > 0 else []
        self._left -= len(tried)
        return tried

    def _fitting(
        self, serials: Iterable[str], read: Callable[[str], Iterable[str]]
    ) -> dict[str, list[str]]:
        """Return the readings that units have, of each serial number that has any."""
        tried = {serial: list(read(serial)) for serial in serials}
        wanted = iter(self._likely({reading for every in tried.values() for reading in every}))
        known: set[str] = set()
        while chunk := list(islice(wanted, TOGETHER)):
            rows = self._units.filter(listed_serial__in=_one_of(chunk))
            known.update(rows.values_list("listed_serial", flat=True))
        fitting = {s: [r for r in every if r in known] for s, every in tried.items()}
        return {serial: fits for serial, fits in fitting.items() if fits}

    def _likely(self, readings: set[str]) -> Iterable[str]:
        """Leave out the readings with a beginning that no unit has, where that is cheap to ask.

        Serial numbers of one product begin alike. Of a product that is not there, many
        readings share few beginnings: one look for these spares a look for each of those.
        """
        if connection.vendor != "postgresql" or not readings:
            return readings
        begins_so = self._units.filter(
            listed_serial__gte=RawSQL("beginning", ()),
            # The bracket comes behind every letter and digit of a serial number.
            listed_serial__lt=RawSQL("beginning || '['", ()),
        )
        some, params = begins_so.order_by().values("pk").query.sql_with_params()
        begun = f"unnest(string_to_array(%s, ' ')) AS beginning WHERE EXISTS ({some})"
        asked = " ".join({reading[:BEGINNING] for reading in readings})
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT beginning FROM {begun}", (asked, *params))  # noqa: S608 (compiled by Django)
            known = {beginning for (beginning,) in cursor}
        return [reading for reading in readings if reading[:BEGINNING] in known]


def _one_of(serials: list[str]) -> Any:
    """Return a list as one text where the database takes it apart: many cost their parsing."""
    if connection.vendor != "postgresql":
        return serials
    return RawSQL("SELECT unnest(string_to_array(%s, ' '))", (" ".join(serials),))
