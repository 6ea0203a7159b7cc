"""What staff ask a partner who applies by telephone: everything on one page."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from catalog.forms import DayField, LineField
from doa.desk.fields import StaffTime, words_field
from doa.enums import FailureKind, Symptom
from doa.workflow import may_apply
from partners import clock
from partners.models import Organization

CHOOSE = ("", "Choose")
YES_NO = [CHOOSE, ("yes", "Yes"), ("no", "No")]
ZONES = [
    ("America/New_York", "US Eastern"),
    ("America/Chicago", "US Central"),
    ("America/Denver", "US Mountain"),
    ("America/Phoenix", "US Arizona"),
    ("America/Los_Angeles", "US Pacific"),
    ("America/Anchorage", "US Alaska"),
    ("Pacific/Honolulu", "US Hawaii"),
    ("UTC", "UTC"),
]
GROUPS = (
    ("Who calls", ("organization", "contact_name", "contact_phone", "contact_email")),
    ("Units", ("serials",)),
    (
        "Failure",
        ("symptom", "description", "failure_kind", "powered_on_day", "powered_on_time",
         "failed_day", "failed_time", "time_zone", "is_new", "delivery_project", "pac_issued_on"),
    ),
    ("Delivery", ("site", "ship_to", "ship_to_country")),
    ("Call", ("sr_number", "called_at")),
)  # fmt: skip
DETAILS = ("contact_name", "contact_phone", "contact_email", "site", "ship_to", "ship_to_country")
PLACES = {"units": "serials", "powered_on": "powered_on_day", "failed": "failed_day"}
"""Where on the form stands what the workflow calls by another name."""


def clock_field(label: str) -> forms.TimeField:
    """Return a field for a time of day, which may be unknown."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class IntakeForm(forms.Form):
    """A whole application. What is missing is named when it is handed in, all at once."""

    organization = LineField(
        label="Partner", max_length=120, help_text="The code or the whole name."
    )
    contact_name = LineField(label="Name of the caller", max_length=120, required=False)
    contact_phone = LineField(label="Telephone", max_length=40, required=False)
    contact_email = forms.EmailField(label="E-mail", required=False)
    serials = words_field(
        label="Serial numbers", rows=3, max_length=4000, required=False, help_text="One a line."
    )
    symptom = forms.ChoiceField(choices=[CHOOSE, *Symptom.choices], required=False)
    description = words_field(label="Description", max_length=2000, required=False)
    failure_kind = forms.ChoiceField(
        label="When it failed", choices=[CHOOSE, *FailureKind.choices], required=False
    )
    powered_on_day = DayField(label="First power-on, date", required=False)
    powered_on_time = clock_field("First power-on, time")
    failed_day = DayField(label="Failure, date", required=False)
    failed_time = clock_field("Failure, time")
    time_zone = forms.ChoiceField(label="Times are in", choices=ZONES)
    is_new = forms.ChoiceField(label="New equipment", choices=YES_NO, required=False)
    delivery_project = forms.ChoiceField(
        label="Huawei delivery project", choices=YES_NO, required=False
    )
    pac_issued_on = DayField(label="PAC issued on", required=False)
    site = LineField(label="Site", max_length=120, required=False)
    ship_to = words_field(label="Ship the replacement to", max_length=400, required=False)
    ship_to_country = LineField(
        label="Country", max_length=2, required=False, help_text="Two letters, such as US."
    )
    sr_number = LineField(label="SR number", max_length=32, required=False)
    called_at = StaffTime(label="Time of the call", required=False)

    def __init__(self, *data: Any, **how: Any) -> None:
        super().__init__(*data, **how)
        now = clock.now()
        self.fields["called_at"].initial = now.replace(second=0, microsecond=0)
        self.fields["called_at"].help_text = f"On the clock of the TAC ({StaffTime.here(now):%Z})."
        self.fields["time_zone"].initial = settings.BUSINESS_TIME_ZONE

    def groups(self):
        """Yield the fields under the heading of what they are about."""
        for title, names in GROUPS:
            yield title, [self[name] for name in names]

    def clean_organization(self):
        typed = self.cleaned_data["organization"]
        found = (
            Organization.objects.filter(code__iexact=typed).first()
            or Organization.objects.filter(name__iexact=typed).first()
        )
        if found is None:
            raise forms.ValidationError("No partner has this code or name. Compare the spelling.")
        if not may_apply(found):
            raise forms.ValidationError(
                f"A {found.get_kind_display()} does not apply. Choose its distributor."
            )
        return found

    def clean_serials(self):
        lines = (line.strip() for line in self.cleaned_data["serials"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean_ship_to_country(self):
        country = self.cleaned_data["ship_to_country"].upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError("Write two letters, such as US.")
        return country

    def clean(self):
        given = super().clean()
        for name in ("powered_on", "failed"):
            if given.get(f"{name}_time") and not given.get(f"{name}_day"):
                self.add_error(f"{name}_day", "Write the date, too.")
        return given

    @property
    def details(self) -> dict[str, Any]:
        """Return what the draft keeps of the whole case."""
        return {name: self.cleaned_data[name] for name in DETAILS}

    @property
    def answers(self) -> dict[str, Any]:
        """Return what the draft keeps of each unit; a moment is a day where its time is unknown."""
        given = self.cleaned_data
        said = {name: given[name] for name in ("symptom", "description", "failure_kind")}
        said |= {name: given[name] for name in ("time_zone", "pac_issued_on")}
        for name in ("is_new", "delivery_project"):
            said[name] = {"yes": True, "no": False}.get(given[name])
        for name in ("powered_on", "failed"):
            day, hour = given[f"{name}_day"], given[f"{name}_time"]
            said[f"{name}_at"] = _instant(day, hour, given["time_zone"]) if hour else None
            said[f"{name}_on"] = None if hour else day
        return said


def _instant(day: Any, hour: time, zone: str) -> datetime | None:
    return datetime.combine(day, hour, ZoneInfo(zone)) if day else None
