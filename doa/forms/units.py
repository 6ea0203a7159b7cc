"""Finding the one unit that somebody means among those that their organization sees."""

from typing import Any

from django import forms

from partners.models import Organization
from warranty.models import Unit


class OwnUnit(forms.Form):
    """A form with the fields `sn` and `part_number`; `unit` is what they name."""

    unit: Unit

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = Unit.objects.for_organization(organization)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "sn" not in self.errors and "part_number" not in self.errors:
            self._find(values["sn"], values["part_number"])
        return values

    def _find(self, serial: str, part_number: str) -> None:
        units = self.scope.with_serial(serial)
        if part_number:
            units = units.filter(part_number__number=part_number)
        found = list(units.for_answer()[:2])
        if not found:
            self.add_error("sn", "This is not among your units. Check it against the label.")
        elif len(found) > 1:
            self.add_error("part_number", "Two of your units bear this serial number. Enter this.")
        else:
            self.unit = found[0]
