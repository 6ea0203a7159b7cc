"""Running a night in tests: on a day, as the clock or as the command would."""

import json
from datetime import date
from io import StringIO

import time_machine
from django.core.management import call_command

from audit import trail
from audit.models import Event
from tests.builders import at_noon
from warranty import nights
from warranty.models import Unit, Warranty


def night(day: date, **how) -> nights.NightResult:
    """Run the night of `day` at noon."""
    how = {"as_of": day, "today": day, "at": at_noon(day), "actor": trail.SYSTEM} | how
    return nights.run_night(**how)


def command(day: date, *arguments: str) -> dict:
    """Run `start_warranties --json` on `day` and return what it printed."""
    printed = StringIO()
    with time_machine.travel(at_noon(day), tick=False):
        call_command("start_warranties", "--json", *arguments, stdout=printed)
    return json.loads(printed.getvalue())


def start_of(unit: Unit) -> tuple[date, str] | None:
    """Return the first covered day of the unit and its rule, None before the start."""
    warranty = Warranty.unscoped.filter(unit=unit).first()
    return (warranty.starts_on, warranty.rule) if warranty else None


def started_events(*units: Unit) -> list[Event]:
    """Return the start events of these units, oldest first."""
    ids = [unit.pk for unit in units]
    return list(
        Event.objects.filter(
            name="warranty.started", record_type="warranty.unit", record_id__in=ids
        ).order_by("pk")
    )
