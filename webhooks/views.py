"""The webhooks of an organization: its endpoints, what was sent, and sending it again."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from partners import clock
from partners.enums import Permission
from partners.pages import FormPage, OrganizationPage
from webhooks import workflow
from webhooks.forms import EndpointForm, LogForm
from webhooks.models import Delivery, Endpoint
from webhooks.policy import AddressRefused

MANAGES = {"GET": Permission.MANAGE_MEMBERS, "POST": Permission.MANAGE_MEMBERS}
LOGGED = 25


class Endpoints(FormPage):
    """List the endpoints, and add one."""

    permissions = MANAGES
    form_class = EndpointForm
    template_name = "webhooks/endpoints.html"
    refusals = (AddressRefused,)

    def post(self, request, **kwargs):
        """Show the page of the new endpoint at once: its secret is seen there and never again."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            endpoint, secret = workflow.add(
                self.organization,
                form.cleaned_data["url"],
                form.cleaned_data["events"],
                user=request.user,
                at=clock.now(),
            )
        except AddressRefused as why:
            form.add_error("url", str(why))
            return self.show(form, status=400)
        return show_secret(request, endpoint, secret)

    def context(self) -> dict[str, Any]:
        mine = Endpoint.objects.for_organization(self.organization)
        mine = mine.filter(organization=self.organization)
        return {"page": "organization", "endpoints": mine.order_by("url")}


def show_secret(request, endpoint, secret) -> HttpResponse:
    context = {"page": "organization", "endpoint": endpoint, "secret": secret}
    return render(request, "webhooks/secret.html", context)


class EndpointPage(OrganizationPage):
    """Show an endpoint with its log; act on it."""

    permissions = MANAGES

    def endpoint(self, reference) -> Endpoint:
        mine = Endpoint.objects.for_organization(self.organization)
        return get_object_or_404(mine, reference=reference, organization=self.organization)

    def get(self, request, reference):
        endpoint = self.endpoint(reference)
        chosen = LogForm(request.GET)
        found = endpoint.deliveries.filter(**chosen.asked())
        log = Paginator(found.order_by("-queued_at", "-pk"), LOGGED)
        context = {
            "page": "organization",
            "endpoint": endpoint,
            "chosen": chosen,
            "asked": urlencode(chosen.asked()),
            "deliveries": log.get_page(request.GET.get("page")),
        }
        return render(request, "webhooks/endpoint.html", context)

    def post(self, request, reference):
        endpoint = self.endpoint(reference)
        by = {"user": request.user, "at": clock.now()}
        step = request.POST.get("step")
        if step == "rotate":
            return show_secret(request, endpoint, workflow.rotate(endpoint, **by))
        if step == "delete":
            workflow.delete(endpoint, **by)
            messages.success(request, f"{endpoint.url} is deleted.")
            return HttpResponseRedirect(reverse("webhooks"))
        if step == "ping":
            workflow.ping(endpoint, **by)
            messages.success(request, "A test is on its way. The log shows how it went.")
        elif step in ("on", "off"):
            workflow.switch(endpoint, is_on=step == "on", **by)
            messages.success(request, f"The webhook is switched {step}.")
        return HttpResponseRedirect(reverse("webhook", args=[endpoint.reference]))


class Replay(OrganizationPage):
    """Send a delivery again."""

    permissions = {"POST": Permission.MANAGE_MEMBERS}

    def post(self, request, reference):
        mine = Delivery.objects.for_organization(self.organization)
        mine = mine.filter(endpoint__organization=self.organization).select_related("endpoint")
        delivery = get_object_or_404(mine, reference=reference)
        workflow.replay(delivery, user=request.user, at=clock.now())
        messages.success(request, "It is sent again, under the same reference.")
        return HttpResponseRedirect(reverse("webhook", args=[delivery.endpoint.reference]))
