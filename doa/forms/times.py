"""When a unit got power and when it failed: instants with their zone, or days alone."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from catalog.forms import DayField
from catalog.policy import day_text
from doa.enums import FailureKind
from doa.forms.application import LineForm
from doa.forms.fields import HourField, ZoneField, instant
from doa.models import CaseLine

ASKED = {
    FailureKind.FIRST_BOOT: ("powered",),
    FailureKind.LATER: ("powered", "failed"),
    FailureKind.NEVER_ON: ("failed",),
}
"""Which moments each kind of failure asks for."""


class TimesForm(LineForm):
    """When it failed. A time that nobody knows is left empty: then the day counts."""

    failure_kind = forms.ChoiceField(
        label="When did it fail?",
        choices=FailureKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when it failed."},
    )
    powered_day = DayField(label="First power-on, date", required=False)
    powered_time = HourField(label="First power-on, time", required=False)
    failed_day = DayField(label="Failure, date", required=False)
    failed_time = HourField(label="Failure, time", required=False)
    time_zone = ZoneField(label="Times are in", required=False)
    field_order = [
        *("failure_kind", "powered_day", "powered_time", "failed_day", "failed_time"),
        *("time_zone", "for_line"),
    ]

    def __init__(self, *data: Any, at: datetime, zone: str, **kwargs: Any) -> None:
        self.at, self.zone = at, zone
        super().__init__(*data, **kwargs)
        self.fields["time_zone"].offer(zone, *(line.time_zone for line in self.lines))

    def answers(self, line: CaseLine) -> dict[str, Any]:
        powered_day, powered_time = _parts(line.powered_on)
        failed_day, failed_time = _parts(line.failed)
        return {
            "failure_kind": line.failure_kind,
            "powered_day": powered_day,
            "powered_time": powered_time,
            "failed_day": failed_day,
            "failed_time": failed_time,
            "time_zone": line.time_zone or self.zone,
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind = values.get("failure_kind")
        if not kind:
            return values
        values["time_zone"] = values.get("time_zone") or self.zone
        asked = ASKED[FailureKind(kind)]
        for name in ("powered", "failed"):
            values[name] = self._moment(name, values) if name in asked else None
        if kind == FailureKind.LATER:
            self._compare(values)
        if not self.errors:
            self._check_days(values)
        return values

    def _moment(self, name: str, values: dict[str, Any]) -> datetime | date | None:
        """Return a moment that is asked for, as exactly as it is known."""
        day, hour = values.get(f"{name}_day"), values.get(f"{name}_time")
        if f"{name}_day" in self.errors or f"{name}_time" in self.errors:
            return None
        if day is None:
            what = "it got power for the first time" if name == "powered" else "it failed"
            self.add_error(f"{name}_day", f"Enter the date on which {what}.")
            return None
        if hour is None:
            return self._not_later(name, day)
        try:
            return self._not_later(name, instant(datetime.combine(day, hour), values["time_zone"]))
        except forms.ValidationError as refusal:
            self.add_error(f"{name}_time", refusal)
            return None

    def _not_later(self, name: str, moment: datetime | date) -> datetime | date | None:
        """Refuse a moment that is still to come, on the clock of its own zone."""
        if isinstance(moment, datetime):
            is_ahead = moment > self.at
        else:
            zone = self.cleaned_data.get("time_zone") or self.zone
            is_ahead = moment > self.at.astimezone(ZoneInfo(zone)).date()
        if not is_ahead:
            return moment
        is_today = isinstance(moment, datetime) and moment.date() == self._today(moment)
        self.add_error(
            f"{name}_time" if is_today else f"{name}_day",
            "This is still to come. Enter when it happened.",
        )
        return None

    def _today(self, moment: datetime) -> date:
        return self.at.astimezone(moment.tzinfo).date()

    def _compare(self, values: dict[str, Any]) -> None:
        """Refuse a failure before power-on, and one time without the other."""
        powered, failed = values["powered"], values["failed"]
        if powered is None or failed is None:
            return
        if isinstance(powered, datetime) != isinstance(failed, datetime):
            name = "failed_time" if isinstance(powered, datetime) else "powered_time"
            self.add_error(name, "Enter both times, or leave both empty if you know the days only.")
        elif failed < powered:
            self.add_error("failed_day", "It cannot fail before it got power. Correct the times.")

    def _check_days(self, values: dict[str, Any]) -> None:
        """Refuse a day before the unit left Huawei."""
        for name in ("powered", "failed"):
            moment = values.get(name)
            if moment is None:
                continue
            day = moment.date() if isinstance(moment, datetime) else moment
            for line in self.meant:
                shipped_on = line.unit.huawei_shipment.shipped_on
                if day < shipped_on:
                    self.add_error(
                        f"{name}_day",
                        f"{line.unit} left Huawei on {day_text(shipped_on)}. Enter that day or a "
                        "later one.",
                    )
                    return


def _parts(moment: datetime | date | None) -> tuple[date | None, time | None]:
    if isinstance(moment, datetime):
        return moment.date(), moment.time()
    return moment, None
