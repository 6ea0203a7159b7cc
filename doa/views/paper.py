"""What goes with the faulty unit: the return slip, printed on one page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.drawing import qr_path
from doa.enums import Remedy, ReturnTrack
from doa.models import CaseLine
from doa.views.base import OneCase
from partners.enums import Permission

CATEGORIES = {
    Remedy.DOA_REPLACEMENT: "Dead on arrival",
    Remedy.WARRANTY_EXCHANGE: "Warranty exchange",
    Remedy.SUPPORT_REPLACEMENT: "Support replacement",
}
NO_LONGER = (ReturnTrack.RECEIVED, ReturnTrack.INSPECTED, ReturnTrack.WAIVED)
"""On these there is nothing to send back any more."""


class ReturnSlip(OneCase):
    """One page to put with one unit: where to, which case, the fault tag, a code to scan."""

    permissions = {"GET": Permission.VIEW_CASES}

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        case = self.case
        due = [x for x in self.lines if x.is_granted and x.return_track not in NO_LONGER]
        named = self.line_named(request.GET.get("line"), due)
        line = named or (due[0] if due else None)
        if line is None:
            return render(request, "doa/no_slip.html", {"page": "cases", "case": case})
        address = settings.BASE_URL + reverse("case", args=[case.reference])
        context = {
            "page": "cases",
            "case": case,
            "line": line,
            "others": [other for other in due if other.pk != line.pk],
            "qr": qr_path(address),
            "address": address,
            "return_address": settings.RETURN_ADDRESS.split(";"),
            "tag": list(_tag(line)),
        }
        return render(request, "doa/return_slip.html", context)


def _tag(line: CaseLine) -> Any:
    """Yield the fields of the fault tag, each with its name."""
    remedy = Remedy(line.remedy)
    yield "RMA or SR", line.case.sr_number or line.case.reference
    yield "BOM code", line.unit.part_number.number
    yield "Serial number", line.unit.serial
    yield "Model", line.unit.product.model
    yield "Description", f"{line.get_symptom_display()}. {line.description}"
    yield "Fault date", line.failed
    yield "Category", f"{CATEGORIES[remedy]}{f', {line.rule}' if line.rule else ''}"
