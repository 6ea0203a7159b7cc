"""The public directory: how to reach a distributor, state by state."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View

from partners import clock
from partners.enums import UsState
from partners.models import DistributorEntry
from portal.forms import ZONES
from warranty.models import PolicyVersion

_ZONES = dict(ZONES)


class StateForm(forms.Form):
    """Asks for a state; none means all of them."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All states"), *UsState.choices],
        error_messages={
            "invalid_choice": "There is no such state. Choose one from the list.",
        },
    )

    def chosen(self) -> UsState | None:
        state = self.cleaned_data.get("state")
        return UsState(state) if state else None


@method_decorator(login_not_required, name="dispatch")
class Distributors(View):
    """Whom to call in a state: who staff lists, whatever was shipped to whom."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = StateForm({"state": request.GET.get("state", "").strip().upper()})
        is_known = form.is_valid()
        state = form.chosen()
        listed = list(DistributorEntry.objects.listed())
        context = {
            "page": "distributors",
            "form": form,
            "state": state,
            "has_any": bool(listed),
            "entries": [_shown(each) for each in listed if not state or state in each.serves],
            "tac_number": PolicyVersion.objects.in_force(clock.business_today()).tac_number,
        }
        return render(request, "portal/distributors.html", context, status=200 if is_known else 400)


def _shown(entry: DistributorEntry) -> dict[str, Any]:
    """Return an entry as the page words it: its states by name, its hours with their zone."""
    zone = entry.organization.time_zone
    serves = entry.serves
    return {
        "entry": entry,
        "zone": _ZONES.get(zone, zone),
        "states": [state.label for state in serves],
        "is_everywhere": len(serves) == len(UsState),
    }
