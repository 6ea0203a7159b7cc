"""How the desk writes what it knows of a case: instants, states, clocks."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timesince import timesince

from catalog.policy import day_text
from doa.enums import CaseStatus, ReplacementTrack, ReturnTrack
from doa.models import Case, CaseLine

TONES = {
    CaseStatus.DRAFT: "wait",
    CaseStatus.SUBMITTED: "warn",
    CaseStatus.REGISTERED: "info",
    CaseStatus.IN_REVIEW: "info",
    CaseStatus.INFO_NEEDED: "warn",
    CaseStatus.DECIDED: "info",
    CaseStatus.FULFILLING: "info",
    CaseStatus.CLOSED: "wait",
    CaseStatus.CANCELLED: "wait",
}
LABELS = {
    CaseStatus.SUBMITTED: "Waiting for the call",
    CaseStatus.IN_REVIEW: "In review",
    CaseStatus.INFO_NEEDED: "Waiting for the partner",
}
"""What the applicant reads as "you" is somebody else at the desk."""


def local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))


def when(at: datetime | None) -> str:
    """Return an instant as staff read it: "20 Nov 2026, 09:30 CST"."""
    if at is None:
        return ""
    here = local(at)
    return f"{day_text(here.date())}, {here:%H:%M %Z}"


def day(on: date | None) -> str:
    return day_text(on) if on else ""


def moment(said: date | datetime | None) -> str:
    """Return what an applicant said of a moment, on the clock on which it was said."""
    if isinstance(said, datetime):
        return f"{day_text(said.date())}, {said:%H:%M %Z}"
    return day_text(said) if said else "not known"


def label(status: str) -> str:
    """Say where a case stands, as staff read it."""
    found = CaseStatus(status)
    return LABELS.get(found, str(found.label))


def clock_of(case: Case, at: datetime) -> tuple[str, str, str]:
    """Return tone, word and detail of the clock that runs on a case; empty where none does."""
    if not case.is_open:
        return "", "", ""
    if case.paused_at is not None:
        return "wait", "Paused", f"since {when(case.paused_at)}"
    due, what = _running(case)
    if due is None:
        return "", "", ""
    if due < at:
        return "stop", f"{timesince(due, at, depth=1)} late", f"{what} was due {when(due)}"
    return "", f"{timesince(at, due, depth=1)} left", f"{what} by {when(due)}"


def _running(case: Case) -> tuple[datetime | None, str]:
    if case.taken_at is None:
        return case.response_due_at, "Response"
    if case.resolved_at is None:
        return case.resolution_due_at, "Resolution"
    return None, ""


def track_of(line: CaseLine) -> str:
    """Say in one line how far the replacement of a line is."""
    track = ReplacementTrack(line.replacement_track)
    if track == ReplacementTrack.SHIPPED:
        return f"Shipped {day(line.shipped_at and local(line.shipped_at).date())}"
    if track == ReplacementTrack.DELIVERED:
        return f"Delivered {day(line.delivered_on)}"
    return str(track.label)


def way_back_of(line: CaseLine) -> str:
    """Say in one line how far the faulty unit is on its way back."""
    track = ReturnTrack(line.return_track)
    if track == ReturnTrack.AWAITED and line.return_due_on:
        return f"Awaited until {day(line.return_due_on)}"
    if track == ReturnTrack.RECEIVED and line.is_mismatch:
        return f"Received as {line.received_serial}"
    if track == ReturnTrack.INSPECTED:
        return str(line.get_finding_display())
    return str(track.label)


def is_overdue(line: CaseLine, today: date) -> bool:
    """Tell whether a faulty unit should have been on its way back before today."""
    is_due = line.return_track == ReturnTrack.AWAITED and line.return_due_on is not None
    return is_due and line.return_due_on < today
