"""Queuing the mail of a case, in the transaction of what happened."""

from datetime import datetime
from typing import Any

from doa.models import Case, CaseLine, CaseMessage, Decision, InfoRequest
from notifications import outbox


def acknowledged(case: Case, *, at: datetime) -> None:
    """Mail 3: the application is here, call the TAC."""
    _applicant("doa/acknowledged", case, at=at)


def registered(case: Case, *, at: datetime) -> None:
    """Mail 4: the call is registered under its number."""
    _applicant("doa/registered", case, at=at)


def asked(case: Case, request: InfoRequest, *, at: datetime) -> None:
    """Mail 5: information needed."""
    _applicant("doa/asked", case, at=at, request=request.pk)


def answered(case: Case, request: InfoRequest, *, at: datetime) -> None:
    """Tell the assignee that the applicant has answered, wholly or in part."""
    _assignee("doa/answered", case, at=at, request=request.pk)


def decided(case: Case, decisions: list[Decision], *, at: datetime) -> None:
    """Mails 7 and 8: what was decided, with reasons, and the next remedy of what is refused."""
    keys = [decision.pk for decision in decisions]
    _applicant("doa/decided", case, at=at, decisions=keys)


def shipped(line: CaseLine, *, at: datetime) -> None:
    """Mail 9: the replacement is on its way, with how to send the faulty unit back."""
    _applicant("doa/shipped", line.case, at=at, line=line.pk)


def received(line: CaseLine, *, at: datetime) -> None:
    """The faulty unit has arrived, whatever the state of its case."""
    _applicant("doa/received", line.case, at=at, line=line.pk)


def waived(line: CaseLine, *, at: datetime) -> None:
    """The faulty unit need not come back."""
    _applicant("doa/waived", line.case, at=at, line=line.pk)


def closed(case: Case, *, at: datetime) -> None:
    """Mail 11: how the case ended."""
    _applicant("doa/closed", case, at=at)


def cancelled(case: Case, *, at: datetime) -> None:
    """Tell both sides that the case goes no further."""
    _applicant("doa/cancelled", case, at=at)
    _assignee("doa/cancelled", case, at=at)


def message(case: Case, written: CaseMessage, *, at: datetime) -> None:
    """Tell the other side what one side wrote."""
    to_other = _applicant if written.from_staff else _assignee
    to_other("doa/message", case, at=at, message=written.pk)


def _applicant(template: str, case: Case, *, at: datetime, **words: Any) -> None:
    to = case.contact_email or (case.applicant.email if case.applicant else "")
    _queue(template, case, to, at=at, **words)


def _assignee(template: str, case: Case, *, at: datetime, **words: Any) -> None:
    if case.assignee is not None:
        _queue(template, case, case.assignee.email, at=at, **words)


def _queue(template: str, case: Case, to: str, *, at: datetime, **words: Any) -> None:
    part = "-".join(str(word) for word in words.values())
    outbox.enqueue(
        template,
        key=f"{template}:{case.pk}:{part}:{at.isoformat()}",
        to=to,
        organization=case.organization,
        context={"case": case.pk, **words},
        at=at,
    )
