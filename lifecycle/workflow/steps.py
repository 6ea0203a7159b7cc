"""From draft to published: one function for each step, and the edges as data."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import trail
from audit.transitions import Transition
from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Announcement
from lifecycle.workflow import catalogue
from lifecycle.workflow.refusals import (
    OwnWork,
    may_manage,
    required_reason,
)
from partners.models import User

S = AnnouncementStatus


class TheClock:
    """Who acts when the hour has come: nobody, by what a person has approved."""

    def actor(self) -> trail.Actor:
        return trail.SYSTEM


THE_CLOCK = TheClock()


def _is_manager(announcement: Announcement, user: Any) -> bool:
    return may_manage(user)


def _is_manager_or_clock(announcement: Announcement, user: Any) -> bool:
    return user is THE_CLOCK or may_manage(user)


def _edge(event: str, target: S, *sources: S, by: Any = _is_manager) -> Transition:
    return Transition(
        event=f"announcement.{event}", sources=frozenset(sources), target=target, is_permitted=by
    )


SUBMIT = _edge("submitted", S.IN_REVIEW, S.DRAFT)
SEND_BACK = _edge("sent_back", S.DRAFT, S.IN_REVIEW)
APPROVE = _edge("approved", S.SCHEDULED, S.IN_REVIEW)
STOP = _edge("stopped", S.DRAFT, S.SCHEDULED, by=_is_manager_or_clock)
PUBLISH = _edge("published", S.PUBLISHED, S.SCHEDULED, by=_is_manager_or_clock)
REVISE = _edge("revised", S.REVISED, S.PUBLISHED, by=_is_manager_or_clock)
WITHDRAW = _edge("withdrawn", S.WITHDRAWN, S.PUBLISHED)
DISCARD = _edge("discarded", S.WITHDRAWN, S.DRAFT, S.IN_REVIEW, S.SCHEDULED)


def is_author(announcement: Announcement, user: User) -> bool:
    return announcement.authors.filter(pk=user.pk).exists()


def submit(announcement: Announcement, *, user: User, at: datetime) -> None:
    """Hand a draft to a colleague. What would be refused then is refused now.

    Raises: PermissionDenied; IllegalTransition; AnnouncementRefused.
    """
    with SUBMIT.on(announcement, user=user, at=at) as locked:
        catalogue.rehearse(locked, at=at)


def send_back(announcement: Announcement, *, reason: str, user: User, at: datetime) -> None:
    """Give an announcement back to its authors, with what is to be done."""
    reason = required_reason(reason)
    with SEND_BACK.on(announcement, user=user, at=at, reason=reason) as locked:
        locked.reason = reason[:300]


def approve(
    announcement: Announcement, *, publish_at: datetime | None, user: User, at: datetime
) -> datetime:
    """Let an announcement go out at an hour, or at once; return when.

    Raises: PermissionDenied; IllegalTransition; OwnWork for one of its authors;
    AnnouncementRefused.
    """
    due = max(publish_at or at, at)
    with APPROVE.on(announcement, user=user, at=at, publish_at=due.isoformat()) as locked:
        if is_author(locked, user):
            raise OwnWork(["You wrote this announcement. Ask a colleague to approve it."])
        catalogue.rehearse(locked, at=at)
        locked.approved_by, locked.publish_at, locked.reason = user, due, ""
    return due


def stop(announcement: Announcement, *, reason: str, user: Any, at: datetime) -> None:
    """Take an announcement back before its hour; it needs a new approval after that."""
    reason = required_reason(reason)
    with STOP.on(announcement, user=user, at=at, reason=reason) as locked:
        locked.approved_by = locked.publish_at = None
        locked.reason = reason[:300]


def discard(announcement: Announcement, *, reason: str, user: User, at: datetime) -> None:
    """Give up a version that was never published."""
    reason = required_reason(reason)
    with DISCARD.on(announcement, user=user, at=at, reason=reason) as locked:
        locked.reason, locked.ended_at = reason[:300], at
        locked.publish_at = None


@transaction.atomic
def lock_versions(number: str) -> list[Announcement]:
    """Lock every version of a number, always in the same order."""
    versions = Announcement.unscoped.select_for_update().filter(number=number)
    return list(versions.order_by("pk"))
