"""What the mails of a case say, looked up when they are sent (mails 3 to 11 and 19)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import dateformat

from catalog.policy import day_text
from doa import appointments, calendars, clocks, reckoning
from doa.clocks import Clock
from doa.enums import CaseStatus, Remedy, ReplacementTrack, ReturnTrack
from doa.models import Case, CaseLine, CaseMessage, Decision, InfoRequest
from doa.verdicts import version_of
from notifications.content import Content, NothingToSay, of
from notifications.models import Message


def when(at: datetime, zone: str) -> str:
    """Return an instant with its zone, as a deadline is written."""
    return dateformat.format(at.astimezone(ZoneInfo(zone)), "j M Y, H:i T")


def _case(message: Message) -> Case:
    """Raises: NothingToSay where the case was a draft that is thrown away."""
    cases = Case.unscoped.select_related("organization", "assignee", "level__calendar")
    case: Case | None = cases.filter(pk=message.context["case"]).first()
    if case is None:
        raise NothingToSay("The draft was thrown away before the mail was sent.")
    return case


def _lines(case: Case) -> list[CaseLine]:
    lines = CaseLine.unscoped.filter(case=case).for_page().select_related("case__organization")
    return list(lines)


def _line(message: Message) -> CaseLine:
    lines = CaseLine.unscoped.for_page().select_related("case__organization")
    found: CaseLine = lines.get(pk=message.context["line"])
    return found


def _zone(case: Case) -> str:
    return case.organization.time_zone


def _content(case: Case, path: str = "", **words: Any) -> Content:
    """Return what every mail of a case says, and where its one link leads."""
    own = {"case": case, "zone": _zone(case), "path": f"/cases/{case.reference}/{path}"}
    return Content({**own, **words})


@of("doa/acknowledged")
@of("doa/call_nudge")
def call_sheet(message: Message) -> Content:
    """Say whom to call, when, and what to have ready. Raises: NothingToSay after the call."""
    case = _case(message)
    if case.status != CaseStatus.SUBMITTED:
        raise NothingToSay(f"{case} no longer waits for the call.")
    lines = _lines(case)
    calendar = calendars.calendar_of(case)
    hours = "at any hour" if calendar.is_always_open else f"{calendar.hours}, {calendar.time_zone}"
    tac = version_of(lines[0].unit).tac_number
    return _content(case, "call/", lines=lines, hours=hours, tac=tac)


@of("doa/registered")
def registered(message: Message) -> Content:
    case = _case(message)
    due = case.response_due_at
    called = case.called_at and when(case.called_at, _zone(case))
    return _content(case, due=due and when(due, _zone(case)), called=called)


@of("doa/asked")
@of("doa/reminded")
def asked(message: Message) -> Content:
    """List what is asked for and until when. Raises: NothingToSay once it is answered."""
    case = _case(message)
    request = InfoRequest.objects.get(pk=message.context["request"])
    if request.answered_at is not None:
        raise NothingToSay("The question is answered, or no longer needs an answer.")
    calendar = calendars.of_case(case, at=request.asked_at)
    ends = clocks.patience_ends(calendar, request.asked_at, request.reply_by)
    return _content(
        case,
        "reply/",
        request=request,
        items=list(request.items.filter(answered_at=None).order_by("pk")),
        reply_by=when(request.reply_by, _zone(case)),
        ends=when(ends, _zone(case)),
    )


@of("doa/decided")
def decided(message: Message) -> Content:
    """Say for each unit what was decided, the rule, the reasons, and what comes next."""
    case = _case(message)
    decisions = Decision.unscoped.filter(pk__in=message.context["decisions"]).order_by("pk")
    decisions = decisions.select_related("line__unit__part_number__product", "policy_version")
    found = list(decisions)
    lines = _lines(case)
    days = version_of(lines[0].unit).return_business_days
    ship_to = ", ".join(case.ship_to.split("\n"))
    headline = _headline([decision.remedy for decision in found])
    return _content(case, decisions=found, days=days, ship_to=ship_to, headline=headline)


def _headline(remedies: list[str]) -> str:
    """Say in a few words what was decided of one unit, or of several."""
    if Remedy.NONE in remedies:
        return "Decided: not replaced" if set(remedies) == {Remedy.NONE} else "Decided in part"
    if set(remedies) == {Remedy.DOA_REPLACEMENT}:
        return "Approved: dead on arrival"
    return "Not dead on arrival: replaced all the same"


@of("doa/shipped")
@of("doa/return_due")
@of("doa/return_overdue")
def way_of_goods(message: Message) -> Content:
    """Say what is on its way, what is due back, and by when, with these days as a calendar file.

    Raises: NothingToSay once it is back.
    """
    line = _line(message)
    is_return = not message.template.endswith("shipped")
    if is_return and line.return_track != ReturnTrack.AWAITED:
        raise NothingToSay(f"{line.unit} is on its way back, or need not come back.")
    due = line.return_due_on
    path = "send-back/" if is_return else ""
    days = version_of(line.unit).return_business_days
    ship_to = ", ".join(line.case.ship_to.split("\n"))
    is_late = message.template.endswith("overdue")
    files = () if is_late else appointments.attached(line, at=message.queued_at)
    words = {"due": due and day_text(due), "days": days, "ship_to": ship_to}
    return Content(_content(line.case, path, line=line, **words).context, files)


@of("doa/received")
@of("doa/waived")
@of("doa/billing_to_decide")
def way_back(message: Message) -> Content:
    line = _line(message)
    due = line.return_due_on
    if message.template == "doa/billing_to_decide":
        if line.return_track != ReturnTrack.AWAITED:
            raise NothingToSay(f"{line.unit} is on its way back, or need not come back.")
        return _desk(line.case, line=line, due=due and day_text(due))
    return _content(line.case, line=line)


@of("doa/closed")
def closed(message: Message) -> Content:
    """Sum up the case: each unit, and the new serial numbers with their cover."""
    case = _case(message)
    lines = _lines(case)
    return _content(case, lines=[(line, _cover(line)) for line in lines])


def _cover(line: CaseLine) -> str:
    """Return the cover of the replacement in a line's place, or nothing where there is none."""
    if line.replacement is None or line.replacement_track != ReplacementTrack.DELIVERED:
        return ""
    warranty = getattr(line.replacement, "warranty", None)
    if warranty is None:
        return "its warranty has not started; its page shows when it does"
    return f"warranty {day_text(warranty.starts_on)} until {day_text(warranty.ends_on)}"


@of("doa/cancelled")
def cancelled(message: Message) -> Content:
    return _content(_case(message))


@of("doa/message")
def written(message: Message) -> Content:
    case = _case(message)
    text = CaseMessage.objects.get(pk=message.context["message"], is_internal=False)
    if text.from_staff:
        return _content(case, "message/", written=text)
    return _desk(case, written=text)


@of("doa/answered")
def answered(message: Message) -> Content:
    """Tell the assignee what has come, and what has not."""
    case = _case(message)
    items = InfoRequest.objects.get(pk=message.context["request"]).items.order_by("pk")
    return _desk(case, items=list(items))


@of("doa/clock_warning")
@of("doa/clock_missed")
def clock(message: Message) -> Content:
    """Say which clock runs out, when, and who has the case. Raises: NothingToSay once met."""
    case = _case(message)
    name = Clock(message.context["clock"])
    due, met = reckoning.target(case, name)
    if due is None or met is not None or not case.is_open:
        raise NothingToSay(f"The {name} clock of {case} has stopped.")
    return _desk(case, clock=name.value, due=when(due, _desk_zone(case)))


def _desk(case: Case, **words: Any) -> Content:
    """Return the words of a mail to staff, whose link leads to the desk."""
    content = _content(case, **words)
    return Content(content.context | {"path": f"/admin/doa/case/{case.pk}/change/"})


def _desk_zone(case: Case) -> str:
    return calendars.calendar_of(case).time_zone
