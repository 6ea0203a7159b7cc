"""Choosing which mail comes, with an account or by a signed link."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from notifications import following, kinds, links, workflow
from notifications.forms import PreferencesForm
from notifications.links import Subscription
from notifications.models import Preference
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage


class Preferences(FormPage):
    """All kinds of mail: a choice for those that can wait, a reason for the others."""

    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.VIEW_UNITS}
    template_name = "notifications/preferences.html"

    def form(self, *data: Any) -> PreferencesForm:
        return PreferencesForm(
            *data[:1], address=self.request.user.email, organization=self.organization
        )

    def perform(self, form: PreferencesForm) -> str:
        workflow.choose(self.request.user, form.choices(), form.hours(), at=clock.now())
        messages.success(self.request, "Your choices are kept. They hold from the next mail on.")
        return reverse("preferences")

    def context(self) -> dict[str, Any]:
        return {"page": "preferences"}


@method_decorator([login_not_required, csrf_exempt], name="dispatch")
class Unsubscribe(View):
    """Stop one kind of mail for one address: at once on POST, asked first on GET (RFC 8058).

    Mail programs post here without a session or a form of ours; the signature says
    that the link came from a mail to this very address.
    """

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        subscription = links.read(token)
        if subscription is None:
            return render(request, "notifications/unknown_link.html", status=404)
        return super().dispatch(request, subscription=subscription, **kwargs)

    def get(self, request: HttpRequest, subscription: Subscription) -> HttpResponse:
        return self._show(request, subscription)

    def post(self, request: HttpRequest, subscription: Subscription) -> HttpResponse:
        act = workflow.resume if "undo" in request.POST else workflow.stop
        act(subscription, at=clock.now())
        return self._show(request, subscription)

    def _show(self, request: HttpRequest, subscription: Subscription) -> HttpResponse:
        address, kind = subscription
        chosen = Preference.objects.filter(address=address, is_on=False)
        stopped = set(chosen.values_list("kind", flat=True))
        context = {
            "address": address,
            "kind": kind,
            "is_stopped": kind.name in stopped,
            "others": [k for k in kinds.every() if k != kind and k.name not in stopped],
        }
        return render(request, "notifications/unsubscribe.html", context)


@method_decorator(login_not_required, name="dispatch")
class Mute(View):
    """Mute the news of one record for one address, asked first; the link came in a mail."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        found = links.read_mute(token)
        if found is None:
            return render(request, "notifications/unknown_link.html", status=404)
        self.address, self.record = found
        return super().dispatch(request, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "address": self.address,
            "record": self.record.partition(":")[2],
            "is_muted": following.is_muted(self.record, self.address),
        }
        return render(request, "notifications/mute.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        act = following.unmute if "undo" in request.POST else following.mute
        act(self.record, self.address, at=clock.now())
        return self.get(request)
