"""The form with which serial numbers are handed in: pasted or as a file."""

from io import BytesIO
from typing import Any

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile

from documents.forms import DocumentField
from jobs.problems import FileRefused
from portal.checks import reading
from portal.checks.workflow import LIST

LONGEST = 4_000_000
"""Characters that may be pasted; a longer list is handed in as a file."""


class CheckForm(forms.Form):
    """A list of serial numbers; `source` is it as a file, `lines` how many it asks about."""

    serials = forms.CharField(
        label="Serial numbers",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "sn"}),
        help_text="One on a line. Spaces, hyphens and small letters do not matter. "
        "A hand scanner that ends each scan with Enter works here, too.",
        error_messages={"max_length": "The list is too long to be pasted. Choose it as a file."},
    )
    file = DocumentField(
        LIST,
        label="Or a file",
        required=False,
        help_text="CSV, TXT or XLSX, up to 100,000 serial numbers and 20 MB. A column named "
        "serial_number is read, or else the first.",
        error_messages={
            "empty": "The file is empty. Choose it again.",
            "max_length": "The name of the file is too long. Rename it and choose it again.",
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        text, file = cleaned.get("serials", ""), cleaned.get("file")
        if bool(text) == bool(file):
            both = "Paste a list or choose a file, and leave the other empty."
            self.add_error("serials", both if text else "Paste serial numbers, or choose a file.")
            return cleaned
        source = file or _as_file(text)
        try:
            cleaned |= {"source": source, "lines": reading.count(source.file)}
        except FileRefused as refusal:
            self.add_error("file" if file else "serials", str(refusal))
        return cleaned


def _as_file(text: str) -> UploadedFile:
    """Return a pasted list as the file that somebody else would have chosen."""
    content = reading.one_a_line(text).encode()
    return InMemoryUploadedFile(
        BytesIO(content), "serials", "pasted list.txt", "text/plain", len(content), "utf-8"
    )
