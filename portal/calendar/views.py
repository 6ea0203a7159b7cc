"""Day 90 of the shipments ahead: the page, the file, and the address for calendar programs."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import View

from catalog.policy import InvalidSerial, valid_serial
from partners import clock
from partners.enums import Permission
from partners.models import Membership, Organization
from partners.pages import OrganizationPage
from portal.calendar.events import day_90_calendar, unit_calendar
from portal.calendar.workflow import member_of, renew_address, switch_off_address, token_of
from portal.day90 import DAYS_AHEAD, approaches, shipments_ahead
from portal.models import CalendarAddress
from warranty.models import Unit

CHOICES = (14, 30, 60, DAYS_AHEAD)
"""How many days ahead a person may look."""
PER_PAGE = 40
MOST_EVENTS = 2000
"""How many shipments a calendar holds at most, the nearest first."""


class DayNinety(OrganizationPage):
    """The shipments that reach day 90, day by day."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        today, days = clock.business_today(), _days(request)
        rows = shipments_ahead(self.organization, today=today, days=days)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": "day-90",
            "pages": page,
            "approaches": approaches(page.object_list, self.organization, today=today),
            "days": days,
            "choices": CHOICES,
            "today": today,
            "address": _address(_membership(request, self.organization)),
        }
        return render(request, "portal/day_90.html", context)


def _days(request: HttpRequest) -> int:
    """Return how far ahead is asked; what is no choice means all of it."""
    return next((n for n in CHOICES if str(n) == request.GET.get("days")), DAYS_AHEAD)


def _membership(request: HttpRequest, organization: Organization) -> Membership:
    return next(
        m for m in request.user.joined_memberships() if m.organization_id == organization.pk
    )


def _address(membership: Membership) -> str:
    """Return the address of a member's calendar; empty while there is none."""
    found = CalendarAddress.objects.filter(membership=membership).first()
    if found is None:
        return ""
    return settings.BASE_URL + reverse("day-90-feed", args=[token_of(found)])


class DayNinetyAddress(OrganizationPage):
    """Make the secret address of a person's calendar, make it anew, or switch it off."""

    permissions = {"POST": Permission.VIEW_UNITS}

    def post(self, request: HttpRequest) -> HttpResponse:
        membership = _membership(request, self.organization)
        if request.POST.get("do") == "switch-off":
            switch_off_address(membership, at=clock.now())
        else:
            renew_address(membership, at=clock.now())
        return HttpResponseRedirect(reverse("day-90") + "#calendar")


class DayNinetyFile(OrganizationPage):
    """The calendar of the next 90 days as a file, for whoever is signed in."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        return _calendar_of(self.organization, clock.business_today())


@method_decorator(login_not_required, name="dispatch")
class DayNinetyFeed(View):
    """The same for a calendar program, which cannot sign in: its address is its key."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        membership = member_of(token)
        if membership is None:
            raise Http404
        return _calendar_of(membership.organization, clock.business_today())


def _calendar_of(organization: Organization, today: date) -> HttpResponse:
    rows = shipments_ahead(organization, today=today, days=DAYS_AHEAD)[:MOST_EVENTS]
    name = f"Day 90, {organization}"
    found = approaches(rows, organization, today=today)
    return _file(day_90_calendar(found, organization=organization, name=name), "day-90.ics")


class UnitDates(OrganizationPage):
    """The start and the end of one unit's warranty, for a calendar."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, serial: str) -> HttpResponse:
        unit = self._unit(serial, request.GET)
        calendar = unit_calendar(unit, on=clock.business_today())
        return _file(calendar, f"warranty-{unit.serial}.ics")

    def _unit(self, serial: str, asked: Any) -> Unit:
        """Return the unit; of several part numbers the one asked for, else the first."""
        try:
            known = valid_serial(serial)
        except InvalidSerial as refusal:
            raise Http404 from refusal
        units = Unit.objects.for_organization(self.organization).with_serial(known)
        if "part_number" in asked:
            units = units.filter(part_number__number=asked["part_number"].replace("\0", "")[:40])
        unit: Unit | None = units.for_answer().with_first_signature().first()
        if unit is None:
            raise Http404
        return unit


def _file(calendar: bytes, name: str) -> HttpResponse:
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response
