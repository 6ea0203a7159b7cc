"""Announcements for everybody; who is signed in sees its own units beside each."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View

from documents import storage
from lifecycle import facts, plans, workflow
from lifecycle.models import Announcement, Holding, Subscription
from partners import clock
from partners.enums import Permission
from partners.models import Organization

PER_PAGE = 20
GROUPS_PER_PAGE = 50
PRODUCTS_NAMED = 4


def published(slug: str, version: int | None = None) -> Announcement:
    """Return a published version, else the one that holds or was withdrawn. Raises: Http404."""
    found = Announcement.objects.public().with_subject_matter().filter(number=slug.upper())
    if slug != slug.lower():
        raise Http404
    if version is not None:
        found = found.filter(version=version)
    announcement = found.order_by("-version").first()
    if announcement is None:
        raise Http404
    return announcement


@method_decorator(login_not_required, name="dispatch")
class PublicPage(View):
    """A page for everybody, in the business zone."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(settings.BUSINESS_TIME_ZONE):
            return super().dispatch(request, *args, **kwargs)

    @cached_property
    def organization(self) -> Organization | None:
        """Return in whose name somebody reads who may see units, else None."""
        user, organization = self.request.user, self.request.organization
        if user.is_authenticated and organization and user.can(Permission.VIEW_UNITS, organization):
            return organization
        return None

    @property
    def is_subscribed(self) -> bool:
        if self.organization is None:
            return False
        mine = Subscription.objects.for_organization(self.organization)
        return bool(mine.filter(user=self.request.user, organization=self.organization).exists())


class AnnouncementPage(PublicPage):
    """One version: what it says and, for who is signed in, which of its units it concerns."""

    def get(self, request: HttpRequest, slug: str, version: int | None = None) -> HttpResponse:
        announcement, organization = published(slug, version), self.organization
        versions = facts.versions_of(announcement)
        context = {
            "page": "announcements",
            **facts.page_of(announcement, on=clock.business_today()),
            "versions": versions,
            "current": versions[0],
            "organization": organization,
            "may_manage": organization and workflow.may_manage(request.user),
            "is_subscribed": self.is_subscribed,
        }
        if organization and not organization.is_huawei:
            context |= self._mine(announcement, organization)
        return render(request, "lifecycle/announcement.html", context)

    def _mine(self, announcement: Announcement, organization: Organization) -> dict[str, Any]:
        """Say which units of the reader's organization are affected, in groups."""
        found = facts.groups(announcement, organization)
        listed = Paginator(found, GROUPS_PER_PAGE).get_page(self.request.GET.get("page"))
        holdings = Holding.objects.for_organization(organization)
        by_customer = plans.counted(announcement, organization)
        planned = plans.plans_of(announcement.number, organization)
        count = sum(by_customer.values())
        return {
            "planned_units": planned.planned(by_customer),
            "shows_units": True,
            "listed": listed,
            "groups": list(facts.group_rows(announcement, listed.object_list)),
            "affected_units": count,
            "all_units": 0 if count else facts.units_in_all(organization),
            "holding": holdings.filter(announcement=announcement).first(),
        }


class AttachedFile(PublicPage):
    """A file of a published version, as a download that no browser runs."""

    def get(self, request: HttpRequest, slug: str, reference: str) -> FileResponse:
        versions = Announcement.objects.public().filter(number=slug.upper())
        found = versions.filter(attachments__document__reference=reference).first()
        if found is None:
            raise Http404
        row = found.attachments.select_related("document").get(document__reference=reference)
        response = FileResponse(
            storage.path_of(row.document.reference).open("rb"), content_type=row.document.media_type
        )
        response.headers["Content-Disposition"] = content_disposition_header(
            True, row.document.name
        )
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
