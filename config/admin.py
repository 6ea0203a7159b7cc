"""The desk of Huawei's staff: who gets in, and what every page of it says."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.views.entrance import SignOut
from config.queues import queues
from notifications import delivery
from partners import clock
from portal import needs


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
        return super().index(request, {"queues": queues(at=clock.now()), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Say on every page of the desk that no mail leaves, while none does."""
        held = delivery.why_held() if self.has_permission(request) else ""
        return {**super().each_context(request), "mail_held": held}


@needs.kind
def desk_work(asker: needs.Asker) -> Iterator[needs.Need]:
    """Tell Huawei's staff on their home page what waits at the desk."""
    if not asker.organization.is_huawei or not asker.user.is_staff:
        return
    for queue in queues(at=clock.now()):
        if queue["waits"]:
            yield needs.Need(
                tone="warn",
                icon="pause",
                title=f"{queue['label']}: {queue['count']}",
                text="Waits for staff at the desk.",
                button="Open the list",
                url=queue["url"],
            )
