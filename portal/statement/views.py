"""The statement of a unit, for who sees the unit; and its check, for whoever holds the paper."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.drawing import qr_path
from partners import clock
from partners.addresses import client_address
from portal.check.views import CHECKS_PER_HOUR, PublicPage
from portal.lifecycle_facts import LIFE_CYCLE_POLICY
from portal.statement.codes import code_of, read_code
from portal.statement.facts import stated_of, verify
from portal.views import UnitPage
from warranty.models import Unit

MOST_WHYS = 7
"""Reasons that fit on one page; the first ones decide."""


class Statement(UnitPage):
    """One page to print: what covers the unit as of a day, why, and how to check the paper."""

    def _page(self, request: HttpRequest, unit: Unit) -> HttpResponse:
        answer, _, problem = self._answer(request, unit)
        made_on = clock.business_today()
        stated = stated_of(unit, answer.cover, answer.support, on=answer.on, made_on=made_on)
        whys = [why for why in answer.whys if why.reason.cite != LIFE_CYCLE_POLICY]
        address = settings.BASE_URL + reverse("statement-verify", args=[code_of(stated)])
        context = {
            "page": "units",
            "answer": answer,
            "problem": problem,
            "made_on": made_on,
            "whys": whys[:MOST_WHYS],
            "more_whys": len(whys) > MOST_WHYS,
            "address": address,
            "qr": qr_path(address),
        }
        return render(request, "portal/statement.html", context)


class Verify(PublicPage):
    """Tell whether a statement is ours and holds today, and nothing of who holds the unit."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if not self.is_within(f"verify:{client_address(request)}", CHECKS_PER_HOUR):
            return self.refused("portal/verify.html", limit=CHECKS_PER_HOUR)
        stated = read_code(code)
        if stated is None:
            return self.show("portal/verify.html", status=404)
        verified = verify(stated, today=clock.business_day(self.at))
        response = self.show("portal/verify.html", verified=verified)
        response.headers["X-Robots-Tag"] = "noindex"
        return response
