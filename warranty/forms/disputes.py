"""What a partner is asked about a fact that is wrong, and its document."""

from datetime import date
from typing import Any

from django import forms

from catalog.policy import TextTooLong, UnreadableText, clean_text
from documents.forms import DocumentField
from documents.models import Document
from documents.policy import EVIDENCE
from warranty import claims
from warranty.enums import DisputeSubject
from warranty.facts import Fact

LONGEST_EXPLANATION = 1000


class DisputeForm(forms.Form):
    """Asks which fact is wrong, what is right, how it came, and for the paper.

    A file that was accepted once stays kept while the rest is put right: `kept` names it.
    """

    subject = forms.ChoiceField(
        label="Which of these is wrong",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong."},
    )
    day = forms.CharField(
        label="The right date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="As written on your document. For a report: leave it empty if this unit is not "
        "on it, or if nobody signed it.",
    )
    text = forms.CharField(
        label="What the label says",
        required=False,
        max_length=80,
        help_text="The serial or part number as printed.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    explanation = forms.CharField(
        label="What your document shows",
        max_length=LONGEST_EXPLANATION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One or two sentences. Huawei's staff read them beside the document.",
        error_messages={"required": "Say what your document shows."},
    )
    document = DocumentField(EVIDENCE, label="The document", required=False)
    kept = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *data: Any, facts: list[Fact], disputed: set[str], uploads: Any, today: date
    ) -> None:
        super().__init__(*data)
        self.facts = {fact.subject.value: fact for fact in facts}
        self.disputed, self.uploads, self.today = disputed, uploads, today
        self.kept_document: Document | None = None
        self.fields["subject"].choices = [(f.subject.value, f.label) for f in facts]

    def clean_subject(self) -> str:
        subject = self.cleaned_data["subject"]
        if subject in self.disputed:
            raise forms.ValidationError(
                "Your organization has reported this already. Wait for the answer."
            )
        return subject

    def clean_explanation(self) -> str:
        words = " ".join(self.cleaned_data["explanation"].split())
        try:
            return clean_text(words, LONGEST_EXPLANATION)
        except (UnreadableText, TextTooLong) as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean_kept(self) -> str:
        """Find what was kept for this form; a foreign or used name counts for nothing."""
        self.kept_document = self.uploads.filter(reference=self.cleaned_data["kept"]).first()
        return self.cleaned_data["kept"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        subject = values.get("subject")
        if subject:
            self._clean_claim(DisputeSubject(subject), values)
        if not values.get("document") and not self.kept_document and "document" not in self.errors:
            self.add_error("document", "Choose the document that shows it.")
        return values

    def _clean_claim(self, subject: DisputeSubject, values: dict[str, Any]) -> None:
        field = "day" if subject.is_day else "text"
        on_file = self.facts[subject.value].value
        try:
            typed = values.get(field, "")
            claims.check_claim(subject, typed, on_file=on_file, today=self.today)
        except claims.ClaimRefused as refusal:
            self.add_error(field, str(refusal))
        values["claimed"] = values.get(field, "")

    def kinds(self) -> list[dict[str, Any]]:
        """Return the choices as a page shows them: the fact, and what to ask for it."""
        chosen = self["subject"].value()
        return [
            {
                "fact": fact,
                "asks": _asks(fact.subject),
                "is_chosen": chosen == fact.subject.value,
                "is_disputed": fact.subject.value in self.disputed,
            }
            for fact in self.facts.values()
        ]


def _asks(subject: DisputeSubject) -> str:
    if subject.is_day:
        return "day"
    return "service" if subject == DisputeSubject.INSTALLATION_SERVICE else "text"


class WithdrawForm(forms.Form):
    """Asks for nothing but the click."""
