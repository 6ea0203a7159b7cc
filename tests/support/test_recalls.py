"""Reminders about contracts: starts to choose, cover that ends, each told once."""

import csv
import io
import threading
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from time_machine import travel

from audit.models import Event
from notifications import delivery
from notifications.models import Message, Preference
from partners.models import User
from support import workflow
from support.enums import Recall
from support.models import ContractLine, ContractRecall
from support.planning import LATER, StartChoice
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_contract,
    make_level,
    make_organization,
    make_policy,
    make_staff,
    make_unit,
    make_user,
)
from warranty.models import PolicyVersion, Shipment

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ENDS_ON = date(2027, 1, 9)
"""The last covered day of 12 months from `SHIPPED_ON`, 10 Jan 2026."""
START, END = Recall.START, Recall.END


@pytest.fixture
def vap():
    return make_organization("VAP1", "vap")


def day(number: int) -> date:
    return SHIPPED_ON + number * DAY


def before_end(number: int) -> date:
    return ENDS_ON - number * DAY


def contract_of(holder, *, start=LATER, units=1, **how):
    """Register a contract on the day of shipment; the holder's mailbox reads its mail."""
    made = [make_unit(holder) for _ in range(units)]
    contract = make_contract(made, at=at_noon(SHIPPED_ON), start=start, organization=holder, **how)
    User.objects.update(is_active=False)
    return contract


def ending(holder, **how):
    return contract_of(holder, start=StartChoice(), **how)


def remind(about, on, **how):
    return workflow.send_recalls(about, as_of=on, at=at_noon(on), **how)


def steps(about) -> list[int]:
    told = ContractRecall.unscoped.filter(about=about).order_by("told_at", "pk")
    return list(told.values_list("step", flat=True))


def deliver(on):
    """Deliver what is due at noon of a day but confirmations; return all that has gone out."""
    Message.unscoped.exclude(key__startswith="recalls:").delete()
    with travel(at_noon(on), tick=False):
        while delivery.deliver_next(at=at_noon(on)):
            pass
    assert not Message.unscoped.filter(status="failed").exists()
    return mail.outbox


@pytest.mark.parametrize(
    ("number", "told"),
    [(59, []), (60, [60]), (79, [60]), (80, [80]), (90, [80]), (91, [])],
)
def test_a_start_to_choose_is_recalled_from_day_60_to_the_last_day_of_the_window(vap, number, told):
    contract_of(vap)
    remind(START, day(number))
    assert steps(START) == told


@pytest.mark.parametrize(
    ("left", "told"),
    [(91, []), (90, [90]), (61, [90]), (60, [60]), (31, [60]), (30, [30]), (0, [30]), (-1, [])],
)
def test_an_end_is_recalled_from_90_days_before_to_the_last_covered_day(vap, left, told):
    ending(vap)
    remind(END, before_end(left))
    assert steps(END) == told


def test_on_every_day_each_step_is_told_once(vap):
    contract_of(vap, units=3)
    for number in range(92):
        remind(START, day(number))
    for left in range(95, -2, -1):
        remind(END, before_end(left))
    assert (steps(START), steps(END)) == ([60, 80], [90, 60, 30])
    assert Message.unscoped.filter(key__startswith="recalls:").count() == 5
    assert Event.objects.filter(name="partner.recalled").count() == 5


def test_a_worker_that_was_down_makes_up_for_the_latest_step_alone(vap):
    contract_of(vap)
    remind(START, day(85))
    remind(START, day(86))
    remind(END, before_end(40))
    remind(END, before_end(39))
    remind(END, before_end(12))
    assert (steps(START), steps(END)) == ([80], [60, 30])


def test_a_chosen_start_is_not_recalled(vap):
    contract = contract_of(vap)
    workflow.choose_start(contract, starts_on=day(70), user=make_user(vap), at=at_noon(day(50)))
    assert remind(START, day(60)).holders == 0


def test_neither_is_told_of_a_cancelled_contract(vap):
    contract = contract_of(vap)
    workflow.cancel_contract(contract, reason="Sold", user=make_user(vap), at=at_noon(day(5)))
    assert remind(START, day(60)).holders == remind(END, before_end(90)).holders == 0


def test_a_renewal_takes_the_place_of_the_end_and_is_recalled_at_its_own(vap):
    contract = ending(vap)
    renewal = workflow.renew_contract(
        contract,
        workflow.Order(number="HC-R", level=make_level(), term_months=12),
        user=make_user(vap),
        at=at_noon(before_end(100)),
    )
    assert remind(END, before_end(90)).dates == 0
    remind(END, date(2028, 1, 9) - 90 * DAY)
    assert ContractRecall.unscoped.get().contract == renewal


def test_cover_of_the_other_family_does_not_take_the_place_of_the_end(vap):
    contract = ending(vap)
    units = [line.unit for line in contract.lines.select_related("unit")]
    make_contract(
        units, at=at_noon(SHIPPED_ON), organization=vap, level=make_level("9x5xNBD-Ship", "cocare"),
        months=36,
    )  # fmt: skip
    assert remind(END, before_end(90)).dates == 1


def test_a_date_that_moves_is_told_anew(vap):
    contract = contract_of(vap)
    remind(START, day(60))
    Shipment.unscoped.filter(pk=contract.lines.get().anchor_shipment_id).update(shipped_on=day(30))
    workflow.follow_shipments(at=at_noon(day(61)))
    assert remind(START, day(89)).dates == 0
    assert remind(START, day(90)).dates == 1
    line = ContractLine.unscoped.get()
    remind(END, line.ends_on - 90 * DAY)
    workflow.move_start(
        contract, starts_on=day(110), reason="Late", user=make_staff(), at=at_noon(day(100))
    )
    line.refresh_from_db()
    remind(END, line.ends_on - 90 * DAY)
    assert (steps(START), steps(END)) == ([60, 60], [90, 90])


def test_one_mail_a_day_for_each_holder_whatever_the_units_and_contracts(vap):
    other = make_organization("VAP2", "vap")
    for holder in (vap, vap, other):
        contract_of(holder, units=4)
    result = remind(START, day(60))
    assert (result.holders, result.dates) == (2, 3)
    told = Message.unscoped.filter(template="support/start_not_chosen")
    assert sorted(m.organization.code for m in told) == ["VAP1", "VAP2"]


def test_what_turns_up_after_the_days_mail_is_told_the_next_day(vap):
    contract_of(vap)
    remind(START, day(60))
    contract_of(vap)
    assert remind(START, day(60)).dates == 0
    assert remind(START, day(61)).dates == 1


def test_the_days_are_those_of_the_policy_in_force_today(vap):
    make_policy()
    PolicyVersion.objects.update(start_reminder_days="10", ending_reminder_days="5, 20")
    contract_of(vap)
    assert remind(START, day(9)).dates == 0
    assert remind(START, day(10)).dates == 1
    assert remind(END, before_end(21)).dates == 0
    assert remind(END, before_end(20)).dates == 1


def test_the_mail_of_a_start_says_what_holds_if_nothing_is_chosen_and_until_when(vap):
    contract = contract_of(vap, units=3, number="HC-7", end_customer="Hospital")
    remind(START, day(60))
    (message,) = deliver(day(60))
    assert message.subject == "Start of support not chosen: 3 units, last day 10 Apr 2026"
    for part in (message.body, message.alternatives[0][0]):
        assert "HC-7" in part and "Hospital" in part and "10 Jan 2026" in part
        assert f"/contracts/{contract.reference}/start/" in part
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_several_contracts_lead_to_the_list(vap):
    for _ in range(2):
        contract_of(vap)
    remind(START, day(60))
    (message,) = deliver(day(60))
    assert "/contracts/?view=start-open" in message.body


def test_the_mail_of_an_end_is_by_customer_with_every_unit_in_a_file(vap):
    ending(vap, units=2, number="HC-1", end_customer="School")
    ending(vap, units=12, number="HC-2", end_customer="Hospital")
    remind(END, before_end(90))
    (message,) = deliver(before_end(90))
    assert message.subject == "Support ends: 14 units, from 9 Jan 2027"
    assert message.body.index("Hospital") < message.body.index("School")
    assert "12 units covered until 9 Jan 2027, renew by 10 Apr 2027" in message.body
    name, body, _ = message.attachments[0]
    rows = list(csv.DictReader(io.StringIO(body.lstrip("\ufeff"))))
    assert name == "cover-ending-2026-10-11.csv"
    assert [row["contract"] for row in rows].count("HC-2") == 12 and len(rows) == 14
    assert rows[0]["renew_by"] == "2027-04-10"


def test_what_is_settled_before_the_mail_leaves_makes_it_needless(vap):
    contract = contract_of(vap)
    remind(START, day(60))
    workflow.choose_start(contract, starts_on=day(70), user=make_user(vap), at=at_noon(day(60)))
    assert deliver(day(60)) == []
    assert "Every start is chosen" in Message.unscoped.get().last_error


def test_who_has_stopped_one_kind_still_gets_the_other(vap):
    Preference.objects.create(address=vap.email, kind="start-not-chosen", is_on=False)
    contract_of(vap)
    ContractLine.unscoped.update(ends_on=day(150))
    remind(START, day(60))
    remind(END, day(60))
    assert [m.subject[:12] for m in deliver(day(60))] == ["Support ends"]


def test_a_run_costs_the_same_for_two_holders_and_for_twenty(django_assert_max_num_queries):
    for count in (2, 18):
        for _ in range(count):
            contract_of(make_organization(kind="vap"), units=2)
    with django_assert_max_num_queries(17):
        assert remind(START, day(60)).holders == 20
    assert remind(END, before_end(60), size=3).holders == 20


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_tell_each_holder_once():
    for _ in range(12):
        ending(make_organization(kind="vap"))
    started = threading.Barrier(3)

    def run():
        try:
            started.wait()
            remind(END, before_end(60), size=5)
        finally:
            connection.close()

    runners = [threading.Thread(target=run) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert len(steps(END)) == 12
    assert Message.unscoped.filter(template="support/cover_ending").count() == 12
