"""Parcels at the desk: several replacements sent at once, and a unit received by one scan."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from audit.transitions import IllegalTransition
from catalog.forms import LineField
from catalog.policy import normalise_serial
from doa.desk.line_acts import received_in_words
from doa.desk.line_forms import SCANNED, ReceiveForm, ShipForm
from doa.enums import ReplacementTrack
from doa.models import CaseLine
from doa.workflow import returning, shipping
from doa.workflow.offers import line_edges_for
from doa.workflow.refusals import CaseRefused
from partners import clock
from partners.models import User

ON_A_PAGE = 25
"""How many replacements the page for several takes at once."""


def ship_page(request, context):
    """Show what is to be sent, one row each; send the rows that are filled in."""
    data = [request.POST] if request.method == "POST" else []
    to_ship = CaseLine.unscoped.to_ship().for_page().select_related("case__organization")
    total = to_ship.count()
    rows = [_row(line, request.user, data) for line in to_ship[:ON_A_PAGE]]
    filled = [(line, form) for line, form in rows if data and _is_filled(form)]
    if filled:
        sent = [_sent(line, form, request.user, clock.now()) for line, form in filled]
        if any(sent):
            messages.success(request, f"{sum(sent)} of {len(filled)} are shipped.")
        if all(sent):
            return HttpResponseRedirect(reverse("admin:doa_caseline_ship-many"))
        rows = [(line, form) for line, form in rows if not _is_gone(line)]
    elif data:
        messages.warning(request, "Fill in at least one row.")
    context |= {
        "rows": [(line, form, form in [f for _, f in filled]) for line, form in rows],
        "more": max(0, total - ON_A_PAGE),
    }
    return TemplateResponse(request, "admin/doa/ship_many.html", context)


def _row(line: CaseLine, user: User, data: list[Any]) -> tuple[CaseLine, ShipForm]:
    how = {"prefix": f"line{line.pk}", "empty_permitted": True, "use_required_attribute": False}
    return line, ShipForm(*data, line=line, user=user, **how)


def _is_filled(form: ShipForm) -> bool:
    """Tell whether somebody wrote a serial number or a tracking number into a row."""
    names = ("serial", "tracking")
    return any(form.data.get(form.add_prefix(name), "").strip() for name in names)


def _sent(line: CaseLine, form: ShipForm, user: User, at: datetime) -> bool:
    """Order what is not ordered and ship it, or say on the row why not."""
    form.empty_permitted = False
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            if line.replacement_track == ReplacementTrack.NONE:
                shipping.order(line, user=user, at=at)
            shipping.ship(CaseLine.unscoped.get(pk=line.pk), user=user, at=at, **form.cleaned_data)
    except (CaseRefused, IllegalTransition) as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _is_gone(line: CaseLine) -> bool:
    return not CaseLine.unscoped.to_ship().filter(pk=line.pk).exists()


class ScanForm(forms.Form):
    """One field for whatever is on the unit or on its slip."""

    code = LineField(
        label="Serial number or return slip",
        max_length=200,
        widget=forms.TextInput(attrs={**SCANNED, "autofocus": True}),
        help_text="Scan the label of the unit, the code on the return slip, or type a reference.",
    )


def receive_page(request, context):
    """Find the line of a scan; then take in the unit that belongs to it."""
    form = ScanForm(request.GET if "code" in request.GET else None)
    found: list[CaseLine] = []
    if form.is_bound and form.is_valid():
        found = [line for line in lines_of_scan(form.cleaned_data["code"]) if _waits(line, request)]
        if not found:
            form.add_error("code", "No unit on its way back fits. Compare it with the label.")
    chosen = next((line for line in found if str(line.pk) == request.GET.get("line")), None)
    line = chosen or (found[0] if len(found) == 1 else None)
    receive = None
    if line is not None:
        data = [request.POST] if request.method == "POST" else []
        scanned = normalise_serial(form.cleaned_data["code"])
        initial = {"serial": scanned if scanned == line.unit.serial else ""}
        receive = ReceiveForm(*data, line=line, user=request.user, initial=initial)
        if data and receive.is_valid() and _received(request, line, receive):
            return HttpResponseRedirect(reverse("admin:doa_caseline_receive-any"))
    context |= {"form": form, "found": found, "line": line, "receive": receive}
    return TemplateResponse(request, "admin/doa/receive.html", context)


def lines_of_scan(code: str) -> list[CaseLine]:
    """Return the lines that a scanned text names: by unit, by case, or by the address on a slip."""
    serial = normalise_serial(code)
    parts = [part for part in code.replace("?", "/").split("/") if part]
    reference = next((part.upper() for part in parts if part.upper().startswith("DOA-")), "")
    lines = CaseLine.unscoped.for_page().select_related("case__organization")
    by_unit = list(lines.filter(unit__serial=serial).order_by("-pk")[:ON_A_PAGE])
    by_case = list(lines.filter(case__reference=reference)) if reference else []
    return by_unit or by_case


def _waits(line: CaseLine, request: Any) -> bool:
    return "receive" in line_edges_for(line, request.user)


def _received(request: Any, line: CaseLine, form: ReceiveForm) -> bool:
    """Take the unit in, or say on the form why not."""
    given = form.cleaned_data
    try:
        is_ours = returning.receive(line, user=request.user, at=clock.now(), **given)
    except (CaseRefused, IllegalTransition) as refusal:
        form.add_error(None, str(refusal))
        return False
    tell = messages.success if is_ours else messages.warning
    tell(request, received_in_words(line, given["serial"], is_ours))
    return True
