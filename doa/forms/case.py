"""What the applicant does on the page of a case: reply, write, confirm, send back, cancel."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from catalog.forms import DayField, LineField
from doa.forms.evidence import ACCEPTED
from doa.forms.fields import TextField
from doa.models import InfoItem
from documents.forms import DocumentField
from documents.models import Document
from documents.policy import ENCLOSURE

MOST_TEXT = 4000
KEPT = "kept"
"""How the hidden fields begin that name a file which was kept for this form."""


class ReplyForm(forms.Form):
    """The answer to a request: a file for each item that asks for one, and words.

    A file that was accepted once stays kept while the rest is put right.
    """

    text = TextField(label="Message to the TAC", most=MOST_TEXT, required=False)
    is_all = forms.BooleanField(
        label="This is all I have: let the TAC go on without the rest", required=False
    )

    def __init__(self, *data: Any, items: Iterable[InfoItem], uploads: Any) -> None:
        super().__init__(*data)
        self.items, self.uploads = list(items), uploads
        self.kept: dict[int, Document] = {}
        for item in self.waiting():
            accepted = ACCEPTED[item.kind]
            self.fields[f"item-{item.pk}"] = DocumentField(
                accepted, label=item.label, required=False, help_text=accepted.hint
            )

    def waiting(self) -> Iterator[InfoItem]:
        """Yield what a file is still asked for."""
        yield from (item for item in self.items if item.wants_file and item.answered_at is None)

    @property
    def still_asked(self) -> int:
        return sum(item.answered_at is None for item in self.items)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for item in self.waiting():
            reference = self.data.get(f"{KEPT}-{item.pk}", "")
            kept = self.uploads.filter(reference=reference[:43]).first() if reference else None
            if kept is not None:
                self.kept[item.pk] = kept
        has_file = bool(self.kept) or any(item for item, _ in self.handed_in())
        if not (values.get("text") or values.get("is_all") or has_file or self.errors):
            raise forms.ValidationError("Choose a file that was asked for, or write a message.")
        return values

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield every item that is asked for, with its field while a file is missing."""
        for item in self.items:
            name = f"item-{item.pk}"
            field = self[name] if name in self.fields else None
            yield {"item": item, "field": field, "kept": self.kept.get(item.pk)}

    def handed_in(self) -> Iterator[tuple[InfoItem, Any]]:
        """Yield the files of this request that may be kept, by what they answer."""
        for item in self.waiting():
            if file := self.cleaned_data.get(f"item-{item.pk}"):
                yield item, file


class MessageForm(forms.Form):
    """A message to the TAC, with a file or without."""

    text = TextField(
        label="Message to the TAC",
        most=MOST_TEXT,
        error_messages={"required": "Write the message."},
    )
    file = DocumentField(ENCLOSURE, label="File, optional", required=False)

    def __init__(self, *data: Any, uploads: Any, **kwargs: Any) -> None:
        super().__init__(*data, **kwargs)
        self.uploads = uploads

    def kept(self) -> list[Document]:
        """Return the files that were kept for this form earlier."""
        named = self.data.getlist(KEPT)[:10] if self.is_bound else []
        return list(self.uploads.filter(reference__in=[name[:43] for name in named]))


class CancelForm(forms.Form):
    """Why an application is taken back."""

    reason = LineField(
        label="Reason",
        max_length=300,
        help_text="Kept with the case. The TAC reads it.",
        error_messages={"required": "Write why you cancel the case."},
    )


class DiscardForm(forms.Form):
    """Asks for nothing but the click."""


class DeliveredForm(forms.Form):
    """When the replacement arrived, and who signed for it."""

    delivered_on = DayField(
        label="It arrived on",
        error_messages={"required": "Enter the date on which it arrived."},
    )
    signer = LineField(
        label="Who signed for it?",
        max_length=120,
        error_messages={"required": "Write who signed for it."},
    )


class SendBackForm(forms.Form):
    """With whom the faulty unit travels, and that nothing of the customer's is left on it."""

    carrier = LineField(
        label="Carrier",
        max_length=60,
        error_messages={"required": "Write which carrier takes it."},
    )
    tracking = LineField(
        label="Tracking number",
        max_length=60,
        error_messages={"required": "Write the tracking number."},
    )
    data_removed = forms.BooleanField(
        label="All customer data and configuration are removed from the unit",
        error_messages={"required": "Remove the data from the unit, then tick this."},
    )


class ParcelForm(SendBackForm):
    """The same of several units that travel together."""

    data_removed = forms.BooleanField(
        label="All customer data and configuration are removed from each of these units",
        error_messages={"required": "Remove the data from every unit, then tick this."},
    )
