"""The desk of Huawei's staff: who gets in, and what its first page counts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.timesince import timesince
from django.views.decorators.cache import never_cache

from accounts.views.entrance import SignOut
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from notifications import delivery
from notifications.enums import MessageStatus
from notifications.models import Message
from partners import clock
from portal import needs
from warranty.enums import ReportStatus
from warranty.models import InstallationReport

RECENT = timedelta(days=7)
"""For how long a refused import stays on the first page."""
LATE = timedelta(minutes=15)
"""How long mail may be due before that is worth a look."""


class Desk(admin.AdminSite):
    """Open to Huawei staff only. There is one way to sign in, the portal's own."""

    site_title = site_header = "Ninety desk"
    index_title = "Waiting for you"
    site_url = "/home/"
    enable_nav_sidebar = True

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send a stranger to the sign-in page; refuse whoever is not staff."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied("The desk is for Huawei staff.")
        home = reverse("admin:index", current_app=self.name)
        return redirect_to_login(request.GET.get("next", home))

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign out as everywhere: there is one way out, too."""
        return SignOut.as_view()(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send whoever wants another password to their account."""
        return HttpResponseRedirect(reverse("password-change"))

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account"))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().index(request, {"queues": queues(), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Say on every page of the desk that no mail leaves, while none does."""
        held = delivery.why_held() if self.has_permission(request) else ""
        return {**super().each_context(request), "mail_held": held}


@needs.kind
def desk_work(asker: needs.Asker) -> Iterator[needs.Need]:
    """Tell Huawei's staff on their home page what waits at the desk."""
    if not asker.organization.is_huawei or not asker.user.is_staff:
        return
    for queue in queues():
        if queue["waits"]:
            yield needs.Need(
                tone="warn",
                icon="pause",
                title=f"{queue['label']}: {queue['count']:,}",
                text="Waits for staff at the desk.",
                button="Open the list",
                url=queue["url"],
            )


def queues() -> list[dict[str, Any]]:
    """Return what waits for staff: a label, a count, and the list behind it."""
    at = clock.now()
    reports = InstallationReport.unscoped.filter(status=ReportStatus.SUBMITTED)
    refused = Job.unscoped.filter(
        status__in=[JobStatus.REFUSED, JobStatus.FAILED], started_at__gte=at - RECENT
    )
    unsent = Message.unscoped.filter(status=MessageStatus.FAILED)
    return [
        _queue(
            "Reports to accept",
            reports.count(),
            "warranty_installationreport",
            "status__exact=submitted",
            needs_work=True,
        ),
        _queue(
            "Imports refused, 7 days",
            refused.count(),
            "jobs_job",
            "status__exact=refused",
            needs_work=True,
        ),
        _queue(
            "Mail that failed",
            unsent.count(),
            "notifications_message",
            "status__exact=failed",
            needs_work=True,
        ),
        _oldest_mail(at),
        _queue(
            "Warranties started today",
            _started_today(at),
            "jobs_job",
            f"kind__exact={JobKind.START_WARRANTIES}",
            needs_work=False,
        ),
    ]


def _queue(label: str, count: int, model: str, query: str, *, needs_work: bool) -> dict[str, Any]:
    url = f"{reverse(f'admin:{model}_changelist')}?{query}"
    return {"label": label, "count": count, "url": url, "waits": needs_work and count > 0}


def _oldest_mail(at: datetime) -> dict[str, Any]:
    """Say for how long the mail waits that should have gone first."""
    since = Message.unscoped.longest_due(at)
    waited = timesince(since, at) if since else "none"
    late = since is not None and at - since > LATE
    tile = _queue(
        "Oldest unsent mail", 0, "notifications_message", "status__exact=queued", needs_work=False
    )
    return tile | {"count": waited, "waits": late}


def _started_today(at: Any) -> int:
    """Add up what today's runs of the night job say that they started."""
    today = clock.business_day(at)
    runs = Job.unscoped.filter(
        kind=JobKind.START_WARRANTIES, started_at__gte=at - timedelta(days=2)
    )
    return sum(
        run.counts.get("started", 0) for run in runs if clock.business_day(run.started_at) == today
    )
