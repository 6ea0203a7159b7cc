"""The questions of an application, one form a page."""

from collections.abc import Sequence
from typing import Any

from django import forms

from catalog.forms import DayField, LineField
from doa.enums import Symptom
from doa.forms.fields import TextField
from doa.models import CaseLine
from partners.models import Organization
from warranty import serial_lists
from warranty.forms.reports import PART
from warranty.models import Unit

MOST_UNITS = 50
"""How many units one case may have."""
MOST_PROBLEMS = 20
YES_NO = [("yes", "Yes"), ("no", "No")]


def yes_or_no(value: bool | None) -> str:
    """Return the choice that stands for an answer; nothing while there is none."""
    return {True: "yes", False: "no"}.get(value, "")  # type: ignore[arg-type]


class UnitsForm(forms.Form):
    """Which units failed, as people paste or scan them."""

    serials = forms.CharField(
        label="Which units failed?",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "class": "sn", "autocapitalize": "characters"}
        ),
        help_text="One serial number on a line: type, paste or scan it. Spaces, hyphens and small "
        "letters do not matter.",
    )

    def __init__(self, *data: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*data, **kwargs)
        self.scope = Unit.objects.for_organization(organization)
        self.found = serial_lists.Found()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        scope = self.scope.select_related("part_number__product", "huawei_shipment")
        try:
            self.found = serial_lists.find(
                values.get("serials", ""), scope, chosen=self._chosen(), most=MOST_UNITS
            )
        except serial_lists.TooMany as refusal:
            self.add_error("serials", str(refusal))
            return values
        if self.found.problems:
            self.add_error("serials", self.found.problems[:MOST_PROBLEMS])
        elif not self.found.units and "serials" not in self.errors:
            self.add_error("serials", "Enter the serial number of the unit that failed.")
        return values

    def _chosen(self) -> dict[str, str]:
        names = (name for name in self.data if name.startswith(PART))
        return {name.removeprefix(PART): self.data[name] for name in names}

    def twins(self) -> list[tuple[str, str, list[tuple[Unit, bool]]]]:
        """Return the serial numbers that ask for a part number: field, serial, its units."""
        chosen = self._chosen() if self.is_bound else {}
        return [
            (
                f"{PART}{serial}",
                serial,
                [(unit, chosen.get(serial) == unit.part_number.number) for unit in alike],
            )
            for serial, alike in self.found.twins.items()
        ]


class LineForm(forms.Form):
    """A question about units. With several of them, it says which the answer is for."""

    for_line = forms.ChoiceField(label="This answer is for", required=False)

    def __init__(self, *data: Any, lines: Sequence[CaseLine], line: CaseLine | None = None) -> None:
        self.lines, self.line = list(lines), line
        super().__init__(*data, initial=self.answers(line or self.lines[0]))
        if len(self.lines) == 1:
            del self.fields["for_line"]
            return
        alone = [(str(found.pk), f"Only {found.unit}") for found in self.lines]
        self.fields["for_line"].choices = [("", f"All {len(self.lines)} units"), *alone]
        self.fields["for_line"].initial = str(line.pk) if line else ""

    def answers(self, line: CaseLine) -> dict[str, Any]:
        """Return what a line says already, for the fields."""
        raise NotImplementedError

    @property
    def meant(self) -> list[CaseLine]:
        """Return the lines that the answer is for."""
        chosen = self.cleaned_data.get("for_line")
        return [line for line in self.lines if not chosen or str(line.pk) == chosen]


class SymptomForm(LineForm):
    """What is seen of the failure."""

    symptom = forms.ChoiceField(
        label="What do you see?",
        choices=Symptom.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you see."},
    )
    description = TextField(
        label="Describe it in your words",
        most=2000,
        help_text="What happened, what the LEDs show, and what you have tried. The TAC reads "
        "this first.",
        error_messages={"required": "Describe what happens."},
    )
    field_order = ["symptom", "description", "for_line"]

    def answers(self, line: CaseLine) -> dict[str, Any]:
        return {"symptom": line.symptom, "description": line.description}


class NewForm(LineForm):
    """Whether the unit is new equipment."""

    is_new = forms.ChoiceField(
        label="Was it new equipment?",
        choices=[
            ("yes", "Yes, this was its first use"),
            ("no", "No, it was used or replaced before, or is a spare part"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it was new equipment."},
    )
    field_order = ["is_new", "for_line"]

    def answers(self, line: CaseLine) -> dict[str, Any]:
        return {"is_new": yes_or_no(line.is_new)}


class ProjectForm(LineForm):
    """Whether a delivery project waits for its PAC."""

    delivery_project = forms.ChoiceField(
        label="Does it belong to a Huawei delivery project?",
        choices=[
            ("no", "No"),
            ("open", "Yes, and the PAC is not issued"),
            ("issued", "Yes, and the PAC is issued"),
        ],
        widget=forms.RadioSelect,
        help_text="PAC is the preliminary acceptance certificate. Huawei's project manager "
        "issues it.",
        error_messages={"required": "Choose whether it belongs to a delivery project."},
    )
    pac_issued_on = DayField(
        label="PAC issued on", required=False, help_text="As written on the certificate."
    )
    field_order = ["delivery_project", "pac_issued_on", "for_line"]

    def answers(self, line: CaseLine) -> dict[str, Any]:
        chosen = {None: "", False: "no", True: "issued" if line.pac_issued_on else "open"}
        return {
            "delivery_project": chosen[line.delivery_project],
            "pac_issued_on": line.pac_issued_on,
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen, issued_on = values.get("delivery_project"), values.get("pac_issued_on")
        if chosen == "issued" and issued_on is None and "pac_issued_on" not in self.errors:
            self.add_error("pac_issued_on", "Enter the date on the certificate.")
        if chosen != "issued":
            values["pac_issued_on"] = None
        return values


class DeliveryForm(forms.Form):
    """Where the replacement goes, and whom the TAC calls."""

    site = LineField(
        label="Where does the equipment stand?",
        max_length=120,
        help_text="Site and town, such as Des Moines data centre.",
        error_messages={"required": "Write where the equipment stands."},
    )
    ship_to = TextField(
        label="Ship the replacement to",
        most=400,
        help_text="Company, street, city, state and postcode.",
        error_messages={"required": "Write the address for the replacement."},
    )
    ship_to_country = LineField(
        label="Country",
        max_length=2,
        help_text="Two letters, such as US.",
        error_messages={"required": "Write the country with two letters, such as US."},
    )
    contact_name = LineField(
        label="Who can the TAC ask?",
        max_length=120,
        error_messages={"required": "Write the name of the contact."},
    )
    contact_email = forms.EmailField(
        label="E-mail address",
        error_messages={
            "required": "Write the e-mail address of the contact.",
            "invalid": "Write an e-mail address such as name@company.example.",
        },
    )
    contact_phone = LineField(
        label="Telephone",
        max_length=40,
        error_messages={"required": "Write the telephone number of the contact."},
    )

    def clean_ship_to_country(self) -> str:
        country = self.cleaned_data["ship_to_country"].upper()
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError("Write the country with two letters, such as US.")
        return country

    def clean_contact_phone(self) -> str:
        phone: str = self.cleaned_data["contact_phone"]
        if sum(c.isdigit() for c in phone) < 7:
            raise forms.ValidationError("Write the telephone number with its area code.")
        return phone
