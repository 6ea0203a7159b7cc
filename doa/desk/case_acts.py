"""What staff can do to a case at the desk, one operation a step."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from doa.desk import case_forms, words
from doa.desk.decide_form import DecideForm
from doa.desk.deciding import approve, decide, drop, preview_approval, preview_decision
from doa.enums import ClosingCode, FileKind
from doa.models import Case
from doa.workflow import asking, calls, closing, messages
from doa.workflow.offers import edges_for
from doa.workflow.refusals import CaseRefused
from partners import clock
from partners.desk import Operation
from partners.models import User

Values = dict[str, Any]
END_OF_DAY = time(17, 0)
"""By when on the named day the TAC waits for an answer, on its own clock."""


def offered(name: str) -> Callable[[Case, User], bool]:
    """Tell whether the step of this name is open to somebody."""
    return lambda case, user: name in edges_for(case, user, at=clock.now())


def _register(case: Case, values: Values, user: User, at: datetime) -> str:
    calls.register_call(
        case, sr_number=values["sr_number"], called_at=values["called_at"], user=user, at=at
    )
    return f"The call for {case} is registered. The applicant gets the number by mail."


def _take(case: Case, values: Values, user: User, at: datetime) -> str:
    calls.take(case, user=user, at=at)
    return f"{case} is yours."


def _assign(case: Case, values: Values, user: User, at: datetime) -> str:
    calls.assign(case, values["assignee"], user=user, at=at)
    return f"{case} is assigned to {values['assignee']}."


def _ask(case: Case, values: Values, user: User, at: datetime) -> str:
    files = [asking.Wanted(FileKind(kind).label, FileKind(kind)) for kind in values["files"]]
    others = [asking.Wanted(label) for label in values["others"]]
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    reply_by = datetime.combine(values["reply_by"], END_OF_DAY, zone)
    asking.ask(
        case, items=[*files, *others], text=values["text"], reply_by=reply_by, user=user, at=at
    )
    return f"{case.organization} is asked to reply by {words.when(reply_by)}. The clock is paused."


def _message(case: Case, values: Values, user: User, at: datetime) -> str:
    messages.message(case, text=values["text"], user=user, at=at)
    return f"Your message goes to {case.organization}."


def _note(case: Case, values: Values, user: User, at: datetime) -> str:
    messages.note(case, text=values["text"], user=user, at=at)
    return "Your note is kept. Only staff see it."


def _close(case: Case, values: Values, user: User, at: datetime) -> str:
    closing.close(case, code=ClosingCode(values["code"]), user=user, at=at)
    return f"{case} is closed. The applicant gets a summary."


def _cancel(case: Case, values: Values, user: User, at: datetime) -> str:
    closing.cancel(case, reason=values["reason"], user=user, at=at)
    return f"{case} is cancelled. Both sides are told."


def _reopen(case: Case, values: Values, user: User, at: datetime) -> str:
    closing.reopen(case, reason=values["reason"], user=user, at=at)
    return f"{case} is open again."


def _operation(name: str, label: str, explanation: str, **more: Any) -> Operation:
    return Operation(
        name=name,
        label=label,
        explanation=explanation,
        is_offered=offered(name),
        refusals=(CaseRefused,),
        **more,
    )


CASE_ACTS = (
    _operation(
        "register",
        "Register call",
        "The applicant has called. The response clock starts, and the number goes out by mail.",
        form_class=case_forms.RegisterForm,
        perform=_register,
    ),
    _operation(
        "take",
        "Take",
        "The case becomes yours, and the response clock is met.",
        form_class=case_forms.ConfirmationForm,
        perform=_take,
    ),
    _operation(
        "approve",
        "Approve",
        "You are the second person. The decision becomes final and goes out by mail.",
        form_class=case_forms.ConfirmationForm,
        perform=approve,
        preview=preview_approval,
    ),
    _operation(
        "drop",
        "Drop proposal",
        "Nothing is decided, and the case stays in review.",
        form_class=case_forms.ConfirmationForm,
        perform=drop,
    ),
    _operation(
        "decide",
        "Decide",
        "Each unit gets its remedy and a sentence for the partner. What the rules give is chosen "
        "already; against it takes a reason and a second person.",
        form_class=DecideForm,
        perform=decide,
        preview=preview_decision,
    ),
    _operation(
        "ask",
        "Ask for information",
        "The clock is paused until the partner answers.",
        form_class=case_forms.AskForm,
        perform=_ask,
    ),
    _operation(
        "message",
        "Write a message",
        "The partner reads it in the portal and gets it by mail.",
        form_class=case_forms.MessageForm,
        perform=_message,
    ),
    _operation(
        "note",
        "Write a note",
        "Only staff see this.",
        form_class=case_forms.NoteForm,
        perform=_note,
    ),
    _operation(
        "assign",
        "Assign",
        "A colleague takes the case up where it stands.",
        form_class=case_forms.AssignForm,
        perform=_assign,
    ),
    _operation(
        "close",
        "Close",
        "The case ends, and the applicant gets a summary. It can be opened again for 30 days.",
        form_class=case_forms.CloseForm,
        perform=_close,
    ),
    _operation(
        "cancel",
        "Cancel case",
        "The case goes no further. Both sides are told why.",
        form_class=case_forms.CancelForm,
        perform=_cancel,
    ),
    _operation(
        "reopen",
        "Open again",
        "The case returns to review. The reason is kept.",
        form_class=case_forms.ReasonedForm,
        perform=_reopen,
    ),
)
