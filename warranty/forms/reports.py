"""The question of an installation report: when, by whom, which units, the paper itself."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from catalog.forms import DayField, LineField
from documents.forms import DocumentField
from documents.models import Document
from documents.policy import EVIDENCE
from partners.models import Organization
from warranty import effects, outlook, policy, serial_lists
from warranty.models import Shipment, Unit

MOST_PROBLEMS = 50
"""How many lines with a problem a page lists."""
PART = "part-"
"""How the fields begin that say which part number a serial number belongs to."""
NUMBER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,38}[\x21-\x7e])?")


class ReportForm(forms.Form):
    """One report. Its units are a whole shipment or a list of serial numbers.

    `document` is the file kept from an earlier step, so that nobody uploads twice.
    """

    signed_on = DayField(
        label="Date signed",
        help_text="As written on the report.",
        error_messages={"required": "Enter the date written on the report."},
    )
    signed_by = LineField(
        label="Signed by",
        max_length=120,
        help_text="Name and company of who signed the report.",
        error_messages={"required": "Write who signed the report."},
    )
    units = forms.ChoiceField(
        label="Units", choices=[("shipment", ""), ("serials", "")], required=False
    )
    serials = forms.CharField(
        label="Serial numbers",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "sn"}),
        help_text="One on a line, or separated by commas. Spaces, hyphens and small letters do "
        "not matter.",
    )
    number = LineField(
        label="Report number, optional",
        max_length=40,
        required=False,
        help_text="Your own number. Leave it empty to get one.",
    )
    file = DocumentField(EVIDENCE, label="Signed report", required=False)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        today: date,
        shipment: Shipment | None = None,
        document: Document | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scope = Unit.objects.for_organization(organization)
        self.today, self.shipment, self.document = today, shipment, document
        self.found = serial_lists.Found()

    def clean_number(self) -> str:
        number = self.cleaned_data["number"]
        if number and not NUMBER.fullmatch(number):
            raise forms.ValidationError("Write 1 to 40 letters, digits or signs.")
        return number

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("file") and not self.document and "file" not in self.errors:
            self.add_error("file", "Choose the signed report as a PDF, JPG or PNG file.")
        self._find_units(values)
        if values.get("signed_on") and self.found.units and "serials" not in self.errors:
            self._check_signature(values["signed_on"])
        elif values.get("signed_on"):
            self._check_signature(values["signed_on"], only_today=True)
        return values

    @property
    def is_whole_shipment(self) -> bool:
        chosen = self["units"].value() or "shipment"
        return self.shipment is not None and chosen == "shipment"

    @property
    def shipment_size(self) -> int:
        return outlook.units_in(self.shipment, self.scope).count() if self.shipment else 0

    def _find_units(self, values: dict[str, Any]) -> None:
        scope = outlook.for_effects(self.scope)
        if self.is_whole_shipment:
            self._take_shipment(outlook.units_in(self.shipment, scope))
            return
        try:
            self.found = serial_lists.find(
                values.get("serials", ""), scope, chosen=dict(self._chosen())
            )
        except serial_lists.TooMany as refusal:
            self.add_error("serials", str(refusal))
            return
        if self.found.problems:
            self.add_error("serials", list(self._listed(self.found.problems)))
        elif not self.found.units:
            self.add_error("serials", "Enter the serial numbers on the report.")

    def _take_shipment(self, units: Any) -> None:
        most = serial_lists.MOST
        self.found.units = list(units[: most + 1])
        if len(self.found.units) > most:
            self.add_error(
                "units",
                f"This shipment has more than {most:,} units. Enter serial numbers instead.",
            )
        elif not self.found.units:
            self.add_error("units", "This shipment has no units. Enter serial numbers instead.")

    def _chosen(self) -> Iterator[tuple[str, str]]:
        for name in self.data:
            if name.startswith(PART):
                yield name.removeprefix(PART), self.data[name]

    def _listed(self, problems: list[str]) -> Iterator[str]:
        yield from problems[:MOST_PROBLEMS]
        if len(problems) > MOST_PROBLEMS:
            more = len(problems) - MOST_PROBLEMS
            yield f"{more:,} more lines have a problem. Correct these first."

    def _check_signature(self, signed_on: date, *, only_today: bool = False) -> None:
        units = [] if only_today else self.found.units
        shipments = [(unit.serial, unit.huawei_shipment.shipped_on) for unit in units]
        try:
            effects.check_signature(shipments, signed_on=signed_on, today=self.today)
        except (policy.SignedInFuture, policy.SignedBeforeShipment) as refusal:
            self.add_error("signed_on", str(refusal))

    def twins(self) -> list[tuple[str, str, list[tuple[Unit, bool]]]]:
        """Return the serial numbers that ask for a part number: field, serial, its units."""
        chosen = dict(self._chosen()) if self.is_bound else {}
        return [
            (
                f"{PART}{serial}",
                serial,
                [(unit, chosen.get(serial) == unit.part_number.number) for unit in alike],
            )
            for serial, alike in self.found.twins.items()
        ]


class WithdrawForm(forms.Form):
    """Why a report is taken back."""

    reason = LineField(
        label="Reason",
        max_length=300,
        help_text="Kept with the report. Holders whose dates change are told.",
        error_messages={"required": "Write why you withdraw the report."},
    )
