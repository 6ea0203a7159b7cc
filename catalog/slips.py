"""What somebody may have meant whose finger slipped: pure rules about serial numbers."""

from collections.abc import Iterator
from itertools import pairwise
from string import ascii_uppercase, digits

from catalog.policy import USUAL_LENGTHS

CHARACTERS = digits + ascii_uppercase


def slips(serial: str) -> Iterator[str]:
    """Yield what this serial number may be a slip of, each once.

    Two neighbours may have changed places. One character may be too many or missing where
    that leads to a length in which serial numbers occur.
    """
    for place, (one, next_one) in enumerate(pairwise(serial)):
        if one != next_one:
            yield f"{serial[:place]}{next_one}{one}{serial[place + 2 :]}"
    if len(serial) - 1 in USUAL_LENGTHS:
        yield from _with_one_less(serial)
    if len(serial) + 1 in USUAL_LENGTHS:
        yield from _with_one_more(serial)


def _with_one_less(serial: str) -> Iterator[str]:
    for place, character in enumerate(serial):
        if serial[place + 1 : place + 2] != character:
            yield serial[:place] + serial[place + 1 :]


def _with_one_more(serial: str) -> Iterator[str]:
    for place in range(len(serial) + 1):
        for character in CHARACTERS:
            if serial[place : place + 1] != character:
                yield f"{serial[:place]}{character}{serial[place:]}"
