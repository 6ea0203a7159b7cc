"""The questions that pages ask: a serial number, and what would follow from given dates."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from catalog.forms import DayField
from portal.policy import WhatIf

ZONES = [
    ("America/New_York", "US Eastern"),
    ("America/Chicago", "US Central"),
    ("America/Denver", "US Mountain"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "US Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("UTC", "UTC"),
]
MOST_SIGNATURES = 20
"""How many report dates one question may name."""


class DaysField(DayField):
    """One day or several, separated by commas or spaces."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> list[date]:
        words = str(value or "").replace(",", " ").split()
        if len(words) > MOST_SIGNATURES:
            raise forms.ValidationError(f"Name at most {MOST_SIGNATURES} dates.")
        return [day for word in words if (day := super(DaysField, self).to_python(word))]


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M:%S", attrs={"step": "1"})


class MomentField(forms.Field):
    """A day with a time, to the minute or second, without its zone."""

    widget = MomentInput

    def to_python(self, value: Any) -> datetime | None:
        text = str(value or "").strip().replace(" ", "T")
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as problem:
            raise forms.ValidationError(
                "Write day and time as 2026-03-10 23:30, on a 24-hour clock."
            ) from problem
        if moment.tzinfo is not None:
            raise forms.ValidationError("Leave the zone out here and choose it below.")
        return moment


class WhatIfForm(forms.Form):
    """The question of `/what-if/`. It is sent by GET, so that its address can be shared."""

    huawei_shipped_on = DayField(
        label="Shipped by Huawei on", help_text="The date on Huawei's shipment papers: day 0."
    )
    installation_purchased = forms.BooleanField(
        label="Installation service was purchased", required=False
    )
    report_signed_on = DaysField(
        label="Installation report signed on",
        help_text="One date, or several separated by commas, as 2026-03-01.",
        required=False,
    )
    warranty_months = forms.IntegerField(
        label="Warranty term in months",
        help_text="Leave empty for the sample term of the policy version.",
        required=False,
    )
    distributor_shipped_on = DayField(label="Shipped on by a distributor on", required=False)
    support_start = DayField(label="HiCare or CoCare to start on", required=False)
    support_active = forms.BooleanField(label="A support contract is active", required=False)
    first_boot = forms.BooleanField(label="It failed at first boot", required=False)
    powered_on_at = MomentField(label="First power-on", required=False)
    failed_at = MomentField(label="Failure noticed", required=False)
    time_zone = forms.ChoiceField(
        label="Zone of these times", choices=ZONES, initial="America/Chicago", required=False
    )
    used_before = forms.BooleanField(
        label="It was used or replaced before, or is a spare part", required=False
    )
    delivery_project = forms.BooleanField(
        label="It belongs to a Huawei delivery project", required=False
    )
    pac_issued_on = DayField(
        label="PAC issued on",
        help_text="The Preliminary Acceptance Certificate. Leave empty if it is not issued.",
        required=False,
    )
    on = DayField(label="As of", help_text="Leave empty for today.", required=False)

    SHIPMENT = ("huawei_shipped_on", "distributor_shipped_on", "on", "warranty_months")
    REPORT = ("installation_purchased", "report_signed_on")
    SUPPORT = ("support_start", "support_active")
    FAILURE = (
        "first_boot",
        "powered_on_at",
        "failed_at",
        "time_zone",
        "used_before",
        "delivery_project",
        "pac_issued_on",
    )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields under their headings, in the order of the page."""
        named = [
            ("The unit", self.SHIPMENT),
            ("Installation", self.REPORT),
            ("Support", self.SUPPORT),
            ("If it failed", self.FAILURE),
        ]
        return [(title, [self[name] for name in names]) for title, names in named]

    def question(self) -> WhatIf:
        """Return the clean question."""
        clean = dict(self.cleaned_data)
        zone = ZoneInfo(clean.pop("time_zone") or "America/Chicago")
        clean["new"] = not clean.pop("used_before")
        for name in ("powered_on_at", "failed_at"):
            if clean[name]:
                clean[name] = clean[name].replace(tzinfo=zone)
        return WhatIf(**clean)

    def refuse(self, problems: dict[str, list[str]]) -> None:
        """Put the problems that the rules found beside their fields."""
        for name, sentences in problems.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)
