"""Serial numbers pasted into a page, one a line."""

from typing import Any

from django import forms

from catalog.policy import InvalidSerial, valid_serial

MOST_SERIALS = 5_000
MOST_NAMED = 20


class SerialsField(forms.CharField):
    """Serial numbers as people paste them: one a line, or parted by commas or tabs.

    Its value is the list of normalised numbers, each once, in the order of the lines.
    """

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def to_python(self, value: Any) -> list[str]:
        typed = str(value or "").replace(",", "\n").replace(";", "\n").replace("\t", "\n")
        lines = [(n, line) for n, line in enumerate(typed.splitlines(), 1) if line.strip()]
        if len(lines) > MOST_SERIALS:
            raise forms.ValidationError(
                f"Paste at most {MOST_SERIALS:,} serial numbers. Upload a file for more."
            )
        serials, faults = [], []
        for number, line in lines:
            try:
                serials.append(valid_serial(line))
            except InvalidSerial as refusal:
                faults.append(f"Line {number}: {refusal}")
        if faults:
            more = len(faults) - MOST_NAMED
            rest = [f"{more} more lines have such faults."] if more > 0 else []
            raise forms.ValidationError([*faults[:MOST_NAMED], *rest])
        return list(dict.fromkeys(serials))

    def validate(self, value: list[str]) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: list[str]) -> None:
        """Leave it at what `to_python` checked: a list has no characters to limit."""
