"""The pages of the public check: no account, no cookie, no script, and few questions an hour."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from partners import clock
from partners.addresses import client_address
from partners.workflow import count_request, window_ends
from portal.check.answers import REFER, UNKNOWN, odd_length, public_answer, units_told
from portal.check.forms import CheckForm, ContactForm
from portal.check.workflow import Question, pass_on_question
from warranty.models import PolicyVersion

HOUR = timedelta(hours=1)
CHECKS_PER_HOUR = 20
"""How many serial numbers one address may ask about."""
MESSAGES_PER_HOUR = 5
"""How many messages one address may send."""
MESSAGES_PER_SERIAL = 3
"""How many messages an hour there may be about one serial number, from anywhere."""


@method_decorator(login_not_required, name="dispatch")
class PublicPage(View):
    """A page for everybody, in the business zone, that no cache and no index keeps."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.at = clock.now()
        with timezone.override(settings.BUSINESS_TIME_ZONE):
            response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        if request.GET:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        version = PolicyVersion.objects.in_force(clock.business_day(self.at))
        context |= {"page": "check", "tac_number": version.tac_number}
        return render(self.request, template, context, status=status)

    def is_within(self, caller: str, limit: int) -> bool:
        return count_request(caller, limit=limit, at=self.at, window=HOUR)

    def refused(self, template: str, **context: Any) -> HttpResponse:
        """Say when to try again; the window of every limit here is the same hour."""
        retry_at: datetime = window_ends(self.at, HOUR)
        response = self.show(template, status=429, retry_at=retry_at, **context)
        response.headers["Retry-After"] = str(ceil((retry_at - self.at).total_seconds()))
        return response


class Check(PublicPage):
    """Is this unit covered? A stock unit answers like a serial number that never was."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if "sn" not in request.GET:
            return self.show("portal/check.html", form=CheckForm())
        form = CheckForm(request.GET)
        if not form.is_valid():
            return self.show("portal/check.html", form=form, status=400)
        if not self.is_within(f"check:{client_address(request)}", CHECKS_PER_HOUR):
            return self.refused("portal/check.html", form=form, limit=CHECKS_PER_HOUR)
        return self._answer(form)

    def _answer(self, form: CheckForm) -> HttpResponse:
        serial, part_number = form.cleaned_data["sn"], form.cleaned_data["part_number"]
        units = units_told(serial, part_number)
        context: dict[str, Any] = {"form": form, "serial": serial, "part_number": part_number}
        if len(units) == 1:
            answer = public_answer(units[0], today=clock.business_day(self.at))
            context |= {"answer": answer, "steps": answer.steps}
        elif units:
            context["is_ambiguous"] = True
        else:
            context |= {
                "is_unknown": True,
                "odd_length": odd_length(serial),
                "steps": [REFER, UNKNOWN],
            }
        return self.show("portal/check.html", **context)


@method_decorator(csrf_exempt, name="dispatch")
class Contact(PublicPage):
    """A message to the distributor of a unit.

    It acts for nobody who is signed in, so there is no session that a foreign site
    could ride on, and no cookie is set to prevent it.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "")[:200] for name in ("sn", "part_number", "about")}
        return self.show("portal/check_contact.html", form=ContactForm(initial=asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ContactForm(request.POST)
        if not form.is_valid():
            return self.show("portal/check_contact.html", form=form, status=400)
        question = _question(form)
        limits = {
            f"check-contact:{client_address(request)}": MESSAGES_PER_HOUR,
            f"check-contact-about:{question.serial}": MESSAGES_PER_SERIAL,
        }
        if not all(self.is_within(caller, limit) for caller, limit in limits.items()):
            return self.refused("portal/check_contact.html", form=form)
        pass_on_question(question, at=self.at)
        return HttpResponseRedirect(reverse("check-contact-sent"), status=303)


def _question(form: ContactForm) -> Question:
    clean = form.cleaned_data
    return Question(
        serial=clean["sn"],
        part_number=clean["part_number"],
        about=form.about_words(),
        name=clean["name"],
        email=clean["email"],
        company=clean["company"],
        message=clean["message"],
    )


class ContactSent(PublicPage):
    """Where every message ends up, whatever became of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("portal/check_sent.html")
