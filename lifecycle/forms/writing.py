"""The form of an announcement: what it says, of which products, with which dates and files."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from catalog.desk import MilestoneField
from catalog.enums import MilestoneKind
from catalog.policy import TextTooLong, UnreadableText, clean_text
from documents.forms import DocumentField
from documents.models import Document
from documents.policy import ENCLOSURE
from lifecycle import policy
from lifecycle.forms import lines
from lifecycle.markdown import LONGEST
from lifecycle.models import Announcement
from lifecycle.workflow import Draft

HOW = "YYYY-MM-DD, YYYY-MM or to be announced. Empty: this announcement does not say it."


class DateOfAll(MilestoneField):
    """A milestone of every affected product; empty says nothing of it."""

    def __init__(self, kind: MilestoneKind) -> None:
        super().__init__(kind)
        self.help_text = HOW


class AnnouncementForm(forms.Form):
    """Asks for everything that an announcement says."""

    number = forms.CharField(max_length=20, help_text="For example PN-2026-118.")
    subject = forms.CharField(max_length=120, help_text="What ends, and for which products.")
    affected = forms.CharField(
        label="Affected products",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="One model or part number a line. After -> the model that replaces it: "
        "AR2220E -> AR6140E.",
    )
    ga = DateOfAll(MilestoneKind.GA)
    eom = DateOfAll(MilestoneKind.EOM)
    eofs = DateOfAll(MilestoneKind.EOFS)
    eos = DateOfAll(MilestoneKind.EOS)
    own_dates = forms.CharField(
        label="Dates of single products",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Only for products that differ. A line each: AR2220E: EOM 2027-03-31, "
        "EOS 2032-03.",
    )
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Markdown: ## for a heading, - for a list, **bold**, [words](address).",
    )
    changes = forms.CharField(
        label="What changed",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Compared with the version before. Shown above the announcement.",
    )
    file = DocumentField(ENCLOSURE, label="Attach a file", required=False)
    keep = forms.ModelMultipleChoiceField(
        Document.unscoped.none(),
        label="Files that stay",
        required=False,
        to_field_name="reference",
        widget=forms.CheckboxSelectMultiple,
    )
    source = forms.CharField(
        required=False, max_length=300, help_text="Where the vendor says so. Shown at the end."
    )
    is_sample = forms.BooleanField(label="Sample: these dates are not the vendor's", required=False)

    def __init__(self, *data: Any, announcement: Announcement | None = None) -> None:
        self.announcement = announcement
        super().__init__(*data, initial=_initial(announcement) if announcement else None)
        if announcement is not None:
            del self.fields["number"]
        if announcement is None or announcement.version == 1:
            del self.fields["changes"]
        files = attached_to(announcement)
        if files.exists():
            self.fields["keep"].queryset = files
        else:
            del self.fields["keep"]

    def clean_number(self) -> str:
        number = self.cleaned_data["number"].strip().upper()
        if not re.fullmatch(policy.NUMBER, number):
            raise ValidationError("Write letters, the year and a number: PN-2026-118.")
        return number

    def clean_subject(self) -> str:
        return _line(self.cleaned_data["subject"], 120)

    def clean_source(self) -> str:
        return _line(self.cleaned_data["source"], 300)

    def clean_changes(self) -> str:
        return _line(self.cleaned_data["changes"], 1000)

    def clean_text(self) -> str:
        return _block(self.cleaned_data["text"])

    def clean_affected(self) -> Any:
        return lines.read_subjects(self.cleaned_data["affected"])

    def clean_own_dates(self) -> Any:
        return lines.read_own_dates(self.cleaned_data["own_dates"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        named = {s.product.model.lower(): s.product.pk for s in values.get("affected", ())}
        own = values.get("own_dates", {})
        if "affected" in values and (strangers := own.keys() - named.keys()):
            name = sorted(strangers)[0].upper()
            self.add_error("own_dates", f"{name} is not among the affected products. Add it above.")
        else:
            values["own_dates"] = {named[name]: dates for name, dates in own.items() if named}
        return values

    def draft(self, kept: list[Document]) -> Draft:
        """Return what the form says, with the files that go with it."""
        values = self.cleaned_data
        return Draft(
            subject=values["subject"],
            text=values["text"],
            affected=values["affected"],
            dates={kind: values[kind.value] for kind in MilestoneKind if values[kind.value]},
            own_dates=values["own_dates"],
            changes=values.get("changes", ""),
            source=values["source"],
            is_sample=values["is_sample"],
            documents=[*values.get("keep", ()), *kept],
        )


def attached_to(announcement: Announcement | None) -> "QuerySet[Document]":
    """Return the files of a version. They are Huawei's, whose staff alone write here."""
    if announcement is None:
        return Document.unscoped.none()
    return Document.unscoped.filter(pk__in=announcement.attachments.values("document"))


def _initial(announcement: Announcement) -> dict[str, Any]:
    dates = announcement.dates()
    return {
        "subject": announcement.subject,
        "text": announcement.text,
        "changes": announcement.changes,
        "source": announcement.source,
        "is_sample": announcement.is_sample,
        "affected": lines.subjects_as_text(announcement),
        "own_dates": lines.own_dates_as_text(announcement),
        "keep": list(attached_to(announcement)),
        **{kind.value: when.iso for kind, when in dates.items()},
    }


def _line(text: str, longest: int) -> str:
    try:
        return clean_text(text, longest)
    except (UnreadableText, TextTooLong) as refusal:
        raise ValidationError(str(refusal)) from refusal


def _block(text: str) -> str:
    """Return a text of many lines without what nobody can see; each line as it was typed."""
    if len(text) > LONGEST:
        raise ValidationError(f"Write at most {LONGEST:,} characters. This has {len(text):,}.")
    rows = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(c for c in row if c.isprintable() or c == "\t") for row in rows)
