"""An installation report as JSON: its units found in scope, its paper read."""

import base64
import binascii
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework import serializers

from catalog.api_fields import Body, DayField, WordsField, pointers
from documents.policy import EVIDENCE, START, FileNotAccepted, require_accepted
from warranty.api.faults import Refused, at_pointer
from warranty.api.named_units import LONGEST, NamedUnits, UnitsBody
from warranty.forms.reports import NUMBER


class FileField(serializers.Field):
    """The bytes of a file that is accepted here, in base64: PDF, JPG or PNG."""

    accepted = EVIDENCE

    def to_internal_value(self, data: Any) -> bytes:
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise serializers.ValidationError("Write the file in base64, as one text.") from None
        try:
            require_accepted(self.accepted, name="This", size=len(content), start=content[:START])
        except FileNotAccepted as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        return content


class PaperBody(Body):
    name = WordsField(most=LONGEST)
    content = FileField()


class ReportBody(UnitsBody):
    report_number = WordsField(most=40, blank=True, required=False, default="")
    signed_on = DayField()
    signed_by = WordsField(most=120)
    document = PaperBody(required=False, allow_null=True, default=None)

    def validate_report_number(self, number: str) -> str:
        if number and not NUMBER.fullmatch(number):
            raise serializers.ValidationError("Write 1 to 40 letters, digits or signs.")
        return number


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
        named = NamedUnits(values, scope)
        if named.faults:
            raise Refused(named.faults)
        self.units = named.units
