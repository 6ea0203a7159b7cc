"""What a person chooses about mail: each kind that can wait, and the quiet hours."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from notifications import kinds
from notifications.kinds import BECAUSE, Kind
from notifications.models import MailHours, Preference
from notifications.workflow import Choice, Hours
from partners.models import Organization

ON, WEEKLY, OFF = "on", "weekly", "off"


def _rhythms(kind: Kind) -> list[tuple[str, str]]:
    if kind.is_collected:
        return [(ON, "As it happens"), (WEEKLY, "Weekly, on Monday"), (OFF, "Off")]
    return [(ON, "On"), (OFF, "Off")]


def _zones() -> list[tuple[str, str]]:
    """Return the zones of places; the other names are old ones of the same."""
    names = (name for name in available_timezones() if "/" in name and name[:4] != "Etc/")
    return [(name, name.replace("_", " ")) for name in sorted(names)]


class PreferencesForm(forms.Form):
    """One choice for each starred kind, then the hours in which nothing of it arrives."""

    quiet = forms.BooleanField(required=False, label="Keep these hours quiet")
    begins = forms.TimeField(
        label="From", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label="Until", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    weekends = forms.BooleanField(required=False, label="Keep Saturday and Sunday quiet too")
    time_zone = forms.ChoiceField(required=False, label="Time zone")

    def __init__(self, *data: Any, address: str, organization: Organization) -> None:
        hours = MailHours.objects.filter(address=address).first() or MailHours()
        initial = {
            "quiet": hours.is_on,
            "begins": hours.begins,
            "ends": hours.ends,
            "weekends": hours.weekends,
            "time_zone": hours.time_zone,
        }
        super().__init__(*data, initial=initial)
        self.organization = organization
        own = f"That of {organization.name}: {organization.time_zone.replace('_', ' ')}"
        self.fields["time_zone"].choices = [("", own), *_zones()]
        chosen = {p.kind: p for p in Preference.objects.filter(address=address)}
        for kind in kinds.starred():
            self.fields[kind.name] = forms.ChoiceField(
                label=kind.label, choices=_rhythms(kind), initial=_initial(chosen.get(kind.name))
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("begins") and values["begins"] == values.get("ends"):
            self.add_error(
                "ends", ValidationError("Choose an end that differs from the beginning.")
            )
        return values

    def rows(self) -> list[dict[str, Any]]:
        """Return every kind for the matrix; `field` is None where there is no choice."""
        return [
            {
                "kind": kind,
                "because": kind.why(self.organization).removeprefix(BECAUSE),
                "field": self[kind.name] if kind.is_starred else None,
            }
            for kind in kinds.every()
        ]

    def choices(self) -> list[Choice]:
        values = {kind.name: self.cleaned_data[kind.name] for kind in kinds.starred()}
        return [
            Choice(kind=name, is_on=value != OFF, is_weekly=value == WEEKLY)
            for name, value in values.items()
        ]

    def hours(self) -> Hours:
        values = self.cleaned_data
        return Hours(
            time_zone=values["time_zone"],
            is_on=values["quiet"],
            begins=values["begins"],
            ends=values["ends"],
            weekends=values["weekends"],
        )


def _initial(chosen: Preference | None) -> str:
    if chosen is None or (chosen.is_on and not chosen.is_weekly):
        return ON
    return WEEKLY if chosen.is_on else OFF
