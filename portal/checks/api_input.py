"""What a program may send to have many serial numbers checked, read strictly."""

import re
from datetime import date
from typing import Any

from rest_framework import exceptions, serializers

from catalog.api_fields import Body
from catalog.policy import InvalidDay, parse_day
from portal.bulk_check.asking import HEADERS
from portal.checks import reading

LONGEST = 100
"""Characters that one text of the list may have; no serial number comes near."""
_SIGN = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
PATTERN = f"^{_SIGN}[0-9A-Za-z]{_SIGN}$"
"""One line, with a letter or a digit; whether it can be a serial number, the answer says."""
_is_text = re.compile(PATTERN).fullmatch


class SerialsField(serializers.Field):
    """A list of texts, each of them one serial number as it was typed."""

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list) or not all(isinstance(text, str) for text in data):
            raise serializers.ValidationError("Send a list of texts.")
        if not data:
            raise serializers.ValidationError(reading.EMPTY)
        if len(data) > reading.MOST:
            raise serializers.ValidationError(reading.TOO_MANY)
        for place, text in enumerate(data):
            if len(text) > LONGEST or not _is_text(text):
                raise serializers.ValidationError(
                    f"Element {place} is no text of 1 to {LONGEST} characters on one line with a "
                    "letter or a digit. Put that right."
                )
        if "_".join(data[0].lower().split()) in HEADERS:
            raise serializers.ValidationError("Element 0 is a heading. Leave it out.")
        return data


class SerialsInJson(Body):
    """The body of a check."""

    serials = SerialsField()

    def content(self) -> bytes:
        """Return the list as a file, a serial number on each line, after it was found sound."""
        texts = self.validated_data["serials"]
        return "\n".join(t if t.isalnum() else reading.as_line([t]) for t in texts).encode()


def day_of(parameter: str, given: str) -> date:
    """Return a day of the query. Raises: ValidationError that names the parameter."""
    try:
        return parse_day(given)
    except InvalidDay as refusal:
        raise exceptions.ValidationError({parameter: str(refusal)}) from refusal
