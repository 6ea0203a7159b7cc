"""A form field for files that are judged by their content."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from documents.policy import START, Accepted, FileNotAccepted, require_accepted


class DocumentField(forms.FileField):
    """Takes one file of the accepted kinds; its hint says which, and how large."""

    def __init__(self, accepted: Accepted, **kwargs: Any) -> None:
        self.accepted = accepted
        kwargs.setdefault("help_text", accepted.hint)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": self.accepted.suffixes}

    def to_python(self, data: Any) -> UploadedFile | None:
        if data in self.empty_values:
            return None
        data.seek(0)
        try:
            require_accepted(
                self.accepted, name=data.name or "", size=data.size or 0, start=data.read(START)
            )
        except FileNotAccepted as refusal:
            raise ValidationError(str(refusal)) from None
        data.seek(0)
        return data
