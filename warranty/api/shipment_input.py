"""Shipments as JSON, turned into the table that the importer checks and records."""

import io
import re
from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

from catalog.api_fields import Body, WordsField, YesNoField, pointers
from jobs.exports import write_csv
from jobs.problems import Problem
from warranty.api.faults import Fault, Refused, at_pointer
from warranty.imports import SHIPMENTS

MOST_UNITS = 2_000
"""How many units one request records."""
_FIRST_LINE = 2
_LONGEST = 200
_SHARED = {
    "shipment_number": "number",
    "leg": "leg",
    "shipped_on": "shipped_on",
    "shipped_by": "shipped_by",
    "consignee": "consignee",
}
"""The columns that all units of a shipment share, and their names in JSON."""
_LIST_WORDS = {"min_length": "Name at least one.", "not_a_list": "Send a list here."}
_OTHER_LINE = re.compile(r"\b[Ll]ine (\d+)\b")


class UnitBody(Body):
    serial_number = WordsField(most=_LONGEST)
    part_number = WordsField(most=_LONGEST)
    installation_service = YesNoField()
    end_customer = WordsField(most=_LONGEST, blank=True, required=False, default="")
    site_country = WordsField(most=_LONGEST, blank=True, required=False, default="")
    purchase_order = WordsField(most=_LONGEST, blank=True, required=False, default="")


class ShipmentBody(Body):
    number = WordsField(most=_LONGEST)
    leg = WordsField(most=_LONGEST)
    shipped_on = WordsField(most=_LONGEST)
    shipped_by = WordsField(most=_LONGEST, required=False)
    consignee = WordsField(most=_LONGEST)
    units = serializers.ListField(min_length=1, error_messages=_LIST_WORDS)


class ShipmentsBody(Body):
    shipments = serializers.ListField(min_length=1, error_messages=_LIST_WORDS)


class ShipmentsInJson:
    """A JSON body as a table, which knows for each line where it stands in the body."""

    def __init__(self, data: Any, *, shipped_by: str) -> None:
        self._shipped_by = shipped_by
        self._faults: list[Fault] = []
        self._rows: list[tuple[Any, ...]] = []
        self._places: list[tuple[int, int]] = []
        outer = self._checked(ShipmentsBody, data, "")
        for place, shipment in enumerate(outer["shipments"] if outer else ()):
            self._add(place, shipment)
        if self._faults:
            raise Refused(self._faults)

    def _checked(self, kind: type[Body], data: Any, pointer: str) -> dict[str, Any] | None:
        body = kind(data=[] if data is None else data)
        if body.is_valid():
            return body.validated_data
        self._faults += [at_pointer(*found) for found in pointers(body.errors, pointer)]
        return None

    def _add(self, place: int, data: Any) -> None:
        shipment = self._checked(ShipmentBody, data, f"/shipments/{place}")
        if shipment is None:
            return
        shipment.setdefault("shipped_by", self._shipped_by)
        shared = tuple(shipment[name] for name in _SHARED.values())
        for at, unit_data in enumerate(shipment["units"]):
            unit = self._checked(UnitBody, unit_data, f"/shipments/{place}/units/{at}")
            if unit is not None:
                self._rows.append((*shared, *unit.values()))
                self._places.append((place, at))

    def __len__(self) -> int:
        return len(self._rows)

    def file(self) -> io.BytesIO:
        """Return the table as the importer reads it: no cell holds a line break."""
        text = io.StringIO(newline="")
        write_csv(text, SHIPMENTS.columns, self._rows)
        return io.BytesIO(text.getvalue().encode())

    def faults(self, problems: list[Problem]) -> Iterator[Fault]:
        """Tell what the importer found, in the words of the body."""
        for line, column, message in problems:
            yield at_pointer(self._pointer(line, column), self.told(message))

    def told(self, message: str) -> str:
        """Say "/shipments/0/units/3" where the importer says "line 5"."""
        return _OTHER_LINE.sub(lambda found: self._pointer(int(found[1]), ""), message)

    def _pointer(self, line: int | None, column: str) -> str:
        if line is None:
            return ""
        shipment, unit = self._places[line - _FIRST_LINE]
        if column in _SHARED:
            return f"/shipments/{shipment}/{_SHARED[column]}"
        return f"/shipments/{shipment}/units/{unit}" + (f"/{column}" if column else "")
