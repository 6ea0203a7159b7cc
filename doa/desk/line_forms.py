"""What the desk asks for at each step of one line: its replacement, and its way back."""

from typing import Any

from django import forms

from catalog.forms import DayField, LineField
from doa.desk.fields import words_field
from doa.enums import Finding
from doa.models import CaseLine
from partners import clock
from partners.models import User

SCANNED = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


def serial_field(label: str, **how: Any) -> LineField:
    return LineField(label=label, max_length=64, widget=forms.TextInput(attrs=SCANNED), **how)


class LineForm(forms.Form):
    """A form about one line, filled by one person."""

    def __init__(self, *data: Any, line: CaseLine, user: User, **how: Any) -> None:
        super().__init__(*data, **how)
        self.line, self.user = line, user


class OrderForm(LineForm):
    part_number = LineField(label="Part number", max_length=40, help_text="What is to be sent.")

    def __init__(self, *data: Any, **how: Any) -> None:
        super().__init__(*data, **how)
        self.fields["part_number"].initial = self.line.unit.part_number.number


class ShipForm(LineForm):
    serial = serial_field("Serial number of the replacement")
    carrier = LineField(label="Carrier", max_length=60)
    tracking = LineField(label="Tracking number", max_length=60)
    expected_on = DayField(label="Expected on", required=False)


class DeliverForm(LineForm):
    delivered_on = DayField(label="Delivered on")
    signer = LineField(label="Signed for by", max_length=120)

    def __init__(self, *data: Any, **how: Any) -> None:
        super().__init__(*data, **how)
        self.fields["delivered_on"].initial = clock.business_today()


class ReceiveForm(LineForm):
    serial = serial_field("Serial number on the unit", help_text="Scan or type what you see.")
    condition = words_field(label="Condition", rows=2, required=False)


class InspectForm(LineForm):
    finding = forms.ChoiceField(label="Finding", choices=[("", "Choose"), *Finding.choices])
    condition = words_field(label="What was found", rows=2, required=False)


class ReasonForm(LineForm):
    """Asks for the reason that a step must keep."""

    reason = words_field(label="Reason")


class ResolveForm(LineForm):
    is_ours = forms.ChoiceField(
        label="What came back",
        choices=[("yes", "Counts as the faulty unit"), ("no", "Does not: the unit is still due")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came back."},
    )
    reason = words_field(label="Reason")
