"""An installation report as JSON: its units found in scope, its paper read."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework import serializers

from catalog.api_fields import Body, DayField, WordsField, pointers
from catalog.policy import InvalidSerial, valid_serial
from documents.policy import EVIDENCE, START, FileNotAccepted, require_accepted
from warranty.api.faults import Fault, Refused, at_pointer
from warranty.forms.reports import NUMBER
from warranty.models import Unit
from warranty.serial_lists import CHUNK

MOST_UNITS = 2_000
"""How many units a report names in one request."""
_LONGEST = 200
_LIST_WORDS = {
    "min_length": "Name at least one.",
    "max_length": f"Name at most {MOST_UNITS:,}.",
    "not_a_list": "Send a list here.",
}


class FileField(serializers.Field):
    """The bytes of a PDF, JPG or PNG file, in base64."""

    def to_internal_value(self, data: Any) -> bytes:
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise serializers.ValidationError("Write the file in base64, as one text.") from None
        try:
            require_accepted(EVIDENCE, name="This", size=len(content), start=content[:START])
        except FileNotAccepted as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        return content


class PaperBody(Body):
    name = WordsField(most=_LONGEST)
    content = FileField()


class UnitBody(Body):
    serial_number = WordsField(most=_LONGEST)
    part_number = WordsField(most=_LONGEST, blank=True, required=False, default="")


class ReportBody(Body):
    report_number = WordsField(most=40, blank=True, required=False, default="")
    signed_on = DayField()
    signed_by = WordsField(most=120)
    serial_numbers = serializers.ListField(
        min_length=1, max_length=MOST_UNITS, required=False, error_messages=_LIST_WORDS
    )
    units = serializers.ListField(
        min_length=1, max_length=MOST_UNITS, required=False, error_messages=_LIST_WORDS
    )
    document = PaperBody(required=False, allow_null=True, default=None)

    def validate_report_number(self, number: str) -> str:
        if number and not NUMBER.fullmatch(number):
            raise serializers.ValidationError("Write 1 to 40 letters, digits or signs.")
        return number

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("units" in attrs) == ("serial_numbers" in attrs):
            raise serializers.ValidationError("Send either serial_numbers or units.")
        return attrs


class Report:
    """What a body says, sound as far as it can be told without storing anything.

    `scope` are the units that its sender may see; one beyond it is as unknown as any.
    Raises: Refused.
    """

    def __init__(self, data: Any, scope: Any) -> None:
        body = ReportBody(data=[] if data is None else data)
        if not body.is_valid():
            raise Refused(at_pointer(*found) for found in pointers(body.errors))
        values = body.validated_data
        self.number, self.signed_by = values["report_number"], values["signed_by"]
        self.signed_on = values["signed_on"]
        paper = values["document"]
        self.file = SimpleUploadedFile(paper["name"], paper["content"]) if paper else None
        self._faults: list[Fault] = []
        named = list(self._named(values))
        known = _known({serial for _, serial, _ in named}, scope)
        found = [self._found(known[serial], place, part) for place, serial, part in named]
        if self._faults:
            raise Refused(self._faults)
        self.units = list({unit.pk: unit for unit in found if unit}.values())

    def _named(self, values: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield the pointer, the serial number and the part number of each element."""
        if "units" in values:
            for place, element in enumerate(values["units"]):
                unit = UnitBody(data=[] if element is None else element)
                if unit.is_valid():
                    yield from self._one(f"/units/{place}/serial_number", **unit.validated_data)
                else:
                    self._faults += [
                        at_pointer(*found) for found in pointers(unit.errors, f"/units/{place}")
                    ]
            return
        for place, typed in enumerate(values["serial_numbers"]):
            yield from self._one(f"/serial_numbers/{place}", typed)

    def _one(
        self, pointer: str, serial_number: Any, part_number: str = ""
    ) -> Iterator[tuple[str, str, str]]:
        try:
            if not isinstance(serial_number, str):
                raise InvalidSerial("Write the serial number as text.")
            yield pointer, valid_serial(serial_number), part_number
        except InvalidSerial as refusal:
            self._faults.append(at_pointer(pointer, str(refusal)))

    def _found(self, alike: list[Unit], pointer: str, part_number: str) -> Unit | None:
        fitting = [u for u in alike if part_number in ("", u.part_number.number)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            numbers = ", ".join(unit.part_number.number for unit in fitting)
            fault = f"Several units carry this serial number. Name the part number: {numbers}."
        else:
            fault = "This is not among your units. Check it against the label."
        self._faults.append(at_pointer(pointer, fault))
        return None


def _known(serials: set[str], scope: Any) -> dict[str, list[Unit]]:
    known: dict[str, list[Unit]] = defaultdict(list)
    wanted = sorted(serials)
    for start in range(0, len(wanted), CHUNK):
        for unit in scope.filter(serial__in=wanted[start : start + CHUNK]).order_by("pk"):
            known[unit.serial].append(unit)
    return known
