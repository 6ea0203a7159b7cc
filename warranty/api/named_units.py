"""Units as a body names them: by serial number, or with the part number beside it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

from catalog.api_fields import Body, WordsField, pointers
from catalog.policy import InvalidSerial, valid_serial
from warranty.api.faults import Fault, at_pointer
from warranty.models import Unit
from warranty.serial_lists import CHUNK

MOST_UNITS = 2_000
"""How many units one request names."""
LONGEST = 200
_LIST_WORDS = {
    "min_length": "Name at least one.",
    "max_length": f"Name at most {MOST_UNITS:,}.",
    "not_a_list": "Send a list here.",
}


def unit_list() -> serializers.ListField:
    """Return the field of a list of units, or of serial numbers."""
    return serializers.ListField(
        min_length=1, max_length=MOST_UNITS, required=False, error_messages=_LIST_WORDS
    )


class UnitBody(Body):
    serial_number = WordsField(most=LONGEST)
    part_number = WordsField(most=LONGEST, blank=True, required=False, default="")


class UnitsBody(Body):
    """A body that names units one way or the other."""

    serial_numbers = unit_list()
    units = unit_list()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("units" in attrs) == ("serial_numbers" in attrs):
            raise serializers.ValidationError("Send either serial_numbers or units.")
        return attrs


class NamedUnits:
    """The units of a body, found in `scope`; what is wrong with any stands in `faults`.

    `places` leads from a serial number to its place in the body, and `said` from the key
    of a unit to what its element says besides.
    """

    unit_body: type[Body] = UnitBody

    def __init__(self, values: dict[str, Any], scope: Any) -> None:
        self.faults: list[Fault] = []
        self.places: dict[str, str] = {}
        self.said: dict[int, dict[str, Any]] = {}
        named = list(self._named(values))
        known = _known({serial for _, serial, _ in named}, scope)
        found: dict[int, Unit] = {}
        for place, serial, said in named:
            unit = self._found(known[serial], place, said.get("part_number", ""))
            if unit is not None:
                found[unit.pk] = unit
                self.places.setdefault(unit.serial, place)
                self.said.setdefault(unit.pk, said)
        self.units = list(found.values())

    def _named(self, values: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield the pointer, the serial number and the rest of each element."""
        if "units" in values:
            for place, element in enumerate(values["units"]):
                unit = self.unit_body(data=[] if element is None else element)
                if unit.is_valid():
                    yield from self._one(f"/units/{place}/serial_number", **unit.validated_data)
                else:
                    self.faults += [
                        at_pointer(*found) for found in pointers(unit.errors, f"/units/{place}")
                    ]
            return
        for place, typed in enumerate(values["serial_numbers"]):
            yield from self._one(f"/serial_numbers/{place}", typed)

    def _one(
        self, pointer: str, serial_number: Any, **said: Any
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        try:
            if not isinstance(serial_number, str):
                raise InvalidSerial("Write the serial number as text.")
            yield pointer, valid_serial(serial_number), said
        except InvalidSerial as refusal:
            self.faults.append(at_pointer(pointer, str(refusal)))

    def _found(self, alike: list[Unit], pointer: str, part_number: str) -> Unit | None:
        fitting = [u for u in alike if part_number in ("", u.part_number.number)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            numbers = ", ".join(unit.part_number.number for unit in fitting)
            fault = f"Several units carry this serial number. Name the part number: {numbers}."
        else:
            fault = "This is not among your units. Check it against the label."
        self.faults.append(at_pointer(pointer, fault))
        return None


def _known(serials: set[str], scope: Any) -> dict[str, list[Unit]]:
    known: dict[str, list[Unit]] = defaultdict(list)
    wanted = sorted(serials)
    for start in range(0, len(wanted), CHUNK):
        for unit in scope.filter(serial__in=wanted[start : start + CHUNK]).order_by("pk"):
            known[unit.serial].append(unit)
    return known
