"""One installation report of an organization, and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audit.models import Event
from partners import clock
from partners.enums import Permission
from partners.models import Organization
from partners.pages import FormPage, OrganizationPage
from warranty import outlook, workflow
from warranty.effects import grouped
from warranty.enums import ReportStatus
from warranty.forms.reports import WithdrawForm
from warranty.models import InstallationReport

UNITS_PER_PAGE = 100
TONES = {
    ReportStatus.SUBMITTED: "info",
    ReportStatus.ACCEPTED: "ok",
    ReportStatus.SENT_BACK: "warn",
    ReportStatus.WITHDRAWN: "wait",
}
TITLES = {
    "report.submitted": ("info", "file", "Handed in"),
    "report.accepted": ("ok", "check", "Accepted"),
    "report.sent_back": ("warn", "warn", "Sent back"),
    "report.withdrawn": ("wait", "x", "Withdrawn"),
}
"""How each event of a report is shown: colour, icon, words."""


def may_submit(request: HttpRequest, organization: Organization) -> bool:
    """Tell whether this person hands reports in; staff accept those of others."""
    may = request.user.can(Permission.SUBMIT_REPORTS, organization)
    return may and not organization.is_huawei


class OneReport(OrganizationPage):
    """A page about one report of the organization."""

    def report(self) -> InstallationReport:
        reports = InstallationReport.objects.for_organization(self.organization)
        found = reports.select_related("organization", "document")
        report = found.filter(reference=self.kwargs["reference"]).first()
        if report is None:
            raise Http404
        return report


class ReportPage(OneReport):
    """One report: what it says, what it changes, what has become of it."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        report = self.report()
        rows = outlook.effects_of(report, today=clock.business_today())
        may = may_submit(request, self.organization)
        context = {
            "page": "reports",
            "report": report,
            "tone": TONES[ReportStatus(report.status)],
            "stands": report.is_standing,
            "groups": grouped((unit.serial, effect) for unit, effect in rows),
            "listed": Paginator(rows, UNITS_PER_PAGE).get_page(request.GET.get("page")),
            "feed": [_entry(event, self.organization) for event in _events(report)],
            "may_withdraw": workflow.WITHDRAW.allows(report, request.user),
            "may_correct": may and report.status == ReportStatus.SENT_BACK,
            "may_repeat": may and report.status == ReportStatus.WITHDRAWN,
        }
        return render(request, "warranty/report.html", context)


def _events(report: InstallationReport) -> Any:
    return Event.objects.about("warranty.installationreport", report.pk).filter(name__in=TITLES)


def _entry(event: Event, organization: Organization) -> dict[str, Any]:
    """Return an event as the page shows it; who of Huawei decided stays Huawei's."""
    tone, icon, title = TITLES[event.name]
    is_own = organization.is_huawei or event.organization_id in (None, organization.pk)
    reason = event.detail.get("reason", "")
    return {
        "tone": tone,
        "icon": icon,
        "title": title,
        "text": f"Reason: {reason.rstrip('.')}." if reason else "",
        "actor": event.actor_label if is_own else "Huawei",
        "at": event.at,
    }


class WithdrawReport(OneReport, FormPage):
    """Take a report back: shows what that changes, asks why."""

    permissions = {"GET": Permission.SUBMIT_REPORTS, "POST": Permission.SUBMIT_REPORTS}
    form_class = WithdrawForm
    template_name = "warranty/report_withdraw.html"
    refusals = (workflow.ReasonMissing,)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        report = self.report()
        if not workflow.WITHDRAW.is_permitted(report, request.user):
            raise PermissionDenied("Your role does not include this step.")
        status = 200 if report.is_standing else 409
        return self.show(self.form(), status=status)

    def perform(self, form: WithdrawForm) -> str:
        report = self.report()
        changes = workflow.withdraw_report(
            report, user=self.request.user, at=clock.now(), reason=form.cleaned_data["reason"]
        )
        messages.success(self.request, _withdrawn(report, len(changes)))
        return reverse("report", args=[report.reference])

    def context(self) -> dict[str, Any]:
        report = self.report()
        rows = outlook.effects_of(report, today=clock.business_today(), as_decided=False)
        is_accepted = report.status == ReportStatus.ACCEPTED
        groups = grouped((unit.serial, effect) for unit, effect in rows) if is_accepted else []
        return {"page": "reports", "report": report, "groups": groups}


def _withdrawn(report: InstallationReport, count: int) -> str:
    return f"Report {report} is withdrawn. {dates_changed(count)}."


def dates_changed(count: int) -> str:
    """Say how many dates a step has changed."""
    if count == 0:
        return "No date has changed"
    return "1 date has changed" if count == 1 else f"{count:,} dates have changed"
