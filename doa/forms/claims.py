"""What is asked about goods that did not arrive as they should have."""

from datetime import date
from typing import Any

from django import forms

from catalog.forms import DayField, LineField, SerialField
from catalog.policy import InvalidSerial, valid_serial
from doa.cargo import NotDelivered, check_delivery
from doa.enums import CargoTrouble, ClaimKind
from doa.forms.fields import TextField
from doa.forms.units import OwnUnit
from doa.workflow.claims import Goods
from documents.forms import DocumentField
from documents.models import Document
from documents.policy import EVIDENCE
from partners.models import Organization

LONGEST_TEXT = 2000
SHOWN_BY_PHOTO = (CargoTrouble.DENTED, CargoTrouble.WRONG)
"""What has to be shown: goods that are missing cannot be."""


class WithDocument(forms.Form):
    """One file beside the words. A file that was accepted once stays kept: `kept` names it."""

    document = DocumentField(EVIDENCE, label="Photo or paper", required=False)
    kept = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, uploads: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploads = uploads
        self.kept_document: Document | None = None

    def clean_kept(self) -> str:
        """Find what was kept for this form; a foreign or used name counts for nothing."""
        self.kept_document = self.uploads.filter(reference=self.cleaned_data["kept"]).first()
        return self.cleaned_data["kept"]

    @property
    def has_document(self) -> bool:
        return bool(self.cleaned_data.get("document") or self.kept_document)


class ClaimForm(WithDocument):
    """What both kinds of claim ask for."""

    delivered_on = DayField(
        label="Delivered on",
        help_text="The day on which the delivery arrived at your door.",
        error_messages={"required": "Enter the day on which it arrived."},
    )
    description = TextField(
        label="What is wrong",
        most=LONGEST_TEXT,
        error_messages={"required": "Write what is wrong."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def check_day(self, values: dict[str, Any], shipped_on: date | None) -> None:
        try:
            if values.get("delivered_on"):
                check_delivery(values["delivered_on"], shipped_on=shipped_on, today=self.today)
        except NotDelivered as refusal:
            self.add_error("delivered_on", str(refusal))

    def goods(self) -> Goods:
        raise NotImplementedError


class CargoForm(OwnUnit, ClaimForm):
    """Dented, missing or wrong goods."""

    sn = SerialField(label="Serial number", help_text="As the shipment papers name the unit.")
    part_number = LineField(
        label="Part number",
        help_text="Only where two units bear the serial number.",
        required=False,
        max_length=40,
    )
    trouble = forms.ChoiceField(
        label="How did it arrive?",
        choices=[("", "Choose one"), *CargoTrouble.choices],
        error_messages={"required": "Choose how it arrived."},
    )
    field_order = ["sn", "part_number", "trouble", "delivered_on", "description", "document"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        unit = getattr(self, "unit", None)
        self.check_day(values, unit.huawei_shipment.shipped_on if unit else None)
        is_to_show = values.get("trouble") in SHOWN_BY_PHOTO and "document" not in self.errors
        if is_to_show and not self.has_document:
            self.add_error("document", "Add a photo of the goods as they arrived.")
        return values

    def goods(self) -> Goods:
        said = self.cleaned_data
        return Goods(
            kind=ClaimKind.CARGO,
            unit=self.unit,
            serial=self.unit.serial,
            part_number=self.unit.part_number.number,
            trouble=said["trouble"],
            delivered_on=said["delivered_on"],
            description=said["description"],
        )


class SparePartForm(ClaimForm):
    """A spare part that arrived dead: F003, under its own RMA."""

    part_number = LineField(
        label="Part number",
        help_text="After P/N or Item on the label of the spare part.",
        max_length=40,
        error_messages={"required": "Enter the part number of the spare part."},
    )
    sn = LineField(
        label="Serial number",
        help_text="If the spare part bears one.",
        required=False,
        max_length=64,
    )
    order_reference = LineField(
        label="Sent under",
        help_text="The case, order or RMA under which it was sent to you, if you know it.",
        required=False,
        max_length=60,
    )
    field_order = [
        *("part_number", "sn", "order_reference", "delivered_on", "description", "document"),
    ]

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_sn(self) -> str:
        typed = self.cleaned_data["sn"]
        try:
            return valid_serial(typed) if typed else ""
        except InvalidSerial as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.check_day(values, None)
        return values

    def goods(self) -> Goods:
        said = self.cleaned_data
        return Goods(
            kind=ClaimKind.SPARE_PART,
            unit=None,
            serial=said["sn"],
            part_number=said["part_number"],
            delivered_on=said["delivered_on"],
            description=said["description"],
            order_reference=said["order_reference"],
        )


FORMS: dict[str, type[CargoForm] | type[SparePartForm]] = {
    ClaimKind.CARGO: CargoForm,
    ClaimKind.SPARE_PART: SparePartForm,
}


class MessageForm(WithDocument):
    """What one party writes the other."""

    text = TextField(
        label="Write to Huawei",
        most=LONGEST_TEXT,
        error_messages={"required": "Write your message."},
    )
    field_order = ["text", "document"]
