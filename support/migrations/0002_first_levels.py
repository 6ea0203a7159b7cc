"""The service levels that the vendor's policy page names, on sample calendars and targets."""

from datetime import date, time

from django.db import migrations

SAMPLE = "Hours, cut-off and answer time are sample values, not the vendor's."
DEPOT = "US depot (sample)"
ALWAYS = "Around the clock (sample)"
CALENDARS = {
    DEPOT: {
        "time_zone": "America/Chicago",
        "hours": "Mon-Fri 09:00-18:00",
        "holidays_of": "US",
        "cut_off": time(15),
    },
    ALWAYS: {"time_zone": "America/Chicago", "hours": "Mon-Sun 00:00-24:00"},
}
LEVELS = (
    ("hicare", "9x5xNBD-Ship", DEPOT, 4),
    ("hicare", "9x5xNBD", DEPOT, 4),
    ("hicare", "24x7x4H", ALWAYS, 1),
    ("hicare", "9x5x10BD-Ship", DEPOT, 8),
    ("cocare", "9x5xNBD-Ship", DEPOT, 4),
    ("cocare", "9x5x10BD-Ship", DEPOT, 8),
)


def load(apps, schema_editor):
    calendar_model = apps.get_model("support", "Calendar")
    calendars = {
        name: calendar_model.objects.get_or_create(name=name, defaults=fields)[0]
        for name, fields in CALENDARS.items()
    }
    for family, code, calendar, hours in LEVELS:
        apps.get_model("support", "ServiceLevel").objects.get_or_create(
            family=family,
            code=code,
            valid_from=date(2000, 1, 1),
            defaults={
                "calendar": calendars[calendar],
                "response_hours": hours,
                "sample_values": SAMPLE,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("support", "0001_levels_and_calendars")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
