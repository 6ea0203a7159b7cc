"""Reminders of missing installation reports: on days 60, 75 and 85, each told once."""

import threading
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection

from audit.models import Event
from notifications import delivery
from notifications.models import Message, Preference
from partners.enums import OrganizationKind
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_organization,
    make_report,
    make_shipment,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from tests.warranty.night import night
from warranty import reminders, workflow
from warranty.enums import ReportStatus
from warranty.models import Nudge, PolicyVersion
from warranty.workflow.nudges import send_nudges

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SIGNED_ON = SHIPPED_ON + 20 * DAY


def day(number: int) -> date:
    return SHIPPED_ON + number * DAY


def remind(number: int, **how):
    """Run the reminders of a day, counted from the shipment, at noon."""
    return send_nudges(as_of=day(number), at=at_noon(day(number)), **how)


def waiting(partner=None, **how):
    return make_unit(partner, installation_service=True, **how)


def steps(*partners) -> list[int]:
    told = Nudge.unscoped.order_by("told_at", "pk")
    if partners:
        told = told.filter(partner__in=partners)
    return list(told.values_list("step", flat=True))


def deliver(number: int):
    """Deliver what is due at noon of a day, and return all that has gone out."""
    while delivery.deliver_next(at=at_noon(day(number))):
        pass
    assert not Message.unscoped.filter(status__in=["failed"]).exists()
    return mail.outbox


def test_the_days_are_rules():
    assert reminders.days_of("60, 75,85") == (60, 75, 85)
    for text in ("", "0, 60", "75, 60", "60, 60", "60; 75", "-1", "sixty"):
        with pytest.raises(ValueError):
            reminders.days_of(text)


@pytest.mark.parametrize(
    ("number", "told"),
    [(59, []), (60, [60]), (74, [60]), (75, [75]), (84, [75]), (85, [85]), (89, [85]), (90, [])],
)
def test_the_latest_step_that_has_come_is_told_until_the_day_before_the_cap(number, told):
    waiting()
    remind(number)
    assert steps() == told


def test_on_every_day_of_the_ninety_exactly_three_reminders_go_out():
    partner = make_organization()
    for _ in range(3):
        waiting(partner)
    for number in range(92):
        night(day(number))
        remind(number)
    assert steps() == [60, 60, 60, 75, 75, 75, 85, 85, 85]
    digests = Message.unscoped.filter(template="warranty/nudge")
    assert digests.count() == 3
    assert Event.objects.filter(name="partner.reminded").count() == 9


def test_without_installation_service_nobody_is_reminded():
    make_unit(installation_service=False)
    assert remind(60).partners == 0


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (ReportStatus.ACCEPTED, []),
        (ReportStatus.SUBMITTED, []),
        (ReportStatus.SENT_BACK, [60]),
        (ReportStatus.WITHDRAWN, [60]),
    ],
)
def test_a_report_counts_while_it_is_checked_and_once_it_is_accepted(status, told):
    unit = waiting()
    make_report([unit], signed_on=SIGNED_ON, status=status)
    remind(60)
    assert steps() == told


def test_a_report_withdrawn_later_makes_its_step_late():
    unit = waiting()
    report = make_report([unit], signed_on=SIGNED_ON)
    remind(60)
    workflow.withdraw_report(report, user=make_staff(), at=at_noon(day(61)), reason="Wrong site.")
    remind(62)
    remind(63)
    assert steps() == [60]


def test_a_missed_day_is_made_up_for_and_never_two_at_once():
    waiting()
    remind(60)
    for number in (78, 79, 80):  # nothing ran on days 75, 76 and 77
        remind(number)
    assert steps() == [60, 75]
    remind(88)
    assert steps() == [60, 75, 85]


def test_a_run_that_first_comes_on_day_86_tells_the_last_step_alone():
    waiting()
    remind(86)
    remind(87)
    assert steps() == [85]


def test_a_second_run_tells_nothing_twice():
    waiting()
    assert (remind(60).shipments, remind(60).shipments) == (1, 0)
    assert Message.unscoped.count() == 1


def test_what_turns_up_after_the_days_digest_is_told_the_next_day():
    partner = make_organization()
    waiting(partner)
    remind(60)
    waiting(partner)
    assert remind(60).shipments == 0
    assert remind(61).shipments == 1
    assert Message.unscoped.count() == 2


def test_who_is_told_is_who_has_the_unit_or_ships_to_end_customers():
    distributor, vap = make_organization(), make_organization(kind=OrganizationKind.VAP)
    customer = make_organization(kind=OrganizationKind.END_CUSTOMER)
    waiting(distributor)
    pass_on(waiting(distributor), vap, shipped_on=day(5))
    pass_on(waiting(distributor), customer, shipped_on=day(5))
    remind(60)
    assert steps(distributor) == [60, 60]
    assert steps(vap) == [60]
    assert steps(customer) == []


def test_a_new_holder_hears_what_the_former_one_was_told():
    distributor, vap = make_organization(), make_organization(kind=OrganizationKind.VAP)
    unit = waiting(distributor)
    remind(60)
    pass_on(unit, vap, shipped_on=day(65))
    remind(66)
    assert (steps(distributor), steps(vap)) == ([60], [60])


def test_the_days_of_the_policy_in_force_at_the_shipment_hold():
    waiting()
    PolicyVersion.objects.update(reminder_days="30, 45")
    late = day(1)
    PolicyVersion.objects.create(label="later", effective_from=late)
    make_unit(installation_service=True, shipped_on=late)
    remind(29)
    assert steps() == []
    remind(31)
    assert steps() == [30]
    remind(61)
    assert steps() == [30, 45, 60]


def test_the_digest_groups_by_shipment_and_says_what_is_handed_in_and_needs_nothing():
    partner = make_organization("ACME")
    shipment = make_shipment(partner, number="SHP-1")
    units = [waiting(shipment=shipment) for _ in range(4)]
    make_report(units[:1], signed_on=SIGNED_ON)
    make_report(units[1:2], signed_on=SIGNED_ON, status=ReportStatus.ACCEPTED)
    make_unit(shipment=shipment)
    waiting(partner, shipped_on=day(-20))
    remind(60)
    (message,) = deliver(60)
    assert message.subject == "Installation reports: 3 units, day 90 from 21 Mar 2026"
    html = message.alternatives[0][0]
    for part in (message.body, html):
        assert "so that the date is right" in part
        assert "SHP-1" in part and "10 Apr 2026" in part and "21 Mar 2026" in part
        assert "nothing to do" in part
        assert "http://127.0.0.1:8000/reports/new/" in part
    assert "without a report: 2 units" in message.body
    assert "report handed in, being checked: 1 unit, nothing to do" in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_who_may_not_hand_reports_in_is_told_who_does():
    waiting(make_organization(kind=OrganizationKind.VAR))
    remind(60)
    (message,) = deliver(60)
    assert "Your distributor hands the report in." in message.body
    assert "/reports/new/" not in message.body and "/home/" in message.body


def test_a_report_handed_in_before_the_mail_leaves_makes_it_needless():
    unit = waiting()
    remind(60)
    make_report([unit], signed_on=SIGNED_ON)
    assert deliver(60) == []
    message = Message.unscoped.get()
    assert message.status == "skipped"
    assert "Every report is handed in" in message.last_error


# Once a week

MONDAY = 65
"""The first Monday after day 60 of `SHIPPED_ON`: 16 March 2026."""


@pytest.fixture
def weekly():
    partner = make_organization("WEEK")
    Preference.objects.create(address=partner.email, kind="report-missing", is_weekly=True)
    return partner


def test_who_reads_weekly_gets_one_mail_on_monday_with_the_whole_week(weekly):
    assert day(MONDAY).weekday() == 0
    waiting(weekly)
    waiting(weekly, shipped_on=day(2))
    for number in range(59, MONDAY):
        remind(number)
    assert deliver(MONDAY - 1) == []
    (message,) = deliver(MONDAY)
    assert "2 units" in message.subject
    assert "10 Apr 2026" in message.body and "12 Apr 2026" in message.body
    assert Message.unscoped.count() == 1


def test_a_week_begins_where_the_last_one_ended(weekly):
    waiting(weekly)
    waiting(weekly, shipped_on=day(6))
    for number in range(59, MONDAY + 8):
        remind(number)
        deliver(number)
    assert [("10 Apr 2026" in m.body, "16 Apr 2026" in m.body) for m in mail.outbox] == [
        (True, False),
        (False, True),
    ]


def test_a_day_90_before_that_monday_does_not_wait_for_it(weekly):
    waiting(weekly, shipped_on=day(-25))  # its day 85 is day 60; its day 90 is Monday, day 65
    waiting(weekly, shipped_on=day(-26))
    waiting(weekly)
    remind(60)
    (now,) = deliver(60)
    assert "15 Mar 2026" in now.body
    assert "16 Mar 2026" not in now.body and "10 Apr 2026" not in now.body
    later = deliver(MONDAY)[-1]
    assert "15 Mar 2026" not in later.body and "10 Apr 2026" in later.body


def test_of_two_readers_each_has_their_own_rhythm(weekly):
    daily, slow = make_user(weekly), make_user(weekly)
    Preference.objects.create(address=slow.email, kind="report-missing", is_weekly=True)
    waiting(weekly)
    remind(60)
    assert [message.to for message in deliver(60)] == [[daily.email]]
    assert [message.to for message in deliver(MONDAY)] == [[daily.email], [slow.email]]


# Large bases, and two at once


def test_a_batch_costs_the_same_for_two_partners_and_for_twenty(django_assert_max_num_queries):
    for count in (2, 18):
        for _ in range(count):
            for _ in range(3):
                waiting(make_organization())
    with django_assert_max_num_queries(16):
        assert remind(60).partners == 60
    assert Nudge.unscoped.count() == Message.unscoped.count() == 60


def test_a_small_batch_tells_everybody_all_the_same():
    for _ in range(5):
        waiting(make_organization())
    assert remind(60, size=2).partners == 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_tell_each_partner_once():
    partners = [make_organization() for _ in range(30)]
    for partner in partners:
        for _ in range(3):
            waiting(partner)
    started = threading.Barrier(4)

    def run():
        try:
            started.wait()
            remind(60, size=7)
        finally:
            connection.close()

    runners = [threading.Thread(target=run) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert Nudge.unscoped.count() == 90
    assert Message.unscoped.count() == 30
    assert Event.objects.filter(name="partner.reminded").count() == 90
