"""Serial numbers that somebody pastes: read line by line, found in scope, asked about."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from catalog.policy import InvalidSerial, suggest_serials, valid_serial
from warranty.models import Unit

MOST = 5000
"""How many serial numbers one list may hold."""
CHUNK = 900
"""How many serial numbers are looked up together."""
SUGGESTED = 20
"""For how many unknown serial numbers other readings are looked for."""
SHOWN = 40
"""Characters of an entry that a problem repeats."""
_BETWEEN = re.compile(r"[,;\t]")


class TooMany(ValueError):
    """A list with more serial numbers than one step takes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A serial number as it was typed on one line; `serial` is empty where it can be none."""

    line: int
    typed: str
    serial: str = ""
    fault: str = ""


@dataclass(slots=True)
class Found:
    """What a list names: units, what is wrong line by line, and what it leaves open.

    `twins` are the units of each serial number that several part numbers share.
    """

    units: list[Unit] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    twins: dict[str, list[Unit]] = field(default_factory=dict)


def read_lines(text: str, *, most: int = MOST) -> list[Entry]:
    """Return the serial numbers of a text, separated by lines, commas, semicolons or tabs.

    The same serial number again is forgiven and left out. Raises: TooMany.
    """
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for typed in filter(None, (part.strip() for part in _BETWEEN.split(line))):
            entry = _entry(number, typed)
            entries.setdefault(entry.serial or f"{number} {typed}", entry)
    if len(entries) > most:
        raise TooMany(f"You entered {len(entries):,} serial numbers. Enter at most {most:,}.")
    return list(entries.values())


def _entry(line: int, typed: str) -> Entry:
    try:
        return Entry(line, typed, valid_serial(typed))
    except InvalidSerial as refusal:
        return Entry(line, typed, fault=str(refusal))


def find(text: str, units: Any, *, chosen: Mapping[str, str], most: int = MOST) -> Found:
    """Find the units of a list among `units`, which are those in somebody's scope.

    `chosen` says for a serial number which part number is meant. A serial number out of
    scope reads exactly like one that never was. Raises: TooMany.
    """
    entries = read_lines(text, most=most)
    known = _known({e.serial for e in entries if e.serial}, units)
    found = Found()
    unknown = [e.serial for e in entries if e.serial and e.serial not in known]
    meant = {serial: _meant(serial, units) for serial in islice(unknown, SUGGESTED)}
    for entry in entries:
        _place(entry, known, meant, chosen, found)
    return found


def _known(serials: Collection[str], units: Any) -> dict[str, list[Unit]]:
    known: dict[str, list[Unit]] = {}
    wanted = sorted(serials)
    for start in range(0, len(wanted), CHUNK):
        page = units.filter(serial__in=wanted[start : start + CHUNK])
        for unit in page.order_by("part_number__number", "pk"):
            known.setdefault(unit.serial, []).append(unit)
    return known


def _meant(serial: str, units: Any) -> tuple[str, ...]:
    return suggest_serials(
        serial, lambda readings: units.filter(serial__in=readings).values_list("serial", flat=True)
    )


def _place(
    entry: Entry,
    known: Mapping[str, list[Unit]],
    meant: Mapping[str, tuple[str, ...]],
    chosen: Mapping[str, str],
    found: Found,
) -> None:
    """Put one entry among the units, the problems or the questions."""
    alike = known.get(entry.serial, [])
    number = chosen.get(entry.serial)
    picked = [u for u in alike if u.part_number.number == number] if len(alike) > 1 else alike
    if entry.fault:
        found.problems.append(f"Line {entry.line}, {_shown(entry.typed)}: {entry.fault}")
    elif not alike:
        found.problems.append(_unknown(entry, meant.get(entry.serial, ())))
    elif picked:
        found.units.append(picked[0])
    if len(alike) > 1:
        found.twins[entry.serial] = alike
        if not picked:
            found.problems.append(
                f"Line {entry.line}: {len(alike)} units carry {entry.serial}. "
                "Choose the part number on the report below."
            )


def _unknown(entry: Entry, meant: tuple[str, ...]) -> str:
    here = f"Line {entry.line}: {entry.serial} is not in your list of units."
    if meant:
        return f"{here} Did you mean {' or '.join(meant)}? Correct the line."
    return f"{here} Check it against the label: 0 and O, 1 and I look alike."


def _shown(typed: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in typed[:SHOWN])
