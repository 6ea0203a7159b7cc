"""What is promised on top of warranty: calendars, and the service levels that use them."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from support.business_time import ALL_DAY, BusinessCalendar
from support.calendars import holidays_of, parse_exceptions, parse_week
from support.enums import Family
from support.levels import Level, Promise, parse_level, promised

YEARS_AHEAD = 4
"""For how many years holidays are looked up: as far as business time looks ahead."""


class Calendar(models.Model):
    """When a depot or a desk works. Its hours and cut-off are wall-clock times of its zone."""

    name = models.CharField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64)
    hours = models.CharField(
        max_length=200,
        help_text="Such as: Mon-Fri 09:00-18:00; Sat 09:00-12:00. A day not named is closed.",
    )
    holidays_of = models.CharField(
        "holidays of",
        max_length=12,
        blank=True,
        help_text="US, or US-TX for a state. Empty: no holidays.",
    )
    cut_off = models.TimeField(
        null=True, blank=True, help_text="A request after it counts for the next business day."
    )
    exceptions = models.TextField(
        blank=True,
        help_text="A line for each day: 2026-12-24 09:00-13:00 Christmas Eve, or "
        "2026-11-27 closed.",
    )

    class Meta:
        verbose_name = "business calendar"

    def __str__(self) -> str:
        return self.name

    @property
    def is_always_open(self) -> bool:
        return parse_week(self.hours) == (ALL_DAY,) * 7

    def around(self, at: datetime) -> BusinessCalendar:
        """Return the calendar for arithmetic that begins at about `at`."""
        years = tuple(range(at.year - 1, at.year + YEARS_AHEAD))
        return BusinessCalendar(
            zone=ZoneInfo(self.time_zone),
            week=parse_week(self.hours),
            holidays=holidays_of(self.holidays_of, years),
            exceptions=parse_exceptions(self.exceptions),
            cut_off=self.cut_off,
        )


class ServiceLevelQuerySet(models.QuerySet["ServiceLevel"]):
    def offered_on(self, day: date) -> Self:
        """Keep the levels that may be sold on `day`; both ends of their time are included."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def for_list(self) -> Self:
        return self.select_related("calendar").order_by("-family", "code", "valid_from")


class ServiceLevel(models.Model):
    """What a contract promises: a coverage window, an event, and how soon (policy section 3)."""

    family = models.CharField(max_length=6, choices=Family)
    code = models.CharField(max_length=20, help_text="Such as 9x5xNBD-Ship or 24x7x4H.")
    calendar = models.ForeignKey(Calendar, models.PROTECT)
    response_hours = models.PositiveSmallIntegerField(
        help_text="Hours of the calendar within which somebody answers."
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="The last day, included.")
    sample_values = models.CharField(
        max_length=200, blank=True, help_text="Which values are samples, not the vendor's."
    )

    objects = ServiceLevelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "code", "valid_from"], name="support_servicelevel_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="support_servicelevel_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(response_hours__gte=1), name="support_servicelevel_answers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_family_display()} {self.code}"

    @property
    def level(self) -> Level:
        return parse_level(self.code)

    def promise(self, at: datetime) -> Promise:
        """Return by when the event happens for a request made at `at`."""
        return promised(self.level, self.calendar.around(at), requested_at=at)
