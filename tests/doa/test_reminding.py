"""What the clocks do, seen from outside: each step once, late ones together, never by night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from icalendar import Calendar

from audit.models import Event
from doa import workflow
from doa.enums import CaseStatus, ReturnTrack
from doa.models import Case, CaseLine, CaseReminder
from doa.workflow.reminding import mind
from notifications.delivery import deliver_next
from notifications.models import Message
from partners.enums import Role
from tests import builders as make
from tests import builders_cases as cases

pytestmark = pytest.mark.django_db

CONTACT = "ana@applicant.test"
ZONE = ZoneInfo("America/Chicago")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def told(template):
    return Message.unscoped.filter(template=template, recipient=CONTACT).count()


@pytest.fixture
def submitted():
    """Handed in on Tuesday 3 February 2026, 10:00 in Chicago."""
    return cases.make_case(CaseStatus.SUBMITTED)


@pytest.mark.parametrize(
    ("moments", "nudges"),
    [
        (["2026-02-03 13:59"], 0),
        (["2026-02-03 14:00"], 1),
        (["2026-02-03 14:00", "2026-02-03 14:05", "2026-02-04 09:59"], 1),
        (["2026-02-03 14:00", "2026-02-04 10:00"], 2),
        (["2026-02-06 12:00", "2026-02-06 12:05"], 1),  # the worker rested: no flood
        (["2026-02-07 12:00", "2026-02-08 12:00", "2026-02-09 03:00"], 0),  # weekend and night
    ],
)
def test_a_call_is_recalled_once_a_step_in_opening_hours(submitted, moments, nudges):
    for moment in moments:
        mind(at=at(moment))
    assert told("doa/call_nudge") == nudges


def test_who_has_called_is_not_recalled(submitted):
    staff = make.make_staff()
    workflow.register_call(
        submitted, sr_number="SR-1", called_at=at("2026-02-03 11:00"), user=staff,
        at=at("2026-02-03 11:05"),
    )  # fmt: skip
    mind(at=at("2026-02-03 15:00"))
    assert told("doa/call_nudge") == 0


@pytest.fixture
def waiting():
    """Asked on Tuesday 3 February 2026, 14:00 in Chicago; a manager stands by."""
    case = cases.make_case(CaseStatus.IN_REVIEW)
    make.make_user(case.organization, Role.MANAGER, "boss@applicant.test")
    cases.ask_for_log(case, case.assignee, at("2026-02-03 14:00"), days=3)
    return cases.fresh(case)


def test_an_unanswered_question_is_recalled_on_days_2_and_5_to_the_manager_too(waiting):
    for moment, count in [
        ("2026-02-04 12:00", 0),
        ("2026-02-05 09:00", 1),
        ("2026-02-09 17:00", 1),
        ("2026-02-10 09:00", 2),
        ("2026-02-20 09:00", 2),
    ]:
        mind(at=at(moment))
        assert told("doa/reminded") == count
    boss = Message.unscoped.filter(template="doa/reminded", recipient="boss@applicant.test")
    assert boss.count() == 2


def test_a_case_without_an_answer_is_cancelled_after_day_14_and_not_before(waiting):
    mind(at=at("2026-02-24 17:00"))  # Presidents' Day is no business day
    assert cases.fresh(waiting).status == CaseStatus.INFO_NEEDED
    mind(at=at("2026-02-25 10:00"))
    case = cases.fresh(waiting)
    assert case.status == CaseStatus.CANCELLED and "day 14" in case.cancel_reason
    mind(at=at("2026-02-25 10:05"))
    assert Event.objects.filter(name="case.cancelled").count() == 1
    assert told("doa/cancelled") == 1


def test_an_answer_in_time_stops_all_of_it_and_moves_the_target_by_the_pause():
    case = cases.make_case(CaseStatus.IN_REVIEW)
    before = case.resolution_due_at
    assert before is not None
    cases.ask_for_log(case, case.assignee, at("2026-02-03 14:00"))
    assert cases.fresh(case).resolution_due_at == before
    workflow.answer(case, is_all=True, user=case.applicant, at=at("2026-02-04 14:00"))
    after = cases.fresh(case).resolution_due_at
    assert after - before >= timedelta(days=1)
    mind(at=at("2026-02-10 09:30"))
    assert told("doa/reminded") == 0


def test_a_clock_warns_at_three_quarters_and_escalates_at_its_end_once_each():
    case = cases.make_case(CaseStatus.REGISTERED)
    due = case.response_due_at
    assert due == at("2026-02-04 10:00")  # 8 opening hours after 11:00: 7 until 18:00
    mind(at=at("2026-02-03 16:59"))
    assert not Message.unscoped.filter(template__startswith="doa/clock").exists()
    for moment in ("2026-02-03 17:00", "2026-02-03 17:05", "2026-02-04 10:00", "2026-02-04 10:05"):
        mind(at=at(moment))
    found = Message.unscoped.filter(template__startswith="doa/clock", context__clock="response")
    assert sorted(found.values_list("template", flat=True)) == [
        "doa/clock_missed",
        "doa/clock_warning",
    ]
    assert set(found.values_list("recipient", flat=True)) == {make.make_huawei().email}


@pytest.fixture
def awaited():
    """Delivered on 4 February 2026: due back on 26 February, Presidents' Day left out."""
    case = cases.make_case(CaseStatus.FULFILLING)
    make.make_user(case.organization, Role.MANAGER, "boss@applicant.test")
    line = cases.lines_of(case)[0]
    cases.send(line, staff=case.assignee, at=at("2026-02-03 17:00"))
    line = cases.lines_of(case)[0]
    workflow.deliver(
        line, delivered_on=at("2026-02-04 12:00").date(), user=case.assignee,
        at=at("2026-02-04 12:00"),
    )  # fmt: skip
    return cases.lines_of(case)[0]


def test_a_return_is_recalled_before_it_is_due_and_then_escalated_but_never_billed(awaited):
    due = awaited.return_due_on
    assert due.isoformat() == "2026-02-26"
    for moment, count in [
        ("2026-02-18 16:00", 0),
        ("2026-02-19 10:00", 1),
        ("2026-02-24 10:00", 2),
        ("2026-02-26 10:00", 3),
        ("2026-02-26 16:00", 3),
    ]:
        mind(at=at(moment))
        assert told("doa/return_due") == count
    assert told("doa/return_overdue") == 0
    mind(at=at("2026-02-27 10:00"))
    late = Message.unscoped.filter(template="doa/return_overdue")
    assert {CONTACT, "boss@applicant.test"} <= set(late.values_list("recipient", flat=True))
    mind(at=at("2026-03-04 10:00"))
    assert not Message.unscoped.filter(template="doa/billing_to_decide").exists()
    mind(at=at("2026-03-05 10:00"))
    assert Message.unscoped.filter(template="doa/billing_to_decide").exists()
    line = CaseLine.unscoped.get(pk=awaited.pk)
    assert (line.billing, line.return_track) == ("", ReturnTrack.AWAITED)


def test_a_long_rest_of_the_worker_tells_the_latest_of_a_return_alone(awaited):
    mind(at=at("2026-03-20 10:00"))
    assert told("doa/return_due") == 0
    assert told("doa/return_overdue") == 1
    kinds = CaseReminder.objects.filter(line=awaited, kind="return")
    assert kinds.count() == 4
    assert kinds.filter(is_told=True).count() == 1


def test_a_draft_is_kept_for_30_days_after_its_last_change():
    draft = cases.make_draft(at=at("2026-02-02 09:00"))
    mind(at=at("2026-03-04 09:00"))
    assert Case.unscoped.filter(pk=draft.pk).exists()
    mind(at=at("2026-03-04 09:01"))
    assert not Case.unscoped.filter(pk=draft.pk).exists()


def test_every_recall_can_be_read_and_names_its_day(awaited):
    for moment in ("2026-02-19 10:00", "2026-02-27 10:00", "2026-03-05 10:00"):
        mind(at=at(moment))
        while deliver_next(at=at(moment)):
            pass
    assert not Message.unscoped.exclude(last_error="").filter(status="queued").exists()
    heads = {sent.body.splitlines()[0] for sent in mail.outbox}
    assert "The faulty unit is due back by 26 Feb 2026" in heads
    assert "The faulty unit was due back by 26 Feb 2026" in heads
    assert f"Decide whether to bill {awaited.unit}" in heads
    files = {sent.body.splitlines()[0]: sent.attachments for sent in mail.outbox}
    assert not files["The faulty unit was due back by 26 Feb 2026"]
    (file,) = files["The faulty unit is due back by 26 Feb 2026"]
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    assert event.decoded("dtstart") == awaited.return_due_on


def test_a_late_clock_can_be_read_at_the_desk():
    case = cases.make_case(CaseStatus.REGISTERED)
    mind(at=at("2026-02-04 10:00"))
    while deliver_next(at=at("2026-02-04 10:00")):
        pass
    late = next(sent.body for sent in mail.outbox if sent.body.startswith("Late:"))
    assert late.startswith("Late: the response was due by 4 Feb 2026, 10:00 CST")
    assert case.reference in late and "Nobody has taken it." in late
