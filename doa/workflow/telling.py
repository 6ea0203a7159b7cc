"""Queuing the mail of a case, in the transaction of what happened: one thread per case.

Who applied and the contact of the case follow it; a colleague may join them. Whoever has
muted a case gets no news of it, but what waits for them.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from doa.models import Case, CaseLine, CaseMessage, Decision, InfoRequest
from notifications import following, kinds, outbox
from notifications.models import Message
from partners.enums import OrganizationKind, Role
from partners.models import Membership, Organization
from webhooks.enums import Event
from webhooks.queueing import queue


def acknowledged(case: Case, *, at: datetime) -> None:
    """Mail 3: the application is here, call the TAC."""
    _followers("doa/acknowledged", case, at=at)
    _program(Event.CASE_SUBMITTED, case, at=at)


def nudged_to_call(case: Case, *, at: datetime) -> None:
    """Mail 3 again: the application still waits for the call."""
    _followers("doa/call_nudge", case, at=at)


def registered(case: Case, *, at: datetime) -> None:
    """Mail 4: the call is registered under its number."""
    _followers("doa/registered", case, at=at)
    _program(Event.CASE_REGISTERED, case, at=at, sr_number=case.sr_number)


def asked(case: Case, request: InfoRequest, *, at: datetime) -> None:
    """Mail 5: information needed."""
    _followers("doa/asked", case, at=at, request=request.pk)
    _program(Event.CASE_INFO_NEEDED, case, at=at, reply_by=request.reply_by.isoformat())


def reminded(case: Case, request: InfoRequest, *, at: datetime) -> None:
    """Mail 6: the case still waits for the answer; the managers hear of it too."""
    _followers("doa/reminded", case, at=at, also=managers_of(case), request=request.pk)


def answered(case: Case, request: InfoRequest, *, at: datetime) -> None:
    """Tell the assignee that the applicant has answered, wholly or in part."""
    _assignee("doa/answered", case, at=at, request=request.pk)


def decided(case: Case, decisions: list[Decision], *, at: datetime) -> None:
    """Mails 7 and 8: what was decided, with reasons, and the next remedy of what is refused."""
    _followers("doa/decided", case, at=at, decisions=[decision.pk for decision in decisions])
    _program(Event.CASE_DECIDED, case, at=at, lines=[_ruled(each) for each in decisions])


def shipped(line: CaseLine, *, at: datetime) -> None:
    """Mail 9: the replacement is on its way, with how to send the faulty unit back."""
    _followers("doa/shipped", line.case, at=at, line=line.pk)
    _program(Event.CASE_SHIPPED, line.case, at=at, **_goods(line))


def return_due(line: CaseLine, *, at: datetime) -> None:
    """Mail 10: the day on which the faulty unit is due back comes near."""
    _followers("doa/return_due", line.case, at=at, line=line.pk)


def return_overdue(line: CaseLine, *, at: datetime) -> None:
    """Mail 10: the day has passed; the managers of the applicant hear of it too."""
    also = managers_of(line.case)
    _followers("doa/return_overdue", line.case, at=at, also=also, line=line.pk)


def billing_to_decide(line: CaseLine, *, at: datetime) -> None:
    """Ask the staff whether to bill a unit that has not come back; nothing is billed by itself."""
    _desk("doa/billing_to_decide", line.case, at=at, line=line.pk)


def received(line: CaseLine, *, at: datetime) -> None:
    """The faulty unit has arrived, whatever the state of its case."""
    _followers("doa/received", line.case, at=at, line=line.pk)
    _program(Event.CASE_RECEIVED, line.case, at=at, serial=line.unit.serial)


def waived(line: CaseLine, *, at: datetime) -> None:
    """The faulty unit need not come back."""
    _followers("doa/waived", line.case, at=at, line=line.pk)


def closed(case: Case, *, at: datetime) -> None:
    """Mail 11: how the case ended."""
    _followers("doa/closed", case, at=at)
    _program(Event.CASE_CLOSED, case, at=at, closing_code=str(case.closing_code))


def cancelled(case: Case, *, at: datetime) -> None:
    """Tell both sides that the case goes no further."""
    _followers("doa/cancelled", case, at=at)
    _assignee("doa/cancelled", case, at=at)
    _program(Event.CASE_CANCELLED, case, at=at, reason=case.cancel_reason)


def message(case: Case, written: CaseMessage, *, at: datetime) -> None:
    """Tell the other side what one side wrote; the desk, while nobody has taken the case."""
    to_staff = _assignee if case.assignee else _desk
    to_other = _followers if written.from_staff else to_staff
    to_other("doa/message", case, at=at, message=written.pk)


def clock_warned(case: Case, clock: str, *, at: datetime) -> None:
    """Mail 19: three quarters of a clock have run; for who works on it, else the desk."""
    tell = _assignee if case.assignee else _desk
    tell("doa/clock_warning", case, at=at, clock=clock)


def clock_missed(case: Case, clock: str, *, at: datetime) -> None:
    """Mail 19: a clock has passed its target; the desk hears of it too."""
    _desk("doa/clock_missed", case, at=at, clock=clock)


def record_of(case: Case) -> str:
    """Name the case as its mails and its followers do."""
    return f"case:{case.reference}"


def mails_of(case: Case) -> list[Message]:
    """Return what became of each mail about a case, the newest first."""
    return list(Message.unscoped.about(record_of(case)))


def managers_of(case: Case) -> list[str]:
    members = Membership.objects.filter(
        organization=case.organization, role=Role.MANAGER, user__is_active=True
    )
    return list(members.order_by("pk").values_list("user__email", flat=True))


def desk_addresses() -> list[str]:
    """Return the mailbox of Huawei's desk, or where it has none the people at it."""
    desk = Organization.objects.filter(kind=OrganizationKind.HUAWEI).first()
    if desk is None:
        return []
    return [desk.email] if desk.email else outbox.recipients_of(desk)


def _followers(
    template: str, case: Case, *, at: datetime, also: Iterable[str] = (), **words: Any
) -> None:
    _follow(case, at=at)
    with_muted = not kinds.of_template(template).heeds_mute
    followers = following.addresses_of(record_of(case), with_muted=with_muted)
    if not following.addresses_of(record_of(case), with_muted=True):
        followers = outbox.recipients_of(case.organization)
    _queue(template, case, dict.fromkeys([*followers, *also]), at=at, **words)


def _follow(case: Case, *, at: datetime) -> None:
    """Let the applicant and the contact follow their case."""
    record, organization = record_of(case), case.organization
    if case.applicant is not None:
        following.follow_as(case.applicant, record, organization=organization, at=at)
    if case.contact_email:
        following.follow(record, case.contact_email, organization=organization, at=at)


def _assignee(template: str, case: Case, *, at: datetime, **words: Any) -> None:
    if case.assignee is not None:
        _queue(template, case, [case.assignee.email], at=at, **words)


def _desk(template: str, case: Case, *, at: datetime, **words: Any) -> None:
    """Tell who works on a case, and the mailbox of the desk."""
    own = [case.assignee.email] if case.assignee else []
    _queue(template, case, dict.fromkeys([*own, *desk_addresses()]), at=at, **words)


def _queue(
    template: str, case: Case, recipients: Iterable[str], *, at: datetime, **words: Any
) -> None:
    part = "-".join(str(word) for word in words.values())
    for to in recipients:
        outbox.enqueue(
            template,
            key=f"{template}:{case.pk}:{part}:{at.isoformat()}",
            to=to,
            organization=case.organization,
            context={"case": case.pk, **words},
            at=at,
            about=record_of(case),
            thread=f"case-{case.reference}",
        )


def _program(event: Event, case: Case, *, at: datetime, **said: Any) -> None:
    """Queue the event for the programs of who applied."""
    payload = {"reference": case.reference, "title": case.title, **said}
    part = "-".join(str(said.get(name, "")) for name in ("serial", "tracking"))
    key = f"{event.value}:{case.pk}:{part}:{at.isoformat()}"
    queue(case.organization, event, payload, key=key, at=at)


def _ruled(decision: Decision) -> dict[str, str]:
    serial = decision.line.unit.serial
    return {"serial": serial, "remedy": str(decision.remedy), "rule": str(decision.rule)}


def _goods(line: CaseLine) -> dict[str, str]:
    replacement = line.replacement.serial if line.replacement else ""
    return {
        "serial": line.unit.serial,
        "replacement": replacement,
        "carrier": line.carrier,
        "tracking": line.tracking,
    }
