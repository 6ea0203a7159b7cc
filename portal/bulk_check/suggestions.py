"""What somebody may have meant who typed O for 0 or I for 1, or the other way round."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

TOGETHER = 2_000
"""How many readings one query looks for."""
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


def suggestions(serials: Iterable[str], units: Any) -> dict[str, str]:
    """Return for each of these serial numbers the first reading that one of `units` has."""
    asked = {serial: list(readings(serial)) for serial in serials}
    wanted = iter({reading for found in asked.values() for reading in found})
    known: set[str] = set()
    while chunk := list(islice(wanted, TOGETHER)):
        known.update(units.filter(serial__in=chunk).values_list("serial", flat=True))
    hits = {serial: next((r for r in found if r in known), "") for serial, found in asked.items()}
    return {serial: reading for serial, reading in hits.items() if reading}
