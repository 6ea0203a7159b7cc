"""What staff writes about a new version of a service document."""

from django import forms

from catalog.forms import DayField, LineField
from documents.enums import MediaType
from documents.forms import DocumentField
from documents.policy import MEGABYTE, Accepted
from support.enums import Family, PaperKind
from support.workflow import Paper

FILE = Accepted("service document", (MediaType.PDF,), largest=20 * MEGABYTE)


class PaperForm(forms.Form):
    """Which document, which version, since when, and the file."""

    family = forms.ChoiceField(label="Service", choices=Family)
    kind = forms.ChoiceField(label="Document", choices=PaperKind)
    version = LineField(
        label="Version",
        max_length=20,
        help_text="As it stands on the document, such as 2.1.",
        error_messages={"required": "Write the version of the document."},
    )
    valid_from = DayField(
        label="In force from",
        help_text="It is in force until the day before the next version.",
        error_messages={"required": "Enter the first day on which it is in force."},
    )
    file = DocumentField(FILE, label="File", error_messages={"required": "Choose the file."})
    is_sample = forms.BooleanField(label="Its text is a sample, not the vendor's", required=False)

    def paper(self) -> Paper:
        values = self.cleaned_data
        return Paper(
            family=values["family"],
            kind=values["kind"],
            version=values["version"],
            valid_from=values["valid_from"],
            is_sample=values["is_sample"],
        )
