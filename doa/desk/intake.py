"""Taking an application by telephone: the verdict first, then all of it in one go."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from audit.transitions import IllegalTransition
from doa import workflow
from doa.desk.intake_form import PLACES, IntakeForm
from doa.enums import Intake
from doa.models import Case, CaseLine
from doa.verdicts import Verdict, verdict_on
from partners import clock
from partners.models import User

STEPS = {"draft": 0, "submit": 1, "register": 2}
"""How far each button goes."""
SAID = {
    "draft": "is kept as a draft.",
    "submit": "waits for the call. The caller gets the call sheet by mail.",
    "register": "is registered. The caller gets its number by mail.",
}


@dataclass(slots=True)
class Outlook:
    """What would come of an application: the verdict on each unit, and what is missing."""

    verdicts: list[tuple[CaseLine, Verdict]] = field(default_factory=list)
    is_ready: bool = False


def intake_page(request, context):
    """Ask for everything; show the verdict; keep, hand in or register what was said."""
    form = IntakeForm(request.POST or None)
    outlook = None
    if request.method == "POST" and form.is_valid():
        step = next((name for name in STEPS if name in request.POST), "")
        user, at = request.user, clock.now()
        if not step:
            outlook = look(form, user=user, at=at)
        elif case := enter(form, step, user=user, at=at):
            messages.success(request, f"{case} {SAID[step]}")
            return HttpResponseRedirect(reverse("admin:doa_case_change", args=[case.pk]))
    return TemplateResponse(
        request, "admin/doa/intake.html", {**context, "form": form, "outlook": outlook}
    )


def look(form: IntakeForm, *, user: User, at: datetime) -> Outlook:
    """Carry it out as far as handing in, note what comes of it, and take it all back."""
    outlook = Outlook()
    with transaction.atomic():
        case = _begun(form, user=user, at=at)
        if case is not None:
            lines = CaseLine.unscoped.filter(case=case).for_page().select_related("case")
            outlook.verdicts = [(line, verdict_on(line, at=at)) for line in lines]
            outlook.is_ready = _go(form, case, "submit", user=user, at=at)
        transaction.set_rollback(True)
    return outlook


def enter(form: IntakeForm, step: str, *, user: User, at: datetime) -> Case | None:
    """Keep, hand in or register it, all or nothing; a refusal stands on the form."""
    with transaction.atomic():
        case = _begun(form, user=user, at=at)
        if case is not None and _go(form, case, step, user=user, at=at):
            return case
        transaction.set_rollback(True)
    return None


def _begun(form: IntakeForm, *, user: User, at: datetime) -> Case | None:
    """Begin the draft with its units and answers, or say on the form why not."""
    given = form.cleaned_data
    try:
        case = workflow.start_draft(
            organization=given["organization"],
            serials=given["serials"],
            user=user,
            at=at,
            intake=Intake.PHONE,
            details=form.details,
        )
    except workflow.CaseRefused as refusal:
        form.add_error("serials", str(refusal))
        return None
    for line in case.lines.order_by("pk"):
        workflow.save_answers(line, form.answers, user=user, at=at)
    return Case.unscoped.get(pk=case.pk)


def _go(form: IntakeForm, case: Case, step: str, *, user: User, at: datetime) -> bool:
    """Take the steps up to the one asked for; tell whether all of them worked."""
    given: dict[str, Any] = form.cleaned_data
    try:
        if STEPS[step] >= STEPS["submit"]:
            workflow.submit(case, user=user, at=at)
        if STEPS[step] >= STEPS["register"]:
            if given["called_at"] is None:
                form.add_error("called_at", "Write the time of the call.")
                return False
            number = given["sr_number"]
            workflow.register_call(
                Case.unscoped.get(pk=case.pk),
                sr_number=number,
                called_at=given["called_at"],
                user=user,
                at=at,
            )
    except workflow.NotReady as refusal:
        _name(form, refusal)
        return False
    except (workflow.CaseRefused, IllegalTransition) as refusal:
        place = "sr_number" if isinstance(refusal, workflow.NumberTaken) else None
        form.add_error(place, str(refusal))
        return False
    return True


def _name(form: IntakeForm, refusal: workflow.NotReady) -> None:
    """Put everything that is missing beside its field, each sentence once."""
    seen: set[tuple[str | None, str]] = set()
    for missing in refusal.missing:
        place = PLACES.get(missing.field, missing.field)
        place = place if place in form.fields else None
        if (place, missing.message) not in seen:
            seen.add((place, missing.message))
            form.add_error(place, ValidationError(missing.message))
