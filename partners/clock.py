"""The one clock. Views, tasks, API and commands read it; nothing else does."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return this instant, aware, in UTC."""
    return timezone.now()


def business_day(at: datetime) -> date:
    """Return the calendar day of `at` in the business zone (policy section 0)."""
    return at.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()


def business_today() -> date:
    """Return today's date in the business zone, never the UTC date."""
    return business_day(now())


def end_of(day: date) -> datetime:
    """Return the first instant after a day of the business zone, that is of the next day."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def on_the_wall(at: datetime) -> datetime:
    """Return an instant as the clock shows it where the reader is, with its zone."""
    return timezone.localtime(at)
