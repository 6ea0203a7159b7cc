"""What tests of announcements build: a draft, an approved one, a published one."""

from datetime import UTC, date, datetime

from catalog.enums import MilestoneKind
from catalog.milestones import on_day
from lifecycle import workflow
from lifecycle.models import Announcement
from lifecycle.workflow import Draft, Subject
from tests.builders import make_part_number, make_staff

AT = datetime(2026, 11, 16, 15, tzinfo=UTC)
"""A Monday morning in Chicago."""
EOM, EOS = date(2027, 3, 31), date(2032, 3, 31)


def a_draft(*parts, eom=EOM, eos=EOS, replacement=None, **said):
    """Return a draft about the whole products of these part numbers."""
    parts = parts or (make_part_number(),)
    dates = {MilestoneKind.EOM: on_day(eom)} if eom else {}
    dates |= {MilestoneKind.EOS: on_day(eos)} if eos else {}
    said.setdefault("subject", "End of marketing of switches")
    said.setdefault("text", "Orders end.")
    affected = [Subject(part.product, None, replacement) for part in parts]
    return Draft(affected=affected, dates=said.pop("dates", dates), **said)


def write(*parts, number="PN-2026-118", author=None, at=AT, **said):
    return workflow.write_announcement(
        number, a_draft(*parts, **said), user=author or make_staff(), at=at
    )


def approve(announcement, *, publish_at=None, author=None, approver=None, at=AT):
    """Hand a draft in and let a colleague approve it."""
    workflow.submit(announcement, user=author or make_staff(), at=at)
    workflow.approve(announcement, publish_at=publish_at, user=approver or make_staff(), at=at)
    return Announcement.objects.get(pk=announcement.pk)


def publish(*parts, at=AT, tell=True, **said):
    """Publish an announcement and tell whom it concerns."""
    announcement = workflow.publish(
        approve(write(*parts, at=at, **said), at=at), user=make_staff(), at=at
    )
    if tell:
        workflow.tell(announcement, at=at)
    return announcement


def revise(announcement, *parts, at, tell=True, **said):
    """Publish the next version of what is published, which says something else."""
    author = make_staff()
    draft = a_draft(*parts, changes="The dates have moved.", **said)
    revision = workflow.revise_announcement(
        announcement, changes="The dates have moved.", user=author, at=at
    )
    workflow.change_announcement(revision, draft, user=author, at=at)
    published = workflow.publish(approve(revision, author=author, at=at), user=make_staff(), at=at)
    if tell:
        workflow.tell(published, at=at)
    return published
