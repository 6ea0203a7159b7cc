"""From draft to published: who may take which step, and what a refusal leaves behind."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Event
from audit.transitions import IllegalTransition
from catalog.enums import MilestoneKind
from catalog.milestones import NOT_ANNOUNCED, on_day
from catalog.models import Milestone
from catalog.workflow import MilestoneRow, set_milestones
from lifecycle import workflow
from lifecycle.enums import AnnouncementStatus, MilestonesAfter
from lifecycle.models import Announcement, Holding
from notifications.models import Message
from partners.enums import Role
from tests.builders import make_organization, make_part_number, make_staff, make_unit, make_user
from tests.lifecycle.announced import AT, EOM, a_draft, approve, publish, revise, write

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def status_of(announcement):
    return Announcement.objects.get(pk=announcement.pk).status


def eom_of(part):
    dates = Milestone.objects.by_part_number([part])[part.pk]
    return dates.get(MilestoneKind.EOM, NOT_ANNOUNCED)


def test_an_announcement_goes_from_draft_to_published_and_leaves_its_trail():
    part = make_part_number()
    announcement = publish(part)
    assert announcement.status == AnnouncementStatus.PUBLISHED
    assert announcement.published_at == AT
    assert eom_of(part).day == EOM
    assert Milestone.objects.current().first().cause == "PN-2026-118"
    events = Event.objects.about("lifecycle.announcement", announcement.pk)
    assert [event.name.partition(".")[2] for event in reversed(events)] == [
        "written",
        "submitted",
        "approved",
        "published",
    ]


def test_an_author_does_not_approve_and_a_colleague_does():
    author = make_staff()
    announcement = write(author=author)
    workflow.submit(announcement, user=author, at=AT)
    with pytest.raises(workflow.OwnWork):
        workflow.approve(announcement, publish_at=None, user=author, at=AT)
    assert status_of(announcement) == AnnouncementStatus.IN_REVIEW
    workflow.approve(announcement, publish_at=None, user=make_staff(), at=AT)
    assert status_of(announcement) == AnnouncementStatus.SCHEDULED


def test_who_corrected_a_draft_is_an_author_of_it_too():
    second, announcement = make_staff(), write()
    part = announcement.affected.get().product.partnumber_set.get()
    workflow.change_announcement(announcement, a_draft(part), user=second, at=AT)
    workflow.submit(announcement, user=second, at=AT)
    with pytest.raises(workflow.OwnWork):
        workflow.approve(announcement, publish_at=None, user=second, at=AT)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.MANAGER])
def test_a_partner_takes_no_step(role):
    partner, announcement = make_user(make_organization(), role), write()
    with pytest.raises(PermissionDenied):
        workflow.submit(announcement, user=partner, at=AT)
    with pytest.raises(PermissionDenied):
        workflow.write_announcement("PN-2026-9", a_draft(), user=partner, at=AT)
    assert status_of(announcement) == AnnouncementStatus.DRAFT
    assert Announcement.objects.count() == 1


def test_what_is_in_review_is_not_changed():
    announcement = write()
    workflow.submit(announcement, user=make_staff(), at=AT)
    with pytest.raises(IllegalTransition):
        workflow.change_announcement(announcement, a_draft(), user=make_staff(), at=AT)


def test_a_step_that_was_taken_is_not_taken_again():
    announcement = publish()
    with pytest.raises(IllegalTransition):
        workflow.publish(announcement, user=make_staff(), at=AT + HOUR)
    assert Announcement.objects.get().published_at == AT


def test_sending_back_asks_why_and_a_draft_needs_a_new_approval():
    announcement = approve(write(), publish_at=AT + HOUR)
    with pytest.raises(workflow.ReasonMissing):
        workflow.stop(announcement, reason=" ", user=make_staff(), at=AT)
    workflow.stop(announcement, reason="The date is wrong.", user=make_staff(), at=AT)
    found = Announcement.objects.get()
    assert (found.status, found.approved_by, found.publish_at) == ("draft", None, None)
    assert found.reason == "The date is wrong."


def test_a_number_is_given_once():
    write(number="PN-2026-1")
    with pytest.raises(workflow.NumberTaken):
        write(number="PN-2026-1")
    assert Announcement.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"eom": date(2032, 4, 1)}, "before end of marketing"),
        ({"eom": None, "eos": None}, "at least one milestone"),
    ],
)
def test_dates_that_contradict_each_other_are_refused_by_name(said, words):
    with pytest.raises(workflow.AnnouncementRefused, match=words):
        write(**said)
    assert not Announcement.objects.exists()


def test_milestones_on_the_same_day_are_in_order():
    assert write(eom=EOM, eos=EOM).pk


def test_what_stands_in_the_catalogue_stops_an_announcement_before_its_review():
    part = make_part_number()
    row = MilestoneRow(
        product=part.product, kind=MilestoneKind.GA, date=on_day(EOM + timedelta(days=1))
    )
    set_milestones([row], user=make_staff(), at=AT, cause="Launch")
    announcement = write(part)
    with pytest.raises(workflow.AnnouncementRefused, match="general availability"):
        workflow.submit(announcement, user=make_staff(), at=AT)
    assert status_of(announcement) == AnnouncementStatus.DRAFT


def test_one_that_is_contradicted_by_its_hour_goes_back_to_its_authors_with_the_reason():
    part = make_part_number()
    announcement = approve(write(part), publish_at=AT + HOUR)
    row = MilestoneRow(
        product=part.product, kind=MilestoneKind.GA, date=on_day(EOM + timedelta(days=1))
    )
    set_milestones([row], user=make_staff(), at=AT, cause="Launch")
    assert workflow.publish_due(at=AT + HOUR) == 0
    found = Announcement.objects.get()
    assert found.status == AnnouncementStatus.DRAFT
    assert "general availability" in found.reason
    assert not Holding.unscoped.exists()
    assert announcement.number == found.number


def test_the_clock_publishes_at_the_hour_and_not_a_minute_before():
    announcement = approve(write(), publish_at=AT + HOUR)
    assert workflow.publish_due(at=AT + HOUR - timedelta(minutes=1)) == 0
    assert workflow.publish_due(at=AT + HOUR) == 1
    assert workflow.publish_due(at=AT + HOUR) == 0
    assert Announcement.objects.get(pk=announcement.pk).published_at == AT + HOUR


def test_hours_that_were_missed_are_caught_up():
    approve(write(number="PN-2026-1"), publish_at=AT + HOUR)
    approve(write(number="PN-2026-2"), publish_at=AT + 2 * HOUR)
    assert workflow.publish_due(at=AT + timedelta(days=9)) == 2


def test_a_revision_takes_the_place_of_what_it_revises():
    part = make_part_number()
    first = publish(part)
    second = revise(first, part, eom=EOM + timedelta(days=30), at=AT + HOUR)
    assert status_of(first) == AnnouncementStatus.REVISED
    assert (second.version, second.changes) == (2, "The dates have moved.")
    assert eom_of(part).day == EOM + timedelta(days=30)
    assert Milestone.objects.current().get(kind="eom").cause == "PN-2026-118, version 2"


def test_a_product_that_a_revision_drops_gets_back_what_stood_before():
    kept, dropped = make_part_number(), make_part_number()
    first = publish(kept, dropped)
    revise(first, kept, at=AT + HOUR)
    assert eom_of(dropped) == NOT_ANNOUNCED
    assert eom_of(kept).day == EOM


def test_one_further_version_is_written_at_a_time():
    announcement, user = publish(), make_staff()
    workflow.revise_announcement(announcement, changes="Dates.", user=user, at=AT)
    with pytest.raises(workflow.InTheWorks):
        workflow.revise_announcement(announcement, changes="Dates.", user=user, at=AT)
    assert Announcement.objects.count() == 2


@pytest.mark.parametrize(
    ("after", "day"), [(MilestonesAfter.KEEP, EOM), (MilestonesAfter.TAKE_BACK, None)]
)
def test_withdrawing_does_with_the_milestones_what_was_said_and_tells_whoever_was_told(after, day):
    part, holder = make_part_number(), make_organization()
    make_unit(holder, part_number=part)
    announcement = publish(part)
    workflow.withdraw(
        announcement, reason="Published too early.", after=after, user=make_staff(), at=AT + HOUR
    )
    assert eom_of(part).day == day
    assert status_of(announcement) == AnnouncementStatus.WITHDRAWN
    mail = Message.unscoped.get(template="lifecycle/withdrawn")
    assert mail.organization == holder


def test_a_draft_that_is_given_up_frees_its_number_for_the_next_version_only():
    announcement = publish()
    revision = workflow.revise_announcement(
        announcement, changes="Dates.", user=make_staff(), at=AT
    )
    workflow.discard(revision, reason="Not needed.", user=make_staff(), at=AT)
    assert status_of(revision) == AnnouncementStatus.WITHDRAWN
    assert Announcement.objects.public().count() == 1
    assert (
        workflow.revise_announcement(announcement, changes="X", user=make_staff(), at=AT).version
        == 3
    )
