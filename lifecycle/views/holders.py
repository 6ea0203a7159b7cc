"""What holders do with an announcement: take the table, say that it was read, subscribe."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from jobs.exports import write_csv
from lifecycle import facts, workflow
from lifecycle.models import Holding
from lifecycle.views.public import published
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage


def as_table(name: str, header: list[str], rows: Any) -> HttpResponse:
    """Return rows as a table to open in a spreadsheet."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    write_csv(response, header, rows)  # type: ignore[arg-type]
    return response


class UnitsTable(OrganizationPage):
    """Every affected unit that your organization holds."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        announcement = published(slug)
        rows = facts.unit_lines(announcement, self.organization)
        return as_table(f"{announcement.slug}-units", facts.UNITS_HEADER, rows)


class Acknowledge(OrganizationPage):
    """Say that your organization has read what concerns it."""

    permissions = {"POST": Permission.VIEW_UNITS}

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        announcement = published(slug)
        holdings = Holding.objects.for_organization(self.organization)
        mine = holdings.filter(announcement=announcement, organization=self.organization)
        holding = mine.select_related("announcement", "organization").first()
        if holding is None:
            raise Http404
        workflow.acknowledge(holding, user=request.user, at=clock.now())
        return HttpResponseRedirect(f"{reverse('announcement', args=[slug])}#units")


class Subscribe(OrganizationPage):
    """Read of every announcement once a week, or stop that."""

    permissions = {"POST": Permission.VIEW_UNITS}

    def post(self, request: HttpRequest) -> HttpResponse:
        how = {"user": request.user, "organization": self.organization, "at": clock.now()}
        if request.POST.get("on") == "yes":
            workflow.subscribe(**how)
        else:
            workflow.unsubscribe(**how)
        return HttpResponseRedirect(reverse("announcements"))
