"""A stranger tells the distributor of a unit that it is dead, and follows what becomes of it."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from doa.forms.referrals import PublicReferralForm
from doa.links import CONFIRM, FOLLOW, follow_path, referral_of
from doa.models import Referral
from doa.progress import progress_of
from doa.workflow import public_referrals as workflow
from doa.workflow.referrals import AlreadyReferred
from partners import clock
from partners.addresses import client_address
from portal.check.views import PublicPage

REFERRALS_PER_HOUR = 5
"""How many units one address may report."""
REFERRALS_PER_SERIAL = 3
"""How often an hour one serial number may be reported, from anywhere."""
REFERRALS_PER_MAILBOX = 3
"""How many confirmations an hour one mailbox gets, whoever asks for them."""


@method_decorator(csrf_exempt, name="dispatch")
class Refer(PublicPage):
    """It is dead: tell the distributor, whoever that is.

    It answers the same whether the serial number exists or not, and acts for nobody who
    is signed in.
    """

    http_method_names = ["get", "head", "post"]

    def form(self, *data: Any, **options: Any) -> PublicReferralForm:
        return PublicReferralForm(*data, today=clock.business_day(self.at), **options)

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "")[:200] for name in ("sn", "part_number")}
        return self.show("doa/refer.html", form=self.form(initial=asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show("doa/refer.html", form=form, status=400)
        said, contact = form.cleaned_data, form.contact()
        limits = {
            f"check-refer:{client_address(request)}": REFERRALS_PER_HOUR,
            f"check-refer-about:{said['sn']}": REFERRALS_PER_SERIAL,
            f"check-refer-to:{contact.contact_email}"[:160]: REFERRALS_PER_MAILBOX,
        }
        if not all(self.is_within(caller, limit) for caller, limit in limits.items()):
            return self.refused("doa/refer.html", form=form)
        workflow.refer_publicly(
            said["sn"], said["part_number"], told=form.told(), contact=contact, at=self.at
        )
        return HttpResponseRedirect(reverse("check-refer-sent"), status=303)


class ReferSent(PublicPage):
    """Where every such form ends up: the mail is on its way."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("doa/refer_sent.html")


@method_decorator(login_not_required, name="dispatch")
class ByLink(PublicPage):
    """A page that a signed link opens, to whoever holds it; any other link has ended."""

    purpose: str

    def dispatch(self, request: HttpRequest, *args: Any, token: str, **kwargs: Any) -> HttpResponse:
        self.referral = referral_of(token, self.purpose)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def ended(self) -> HttpResponse:
        return self.show("doa/refer_ended.html", status=404)


@method_decorator(csrf_exempt, name="dispatch")
class ConfirmReferral(ByLink):
    """Says that the form was meant, once: a mail program that opens the link changes nothing."""

    purpose = CONFIRM
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if self._waiting() is None:
            return self.ended()
        return self.show("doa/refer_confirm.html", referral=self.referral)

    def post(self, request: HttpRequest) -> HttpResponse:
        if (referral := self._waiting()) is None:
            return self.ended()
        try:
            confirmed = workflow.confirm(referral, at=self.at)
        except workflow.ConfirmationEnded:
            return self.ended()
        except AlreadyReferred as refusal:
            return self.show(
                "doa/refer_confirm.html", referral=referral, refusal=str(refusal), status=409
            )
        return HttpResponseRedirect(follow_path(confirmed), status=303)

    def _waiting(self) -> Referral | None:
        referral = self.referral
        if referral and workflow.waits_for_confirmation(referral, at=self.at):
            return referral
        return None


class FollowReferral(ByLink):
    """How the referral stands: progress in a word, and nothing of who does what."""

    purpose = FOLLOW

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.referral is None:
            return self.ended()
        return self.show(
            "doa/refer_follow.html", referral=self.referral, progress=progress_of(self.referral)
        )
