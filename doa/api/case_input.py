"""What a program says of a case: its units found in scope, its answers read strictly."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework import serializers

from catalog.api_fields import Body, DayField, FlagField, MomentField, WordsField, pointers
from catalog.policy import (
    InvalidSerial,
    TextTooLong,
    UnreadableText,
    clean_text,
    valid_serial,
)
from doa.enums import FailureKind, FileKind, Symptom
from doa.workflow.drafts import MAX_UNITS
from documents.policy import ENCLOSURE, START, FileNotAccepted, require_accepted
from warranty.api.faults import Fault, Refused, at_pointer
from warranty.api.report_input import FileField
from warranty.models import Unit

LONGEST_TEXT = 2000
MOST_FILES = 20
"""How many files one answer brings."""


class TextField(serializers.Field):
    """Several lines of text, without anything that cannot be shown or stored."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write text, in quotation marks.")
        try:
            lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            text = "\n".join(clean_text(line, self.most) for line in lines).strip()
        except (UnreadableText, TextTooLong) as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        if len(text) > self.most:
            raise serializers.ValidationError(f"Write at most {self.most:,} characters.")
        return text


class WordField(serializers.Field):
    """One of a few words."""

    def __init__(self, words: Any, **kwargs: Any) -> None:
        self.words = words
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.words.values:
            raise serializers.ValidationError(f"Write one of: {', '.join(self.words.values)}.")
        return data


class ZoneField(serializers.Field):
    """The name of a time zone."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in available_timezones():
            raise serializers.ValidationError("Write a time zone such as America/Chicago.")
        return data


class EvidenceField(FileField):
    """The bytes of a file that shows something, in base64; a console log too."""

    accepted = ENCLOSURE


class UnitBody(Body):
    serial_number = WordsField(most=200)
    part_number = WordsField(most=200, blank=True, required=False)
    symptom = WordField(Symptom, required=False)
    description = TextField(most=LONGEST_TEXT, required=False)
    failure_kind = WordField(FailureKind, required=False)
    powered_on = MomentField(required=False)
    failed = MomentField(required=False)
    time_zone = ZoneField(required=False)
    is_new = FlagField(required=False)
    delivery_project = FlagField(required=False)
    pac_issued_on = DayField(required=False, allow_null=True)


class DetailsBody(Body):
    """What is said of a whole case."""

    title = WordsField(most=120, blank=True, required=False)
    site = WordsField(most=120, required=False)
    ship_to = TextField(most=400, required=False)
    ship_to_country = WordsField(most=2, required=False)
    contact_name = WordsField(most=120, required=False)
    contact_email = serializers.EmailField(
        max_length=254,
        required=False,
        error_messages={"invalid": "Write an address such as ada@example.com."},
    )
    contact_phone = WordsField(most=40, required=False)
    units = serializers.ListField(
        required=False,
        max_length=MAX_UNITS,
        error_messages={
            "max_length": f"Name at most {MAX_UNITS}.",
            "not_a_list": "Send a list here.",
        },
    )

    def validate_ship_to_country(self, country: str) -> str:
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise serializers.ValidationError("Write the country with two letters, such as US.")
        return country.upper()


class FileBody(Body):
    serial_number = WordsField(most=200, blank=True, required=False, default="")
    kind = WordField(FileKind)
    name = WordsField(most=200)
    content = EvidenceField()


class AnswerFileBody(Body):
    item = serializers.IntegerField(
        min_value=1, max_value=2**53, error_messages={"invalid": "Write the number of the item."}
    )
    name = WordsField(most=200)
    content = EvidenceField()


class AnswerBody(Body):
    text = TextField(most=LONGEST_TEXT, required=False, default="")
    is_all = FlagField(required=False, default=False)
    files = serializers.ListField(
        child=AnswerFileBody(), required=False, default=list, max_length=MOST_FILES
    )


class SendBackBody(Body):
    serial_number = WordsField(most=200, blank=True, required=False, default="")
    carrier = WordsField(most=60)
    tracking = WordsField(most=60)
    data_removed = FlagField()


def read(body_class: type[Body], data: Any) -> dict[str, Any]:
    """Return the values of a body. Raises: Refused, with every fault at its place."""
    body = body_class(data=[] if data is None else data)
    if not body.is_valid():
        raise Refused(at_pointer(*found) for found in pointers(body.errors))
    values: dict[str, Any] = body.validated_data
    return values


def file_of(body: dict[str, Any]) -> SimpleUploadedFile:
    return SimpleUploadedFile(body["name"], body["content"])


class Told:
    """What a body says of a case: its details, and of each unit its answers.

    `scope` are the units that its sender may see; one beyond it is as unknown as any.
    Raises: Refused.
    """

    def __init__(self, data: Any, scope: Any) -> None:
        values = read(DetailsBody, data)
        named = values.pop("units", None)
        self.details = values
        self._scope = scope
        self._faults: list[Fault] = []
        self.units = list(self._units(named or []))
        if self._faults:
            raise Refused(self._faults)

    def _units(self, named: list[Any]) -> Iterator[tuple[Unit, dict[str, Any]]]:
        for place, element in enumerate(named):
            pointer = f"/units/{place}"
            body = UnitBody(data=[] if element is None else element)
            if not body.is_valid():
                self._faults += [at_pointer(*f) for f in pointers(body.errors, pointer)]
                continue
            values = dict(body.validated_data)
            serial, part = values.pop("serial_number"), values.pop("part_number", "")
            unit = self._found(serial, part, f"{pointer}/serial_number")
            if unit is not None:
                yield unit, answers_of(values)

    def _found(self, typed: str, part_number: str, pointer: str) -> Unit | None:
        try:
            units = self._scope.with_serial(valid_serial(typed))
        except InvalidSerial as refusal:
            self._faults.append(at_pointer(pointer, str(refusal)))
            return None
        fitting = [u for u in units if part_number in ("", u.part_number.number)]
        if len(fitting) == 1:
            return fitting[0]
        fault = "This is not among your units. Check it against the label."
        if fitting:
            numbers = ", ".join(unit.part_number.number for unit in fitting)
            fault = f"Several units carry this serial number. Name the part number: {numbers}."
        self._faults.append(at_pointer(pointer, fault))
        return None


def answers_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a unit under the names of its line: an instant, or a day."""
    answers = dict(values)
    for name in ("powered_on", "failed"):
        moment = answers.pop(name, None)
        if moment is not None:
            answers[f"{name}_at" if isinstance(moment, datetime) else f"{name}_on"] = moment
    return answers


def check_file(content: bytes, accepted: Any) -> str:
    """Return why a file is not taken where only some kinds are; nothing where it is."""
    try:
        require_accepted(accepted, name="This", size=len(content), start=content[:START])
    except FileNotAccepted as refusal:
        return str(refusal)
    return ""
