"""Builders of cases: each drives the real workflow to where a test begins."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Event
from doa import workflow
from doa.enums import CaseStatus, FailureKind, FileKind, Finding, Remedy, Symptom
from doa.models import (
    Case,
    CaseCounter,
    CaseFile,
    CaseLine,
    CaseMessage,
    CasePause,
    Decision,
    InfoItem,
    InfoRequest,
    Proposal,
)
from doa.verdicts import verdict_on
from doa.workflow import Ruling, Wanted
from documents.models import Document
from notifications.models import Message
from partners import clock
from partners.models import Organization, User
from support.models import ServiceLevel
from tests import builders as make
from warranty.models import Unit, UnitReplacement

ARRIVED_AT = datetime(2026, 2, 2, 15, 0, tzinfo=UTC)
"""Monday 2 February 2026, 09:00 in Chicago: the unit is powered on. Shipped on 10 January."""
SUBMITTED_AT = ARRIVED_AT + timedelta(days=1)
"""When the case is handed in; each step after it comes an hour later."""
HOUR = timedelta(hours=1)

FIRST_BOOT = {
    "symptom": Symptom.NO_BOOT,
    "description": "The console stops after the memory test.",
    "failure_kind": FailureKind.FIRST_BOOT,
    "powered_on_at": ARRIVED_AT,
    "failed_at": ARRIVED_AT,
    "time_zone": "America/Chicago",
    "is_new": True,
    "delivery_project": False,
}
"""Answers about a unit that failed at first boot (D1)."""
CASES = (
    *("case", "case-call", "case-return-slip", "case-follow", "case-reply", "case-message"),
    *("case-cancel", "case-delivered", "case-send-back"),
)
"""The pages of a case that is handed in."""
DRAFTS = (
    *("case-units", "case-symptom", "case-times", "case-equipment", "case-project"),
    *("case-evidence", "case-delivery", "case-check", "case-discard"),
)
"""The questions of an application."""
DETAILS = {
    "contact_name": "Ana Ruiz",
    "contact_email": "ana@applicant.test",
    "contact_phone": "+1 214 555 0100",
    "site": "Dallas DC 2",
    "ship_to": "1 Main Street\nDallas TX 75201",
    "ship_to_country": "US",
}

_numbers = count(1)


def failed_after(hours: float, seconds: int = 0) -> dict[str, Any]:
    """Return answers about a unit that ran for a while before it failed."""
    failed_at = ARRIVED_AT + timedelta(hours=hours, seconds=seconds)
    return FIRST_BOOT | {"failure_kind": FailureKind.LATER, "failed_at": failed_at}


def make_agent(case: Case) -> User:
    """Return somebody who applies in the name of the case's organization."""
    return make.make_user(case.organization)


def make_photo(organization: Organization) -> Document:
    return make.make_document(organization, SimpleUploadedFile("label.pdf", b"%PDF-1.4\n%%EOF\n"))


def make_draft(
    units: Sequence[Unit] = (),
    *,
    organization: Organization | None = None,
    user: User | None = None,
    answers: dict[str, Any] | None = None,
    at: datetime = ARRIVED_AT,
) -> Case:
    """Begin and fill in an application, ready to be handed in, for units or for a new one."""
    if not ServiceLevel.objects.exists():
        make.load_service_levels()
    units = units or [make.make_unit(organization)]
    organization = organization or units[0].consignee
    user = user or make.make_user(organization)
    serials = [unit.serial for unit in units]
    case = workflow.start_draft(
        organization=organization, serials=serials, user=user, at=at, details=DETAILS
    )
    for line in case.lines.order_by("pk"):
        workflow.save_answers(line, answers or FIRST_BOOT, user=user, at=at)
        workflow.add_file(
            case,
            make_photo(organization),
            kind=FileKind.LABEL_PHOTO,
            user=user,
            at=at,
            line=line,
        )
    return fresh(case)


def fresh(record: Any) -> Any:
    """Return a record as it is stored now."""
    return type(record).unscoped.get(pk=record.pk)


def lines_of(case: Case) -> list[CaseLine]:
    """Return the lines of a case as they are stored now."""
    return list(CaseLine.unscoped.filter(case=case).for_page().select_related("case"))


def make_replacement(line: CaseLine) -> Unit:
    """Make a new unit that fits a line, shipped by Huawei to the applicant."""
    return make.make_unit(
        line.case.organization,
        part_number=line.unit.part_number,
        shipped_on=clock.business_day(SUBMITTED_AT),
    )


def make_case(
    status: str = CaseStatus.SUBMITTED,
    units: Sequence[Unit] = (),
    *,
    remedy: Remedy | None = None,
    staff: User | None = None,
    at: datetime = SUBMITTED_AT,
    **draft: Any,
) -> Case:
    """Make a case that has come as far as `status`, by the workflow itself.

    Its lines are decided by their verdict unless `remedy` says another, which is then
    proposed and approved. Fulfilling: everything is ordered. Closed: replaced and returned.
    """
    case = make_draft(units, **draft)
    agent = case.applicant or make_agent(case)
    staff = staff or make.make_staff()
    for reached, step in _STEPS:
        if case.status in (status, CaseStatus.CLOSED):
            break
        at += HOUR
        step(case, agent, staff, at, remedy)
        case = fresh(case)
        assert case.status == reached or reached == ""
    if status == CaseStatus.CANCELLED:
        raise ValueError("Cancel a case with workflow.cancel.")
    return fresh(case)


def _submit(case: Case, agent: User, staff: User, at: datetime, remedy: Any) -> None:
    workflow.submit(case, user=agent, at=at)


def _register(case: Case, agent: User, staff: User, at: datetime, remedy: Any) -> None:
    number = f"SR-{next(_numbers):06d}"
    workflow.register_call(case, sr_number=number, called_at=at, user=staff, at=at)


def _take(case: Case, agent: User, staff: User, at: datetime, remedy: Any) -> None:
    workflow.take(case, user=staff, at=at)


def ask_for_log(case: Case, staff: User, at: datetime, *, days: int = 14) -> Any:
    wanted = [Wanted("Console log of the boot", FileKind.LOG)]
    return workflow.ask(case, items=wanted, reply_by=at + timedelta(days=days), user=staff, at=at)


def decide_all(case: Case, staff: User, at: datetime, remedy: Remedy | None = None) -> None:
    """Decide every line by its verdict, or against it with the approval of a second person."""
    rulings = {
        line.pk: Ruling(remedy=remedy or verdict_on(line, at=at).remedy, text="As checked.")
        for line in lines_of(case)
    }
    proposal = workflow.decide(
        case, rulings, reason="Seen on the site visit." if remedy else "", user=staff, at=at
    )
    if proposal is not None:
        workflow.approve(proposal, user=make.make_staff(), at=at)


def _decide(case: Case, agent: User, staff: User, at: datetime, remedy: Any) -> None:
    decide_all(case, staff, at, remedy)


def _order(case: Case, agent: User, staff: User, at: datetime, remedy: Any) -> None:
    for line in lines_of(case):
        if line.is_granted:
            workflow.order(line, user=staff, at=at)


def _finish(case: Case, agent: User, staff: User, at: datetime, remedy: Any) -> None:
    for line in lines_of(case):
        if line.is_granted:
            ship_and_return(line, staff=staff, at=at)


def ship_and_return(line: CaseLine, *, staff: User, at: datetime) -> None:
    """Bring an ordered line to the end of both its tracks."""
    by = {"user": staff, "at": at}
    send(line, staff=staff, at=at)
    workflow.deliver(line, delivered_on=clock.business_day(at), signer="Ana", **by)
    workflow.receive(line, serial=line.unit.serial, **by)
    workflow.inspect(line, finding=Finding.FAULT_CONFIRMED, **by)


def send(line: CaseLine, *, staff: User, at: datetime, unit: Unit | None = None) -> Unit:
    """Ship a replacement for an ordered line."""
    unit = unit or make_replacement(line)
    workflow.ship(line, serial=unit.serial, carrier="UPS", tracking="1Z999", user=staff, at=at)
    return unit


_STEPS = (
    (CaseStatus.SUBMITTED, _submit),
    (CaseStatus.REGISTERED, _register),
    (CaseStatus.IN_REVIEW, _take),
    ("", _decide),
    (CaseStatus.FULFILLING, _order),
    (CaseStatus.CLOSED, _finish),
)


def make_waiting(at: datetime = SUBMITTED_AT, **case: Any) -> Case:
    """Make a case whose applicant has been asked for a log."""
    staff = make.make_staff()
    found = make_case(CaseStatus.IN_REVIEW, staff=staff, at=at, **case)
    ask_for_log(found, staff, at + 4 * HOUR)
    return fresh(found)


def make_fulfilling(**case: Any) -> CaseLine:
    """Make a case of one unit whose replacement is ordered, and return its line."""
    return lines_of(make_case(CaseStatus.FULFILLING, **case))[0]


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Hold that the body leaves no row of a case, no event and no mail behind."""
    before = _all_rows()
    yield
    assert _all_rows() == before


def _all_rows() -> dict[str, list[Any]]:
    managers = [m.unscoped for m in (Case, CaseLine, CaseFile, Decision, UnitReplacement, Message)]
    managers += [m.objects for m in (CaseMessage, CasePause, InfoItem, InfoRequest)]
    managers += [m.objects for m in (CaseCounter, Event, Proposal)]
    return {m.model.__name__: list(m.order_by("pk").values()) for m in managers}


def steps_of(case: Case) -> list[str]:
    """Return the events of a case, the first one first, without the saving of its draft."""
    events = Event.objects.filter(record_type="doa.case", record_id=case.pk).order_by("pk")
    return [name for name in events.values_list("name", flat=True) if name != "case.changed"]


def told(template: str) -> list[str]:
    """Return who was sent a mail of the cases, in the order of sending.

    Left out are the applicants, who follow their case beside its contact.
    """
    mails = Message.unscoped.filter(template=f"doa/{template}").order_by("pk")
    applicants = Case.unscoped.filter(applicant__isnull=False).values("applicant__email")
    return list(mails.exclude(recipient__in=applicants).values_list("recipient", flat=True))
