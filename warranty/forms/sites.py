"""The form that says who uses the units of a shipment, and where."""

import re
from typing import Any

from django import forms

from catalog.forms import LineField
from warranty.forms.serials import SerialsField
from warranty.workflow.sites import Recorded, Site

COUNTRY = re.compile(r"[A-Za-z]{2}")


class CountryField(LineField):
    """Two letters of ISO 3166, in capitals."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Two letters of ISO 3166, such as US.")
        super().__init__(max_length=10, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and not COUNTRY.fullmatch(text):
            raise forms.ValidationError("Write the two letters of ISO 3166, such as US.")
        return text.upper()


class SiteForm(forms.Form):
    """What is recorded of units already is replaced only where its box is ticked."""

    end_customer = LineField(
        label="End customer",
        max_length=120,
        error_messages={"required": "Write who uses the units."},
    )
    site_country = CountryField(
        label="Country of the site", error_messages={"required": "Write the country, such as US."}
    )
    purchase_order = LineField(label="Purchase order", max_length=40, required=False)
    serials = SerialsField(
        label="Only these serial numbers",
        help_text="One a line. Leave it empty for every unit of the shipment that you can see.",
        required=False,
    )
    replaced = forms.MultipleChoiceField(
        label="Also replace", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, recorded: list[Recorded], *data: Any) -> None:
        super().__init__(*data)
        self.fields["replaced"].choices = [(r.site.key, r.site.key) for r in recorded]
        self.fields["replaced"].error_messages["invalid_choice"] = (
            "What is recorded has changed meanwhile. Look at it again below and choose anew."
        )

    def site(self) -> Site:
        said = self.cleaned_data
        return Site(said["end_customer"], said["site_country"], said["purchase_order"])
