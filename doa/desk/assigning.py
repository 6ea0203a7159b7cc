"""Giving several cases to a colleague: a page that shows them and asks to confirm."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from audit.transitions import IllegalTransition
from doa.desk.case_forms import AssignForm
from doa.models import Case
from doa.workflow import calls
from doa.workflow.offers import edges_for
from doa.workflow.refusals import CaseRefused
from partners import clock

MOST = 100
"""How many cases are given away at once."""


def assign_page(request, context):
    """Show the chosen cases and ask to whom they go; then give those that can be given."""
    at = clock.now()
    chosen = _chosen(request.POST.get("cases") or request.GET.get("cases", ""))
    ready = [case for case in chosen if "assign" in edges_for(case, request.user, at=at)]
    data = [request.POST] if request.method == "POST" else []
    form = AssignForm(*data, case=None, user=request.user)
    if data and ready and form.is_valid():
        try:
            count = calls.assign_all(ready, form.cleaned_data["assignee"], user=request.user, at=at)
        except (CaseRefused, IllegalTransition) as refusal:
            form.add_error(None, str(refusal))
        else:
            said = "1 case is" if count == 1 else f"{count} cases are"
            messages.success(request, f"{said} assigned to {form.cleaned_data['assignee']}.")
            return HttpResponseRedirect(reverse("admin:doa_case_changelist"))
    left = [case for case in chosen if case not in ready]
    context |= {
        "form": form,
        "ready": ready,
        "left": left,
        "cases": ",".join(str(case.pk) for case in ready),
    }
    return TemplateResponse(request, "admin/doa/assign.html", context)


def _chosen(text):
    """Return the cases of a list of keys, with what their steps read."""
    keys = [int(key) for key in text.split(",")[:MOST] if key.isdecimal() and len(key) < 19]
    cases = Case.unscoped.filter(pk__in=keys).select_related("organization", "assignee")
    return list(cases.prefetch_related("lines", "proposals").order_by("pk"))
