"""The form of one shipment that a distributor sends on."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from catalog.forms import DayField, LineField
from catalog.policy import day_text
from jobs.exports import write_csv
from partners.models import Organization
from warranty.enums import Leg
from warranty.forms.serials import MOST_NAMED, SerialsField
from warranty.forms.sites import CountryField
from warranty.imports import SHIPMENTS
from warranty.models import Unit

NUMBER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,38}[\x21-\x7e])?")


def _not_yours(serials: list[str]) -> list[str]:
    """Say of each serial number what to do, the same whether it exists elsewhere or nowhere."""
    named = [f"{serial} is not among your units. Check it." for serial in serials[:MOST_NAMED]]
    more = len(serials) - MOST_NAMED
    if more > 0:
        named.append(f"{more:,} more are not among your units.")
    return [*named, "A unit is among yours once Huawei's shipment of it is recorded."]


class OnwardShipmentForm(forms.Form):
    """Becomes the rows of a shipments file, so that one pipeline checks and saves both.

    A serial number that your units have with several part numbers gets a question of its
    own, named `part_SERIAL`.
    """

    number = LineField(
        label="Shipment number",
        max_length=40,
        error_messages={"required": "Write the number on your shipment papers."},
    )
    shipped_on = DayField(
        label="Shipped on",
        help_text="The date on the papers: day 0 for support.",
        error_messages={"required": "Write the date on your shipment papers."},
    )
    consignee = forms.ChoiceField(
        label="Shipped to",
        required=False,
        error_messages={"invalid_choice": "Choose from the list, or write the code beside it."},
    )
    other_code = LineField(
        label="Code of another organization",
        help_text="Only if it is not in the list.",
        max_length=32,
        required=False,
    )
    serials = SerialsField(
        label="Serial numbers",
        help_text="One a line, as on the labels.",
        error_messages={"required": "Paste the serial numbers of the units, one a line."},
    )
    installation_service = forms.BooleanField(
        label="Installation service was purchased for these units", required=False
    )
    end_customer = LineField(label="End customer", max_length=120, required=False)
    site_country = CountryField(label="Country of the site", required=False)
    purchase_order = LineField(label="Purchase order", max_length=40, required=False)

    def __init__(self, organization: Organization, today: date, *data: Any) -> None:
        super().__init__(*data)
        self.organization, self.today = organization, today
        buyers = Organization.objects.filter(buys_from=organization).order_by("name")
        listed = [(o.code, f"{o.name} ({o.code})") for o in buyers]
        self.fields["consignee"].choices = [("", "Choose"), *listed]
        self.part_numbers: dict[str, list[str]] = {}

    @property
    def questions(self) -> list[forms.BoundField]:
        """Return the fields that ask which part number a serial number belongs to."""
        return [self[name] for name in self.fields if name.startswith("part_")]

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError("Write 1 to 40 letters, digits or signs.")
        return number

    def clean_shipped_on(self) -> date:
        day: date = self.cleaned_data["shipped_on"]
        if day > self.today:
            raise forms.ValidationError(
                f"{day_text(day)} lies after today, {day_text(self.today)}. "
                "Write the day of dispatch."
            )
        return day

    def clean_serials(self) -> list[str]:
        """Find the units among your own."""
        serials: list[str] = self.cleaned_data["serials"]
        known = self._known(serials)
        missing = [serial for serial in serials if serial not in known]
        self.part_numbers = known
        if missing:
            more = len(missing) - MOST_NAMED
            raise forms.ValidationError(
                [
                    *(
                        f"{serial} is not among your units. Check it."
                        for serial in missing[:MOST_NAMED]
                    ),
                    *([f"{more:,} more are not among your units."] if more > 0 else []),
                    "A unit appears here when Huawei's shipment of it is recorded.",
                ]
            )
        return serials

    def _known(self, serials: list[str]) -> dict[str, list[str]]:
        units = Unit.objects.for_organization(self.organization).filter(serial__in=serials)
        known: dict[str, list[str]] = defaultdict(list)
        for serial, part in units.order_by("pk").values_list("serial", "part_number__number"):
            known[serial].append(part)
        return dict(known)

    def _ask(self, serial: str, parts: list[str]) -> None:
        choices = [("", "Choose"), *((part, part) for part in sorted(parts))]
        name, label = f"part_{serial}", f"Part number of {serial}"
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        self._settle_consignee(said)
        for serial in [s for s in self.part_numbers if len(self.part_numbers[s]) > 1]:
            self._ask(serial, self.part_numbers[serial])
        for field in self.questions:
            chosen = field.data or ""
            serial = field.name.removeprefix("part_")
            if chosen not in self.part_numbers[serial]:
                self.add_error(
                    field.name, "Several units of yours have this serial number. Choose one."
                )
            else:
                self.part_numbers[serial] = [chosen]
        return said

    def _settle_consignee(self, said: dict[str, Any]) -> None:
        """Put the code of who receives into `consignee`, or say what to choose."""
        listed, typed = said.get("consignee", ""), said.get("other_code", "")
        if listed and typed:
            self.add_error("other_code", "Choose from the list or write a code, not both.")
        elif not listed and not typed:
            self.add_error("consignee", "Choose who receives the shipment, or write its code.")
        elif typed == self.organization.code:
            self.add_error("other_code", "A shipment goes to somebody else. Write another code.")
        elif typed and not Organization.objects.filter(code=typed).exists():
            self.add_error(
                "other_code",
                f'No organization has the code "{typed}". Ask the receiver for its code, '
                "or ask Huawei to register it.",
            )
        else:
            said["consignee"] = listed or typed

    def as_file(self) -> io.BytesIO:
        """Return the shipment as the file that its distributor would upload."""
        text = io.StringIO(newline="")
        write_csv(text, SHIPMENTS.columns, self._rows())
        return io.BytesIO(text.getvalue().encode())

    def _rows(self) -> Iterator[tuple[object, ...]]:
        said = self.cleaned_data
        for serial in said["serials"]:
            yield (
                said["number"],
                Leg.DISTRIBUTOR.value,
                said["shipped_on"],
                self.organization.code,
                said["consignee"],
                serial,
                self.part_numbers[serial][0],
                said["installation_service"],
                said["end_customer"],
                said["site_country"],
                said["purchase_order"],
            )
