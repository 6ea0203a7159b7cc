"""How each event of a case is told: colour, icon, title, and what else is worth a line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateformat import format as as_text

from catalog.policy import day_text
from doa.enums import ClosingCode, Finding
from doa.models import Case, CaseLine
from partners import clock

Detail = Mapping[str, Any]
Say = Callable[[Detail, Case, list[CaseLine]], str]


def _nothing(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Words:
    """One event. `deed` follows who did it, and may name a value of the event's detail."""

    tone: str
    icon: str
    deed: str
    text: Say = _nothing

    def title(self, who: str, detail: Detail) -> str:
        return f"{who} {self.deed.format_map(_Blank(detail))}"


class _Blank(dict[str, Any]):
    """An event of long ago may lack a value; then its place stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _reason(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    reason = str(detail.get("reason", "")).rstrip(".")
    return f"Reason: {reason}" if reason else ""


def _registered(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    called = detail.get("called_at")
    at = clock.on_the_wall(datetime.fromisoformat(called)) if called else None
    when = f", called {as_text(at, 'j M Y, H:i T')}" if at else ""
    return f"Service request {detail.get('sr_number', '')}{when}"


def _asked(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    by = detail.get("reply_by")
    until = clock.on_the_wall(datetime.fromisoformat(by)) if by else None
    when = f"Reply by {as_text(until, 'D, j M Y, H:i T')}. " if until else ""
    return f"{when}The clock is paused until the answer is complete"


def _decided(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    said = [
        f"{line.unit}: {'refused' if line.is_refused else line.get_remedy_display()}"
        + (f", {line.rule}" if line.rule else "")
        for line in lines
        if line.remedy
    ]
    return ". ".join(said)


def _closed(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    code = detail.get("code", "")
    label = ClosingCode(code).label if code in ClosingCode.values else ""
    reason = _reason(detail, case, lines)
    return f"{label}. {reason}" if label and reason else label or reason


def _shipped(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    line = next((line for line in lines if line.pk == detail.get("line")), None)
    carrier = f"{line.carrier}, " if line and line.carrier else ""
    return f"{carrier}tracking number {detail.get('tracking', '')}. Serial number " + str(
        detail.get("serial", "")
    )


def _delivered(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    day = detail.get("delivered_on")
    signer = detail.get("signer", "")
    when = f"It arrived on {day_text(date.fromisoformat(day))}" if day else "It arrived"
    return f"{when}, signed for by {signer}" if signer else when


def _sent_back(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    carrier, tracking = detail.get("carrier", ""), detail.get("tracking", "")
    return f"{carrier}, tracking number {tracking}. Customer data is removed"


def _received(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    return f"Serial number seen: {detail.get('serial_seen', '')}"


def _inspected(detail: Detail, case: Case, lines: list[CaseLine]) -> str:
    finding = detail.get("finding", "")
    return Finding(finding).label if finding in Finding.values else ""


WORDS = {
    "case.started": Words("wait", "file", "began the application"),
    "case.submitted": Words("ok", "check", "sent the application"),
    "case.registered": Words("info", "phone", "registered the call", _registered),
    "case.taken": Words("info", "go", "took the case"),
    "case.assigned": Words("info", "go", "handed the case to {assignee}"),
    "case.asked": Words("warn", "msg", "asked for information", _asked),
    "case.answered": Words("ok", "msg", "answered"),
    "case.decided": Words("ok", "check", "decided", _decided),
    "case.proposed": Words("wait", "clock", "proposed a decision against the verdict", _reason),
    "case.proposal_dropped": Words("wait", "x", "dropped the proposal"),
    "case.closed": Words("ok", "check", "closed the case", _closed),
    "case.reopened": Words("warn", "go", "opened the case again", _reason),
    "case.cancelled": Words("stop", "x", "cancelled the case", _reason),
    "case.message": Words("info", "msg", "wrote"),
    "case.note": Words("warn", "msg", "left a note"),
    "line.ordered": Words("info", "box", "ordered the replacement"),
    "line.shipped": Words("info", "box", "sent the replacement", _shipped),
    "line.delivered": Words("ok", "box", "recorded the delivery", _delivered),
    "line.sent_back": Words("info", "go", "sent the faulty unit back", _sent_back),
    "line.received": Words("ok", "box", "received the faulty unit", _received),
    "line.mismatch_resolved": Words("wait", "check", "settled what was received", _reason),
    "line.inspected": Words("ok", "check", "inspected the faulty unit", _inspected),
    "line.waived": Words("ok", "check", "waived the return", _reason),
    "line.billed": Words("stop", "flag", "decided to bill the unit", _reason),
}
INTERNAL = frozenset(
    {"case.note", "case.proposed", "case.proposal_dropped", "line.mismatch_resolved"}
)
"""What only staff see."""
