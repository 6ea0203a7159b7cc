"""The night: who is due, from when, told once (policy sections 2 and 9)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from audit.models import Event
from jobs.models import Job
from notifications.models import Message
from partners.enums import OrganizationKind, Role
from tests.builders import (
    CAP_ON,
    SHIPPED_ON,
    at_noon,
    make_huawei,
    make_organization,
    make_part_number,
    make_policy,
    make_report,
    make_shipment,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from tests.warranty.night import command, night, start_of, started_events
from warranty import nights, workflow
from warranty.models import PolicyVersion, Shipment, StartNight, Warranty

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def keys() -> list[str]:
    return sorted(Message.unscoped.values_list("key", flat=True))


def signed(unit, day, *, accepted_on=CAP_ON + 5 * DAY):
    """Hand in a report signed on `day` and let staff accept it later."""
    report = make_report([unit], signed_on=day)
    return workflow.accept_report(report, user=make_staff(), at=at_noon(accepted_on))


@pytest.mark.parametrize(("day", "started"), [(89, 0), (90, 1), (91, 1)])
def test_a_unit_starts_on_day_90_and_not_before(day, started):
    unit = make_unit()
    result = command(SHIPPED_ON + day * DAY)
    assert (result["due"], result["started"]) == (started, started)
    assert start_of(unit) == ((CAP_ON, "W1") if started else None)


def test_without_installation_service_a_report_changes_nothing():
    unit = make_unit(installation_service=False)
    signed(unit, SHIPPED_ON + 10 * DAY, accepted_on=SHIPPED_ON + 12 * DAY)
    command(CAP_ON)
    assert start_of(unit) == (CAP_ON, "W1")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (0, (SHIPPED_ON, "W2")),
        (89, (CAP_ON - DAY, "W2")),
        (90, (CAP_ON, "W2")),
        (91, (CAP_ON, "W3")),
    ],
)
def test_a_signature_counts_until_day_90(day, expected):
    unit = make_unit(installation_service=True)
    make_report([unit], signed_on=SHIPPED_ON + day * DAY, status="accepted")
    command(CAP_ON + 5 * DAY)
    assert start_of(unit) == expected


@pytest.mark.parametrize("status", ["submitted", "sent_back", "withdrawn"])
def test_only_an_accepted_report_counts(status):
    unit = make_unit(installation_service=True)
    make_report([unit], signed_on=SHIPPED_ON + 20 * DAY, status=status)
    command(CAP_ON)
    assert start_of(unit) == (CAP_ON, "W3")


def test_a_signature_before_the_shipment_does_not_count():
    unit = make_unit(installation_service=True)
    make_report([unit], signed_on=SHIPPED_ON - DAY, status="accepted")
    command(CAP_ON)
    assert start_of(unit) == (CAP_ON, "W3")


def test_of_two_signatures_the_earlier_counts():
    unit = make_unit(installation_service=True)
    make_report([unit], signed_on=SHIPPED_ON + 30 * DAY, status="accepted")
    earlier = make_report([unit], signed_on=SHIPPED_ON + 20 * DAY, status="accepted")
    command(CAP_ON)
    assert start_of(unit) == (SHIPPED_ON + 20 * DAY, "W2")
    assert Warranty.unscoped.get().report == earlier


def test_of_five_units_three_start_with_their_report_and_two_on_day_90():
    shipment = make_shipment()
    units = [make_unit(shipment=shipment, installation_service=True) for _ in range(5)]
    report = make_report(units[:3], signed_on=SHIPPED_ON + 15 * DAY)
    workflow.accept_report(report, user=make_staff(), at=at_noon(SHIPPED_ON + 16 * DAY))
    assert [start_of(unit) for unit in units[3:]] == [None, None]
    assert command(CAP_ON)["started"] == 2
    assert [start_of(unit) for unit in units] == (
        [(SHIPPED_ON + 15 * DAY, "W2")] * 3 + [(CAP_ON, "W3")] * 2
    )
    assert len(started_events(*units)) == 5


def test_a_worker_that_was_down_dates_the_start_by_rule_and_says_when_it_ran():
    unit = make_unit()
    assert command(date(2026, 4, 8))["started"] == 0
    assert command(date(2026, 4, 17))["started"] == 1
    warranty = Warranty.unscoped.get()
    assert (warranty.starts_on, warranty.rule) == (CAP_ON, "W1")
    assert warranty.started_at == at_noon(date(2026, 4, 17))
    event = Event.objects.get(name="warranty.started")
    assert (event.at, event.record_id) == (at_noon(date(2026, 4, 17)), unit.pk)
    assert event.detail == {
        "before": None,
        "after": {"starts_on": "2026-04-10", "ends_on": "2027-04-09", "rule": "W1"},
        "cap_on": "2026-04-10",
        "cause": "day 90",
    }
    assert Message.unscoped.get().status == "queued"


def test_the_event_names_the_unit_the_system_and_no_organization():
    unit = make_unit()
    night(CAP_ON)
    event = Event.objects.get(name="warranty.started")
    assert (event.record_type, event.record_label) == ("warranty.unit", unit.serial)
    assert (event.actor_kind, event.actor_id, event.organization_id) == ("system", None, None)


def test_a_second_run_starts_nothing_and_tells_nobody():
    make_unit()
    first = command(CAP_ON)
    before = list(Message.unscoped.values()), Event.objects.count()
    second = command(CAP_ON)
    assert (first["started"], second["due"], second["started"]) == (1, 0, 0)
    assert (list(Message.unscoped.values()), Event.objects.count()) == before


def test_each_partner_gets_one_notice_a_day_however_many_units_and_batches():
    partners = [make_organization("ACME"), make_organization("BOLT")]
    for partner in partners * 3:
        make_unit(partner)
    result = night(CAP_ON, batch=1)
    assert (result.started, result.partners) == (6, 2)
    assert keys() == sorted(
        f"warranties-started:{partner.pk}:2026-04-10:{partner.email}" for partner in partners
    )


def test_every_active_person_of_the_partner_is_told_and_nobody_else():
    partner = make_organization()
    told = [make_user(partner).email, make_user(partner, Role.MANAGER).email]
    gone = make_user(partner)
    gone.is_active = False
    gone.save()
    make_user(make_organization())
    make_unit(partner)
    night(CAP_ON)
    assert sorted(Message.unscoped.values_list("recipient", flat=True)) == sorted(told)


def test_the_holder_of_the_latest_shipment_is_told():
    distributor, vap = make_organization(), make_organization(kind=OrganizationKind.VAP)
    pass_on(make_unit(distributor), vap, shipped_on=SHIPPED_ON + 30 * DAY)
    night(CAP_ON)
    assert Message.unscoped.get().organization == vap


def test_who_shipped_to_an_end_customer_is_told_in_its_place():
    distributor = make_organization()
    customer = make_organization(kind=OrganizationKind.END_CUSTOMER)
    pass_on(make_unit(distributor), customer, shipped_on=SHIPPED_ON + 30 * DAY)
    make_unit(customer)
    result = night(CAP_ON)
    assert result.partners == 2
    told = set(Message.unscoped.values_list("organization", flat=True))
    assert told == {distributor.pk, make_huawei().pk}


def test_a_unit_that_comes_after_the_notice_stands_on_the_next_days():
    partner = make_organization()
    make_unit(partner)
    night(CAP_ON)
    late = make_unit(partner)
    night(CAP_ON)
    assert Warranty.unscoped.get(unit=late).notice_on == CAP_ON + DAY
    assert sorted(Message.unscoped.values_list("status", flat=True)) == ["held", "queued"]
    later = make_unit(partner)
    night(CAP_ON + DAY)
    assert Warranty.unscoped.get(unit=later).notice_on == CAP_ON + DAY
    assert keys() == [
        f"warranties-started:{partner.pk}:2026-04-{day}:{partner.email}" for day in (10, 11)
    ]
    assert set(Message.unscoped.values_list("status", flat=True)) == {"queued"}


def test_a_night_left_open_is_closed_by_the_next_run():
    partner = make_organization()
    make_unit(partner)
    night(CAP_ON)
    make_unit(partner)
    night(CAP_ON)
    night(CAP_ON + 7 * DAY)
    assert set(Message.unscoped.values_list("status", flat=True)) == {"queued"}
    assert not StartNight.objects.filter(closed_at=None).exists()


def test_a_night_that_tells_nobody_leaves_the_days_notice_open():
    unit = make_unit(installation_service=True)
    signed(unit, SHIPPED_ON + DAY, accepted_on=SHIPPED_ON + 2 * DAY)
    Message.unscoped.all().delete()
    assert night(CAP_ON).started == 0
    late = make_unit()
    night(CAP_ON)
    assert Warranty.unscoped.get(unit=late).notice_on == CAP_ON


def test_the_shipments_leave_the_list_and_a_new_unit_brings_its_own_back():
    unit = make_unit()
    night(CAP_ON)
    assert not Shipment.unscoped.filter(pending=True).exists()
    Shipment.unscoped.update(pending=True)
    added = make_unit(shipment=unit.huawei_shipment)
    assert night(CAP_ON + DAY).started == 1
    assert start_of(added) == (CAP_ON, "W1")
    assert not Shipment.unscoped.filter(pending=True).exists()


def test_a_void_warranty_is_left_alone():
    unit = make_unit()
    night(CAP_ON)
    workflow.void_warranty(unit, reason="Stolen.", user=make_staff(), at=at_noon(CAP_ON))
    Shipment.unscoped.update(pending=True)
    assert night(CAP_ON + DAY).due == 0
    assert Warranty.unscoped.get().void_reason == "Stolen."
    assert not Shipment.unscoped.filter(pending=True).exists()


@pytest.mark.parametrize(
    ("shipped_on", "months", "starts_on", "ends_on"),
    [
        (date(2019, 12, 1), 12, date(2020, 2, 29), date(2021, 2, 28)),
        (date(2019, 6, 2), 6, date(2019, 8, 31), date(2020, 2, 29)),
        (date(2019, 6, 2), 5, date(2019, 8, 31), date(2020, 1, 30)),
        (date(2023, 12, 1), 12, date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 12, 1), 48, date(2024, 2, 29), date(2028, 2, 28)),
        (date(2026, 1, 30), 12, date(2026, 4, 30), date(2027, 4, 29)),
        (date(2025, 10, 3), 2, date(2026, 1, 1), date(2026, 2, 28)),
        (date(2025, 11, 2), 1, date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 1, 10), 600, date(2026, 4, 10), date(2076, 4, 9)),
    ],
)
def test_the_last_covered_day_is_the_day_before_the_same_day_number(
    shipped_on, months, starts_on, ends_on
):
    make_unit(shipped_on=shipped_on, months=months)
    night(starts_on)
    warranty = Warranty.unscoped.get()
    assert (warranty.starts_on, warranty.ends_on) == (starts_on, ends_on)


def test_the_policy_version_of_the_shipment_day_decides_day_and_term():
    first = make_policy()
    later = PolicyVersion.objects.create(
        label="later",
        effective_from=SHIPPED_ON,
        latest_start_days=30,
        default_warranty_months=24,
    )
    part_number = make_part_number(months=None)
    before = make_unit(shipped_on=SHIPPED_ON - DAY, part_number=part_number)
    after = make_unit(shipped_on=SHIPPED_ON, part_number=part_number)
    assert night(SHIPPED_ON + 29 * DAY).started == 0
    night(SHIPPED_ON + 30 * DAY)
    assert (start_of(before), start_of(after)) == (None, (SHIPPED_ON + 30 * DAY, "W1"))
    night(CAP_ON)
    assert start_of(before) == (CAP_ON - DAY, "W1")
    found = {w.unit_id: (w.policy_version, w.months) for w in Warranty.unscoped.all()}
    assert found == {
        before.pk: (first, first.default_warranty_months),
        after.pk: (later, 24),
    }


def test_an_earlier_as_of_starts_only_what_was_due_by_then():
    due, not_yet = make_unit(), make_unit(shipped_on=SHIPPED_ON + DAY)
    assert command(CAP_ON + 9 * DAY, "--as-of", "2026-04-10")["started"] == 1
    assert (start_of(due), start_of(not_yet)) == ((CAP_ON, "W1"), None)


def test_a_day_that_has_not_come_is_refused_and_nothing_is_stored():
    make_unit()
    with (
        time_machine.travel(at_noon(CAP_ON - DAY), tick=False),
        pytest.raises(CommandError, match="10 Apr 2026 has not come") as refusal,
    ):
        call_command("start_warranties", "--as-of", "2026-04-10")
    assert refusal.value.returncode == 1
    assert (Warranty.unscoped.count(), Job.unscoped.count()) == (0, 0)


def test_the_command_says_in_words_what_it_did(capsys):
    make_unit()
    with time_machine.travel(at_noon(CAP_ON), tick=False):
        call_command("start_warranties")
    assert capsys.readouterr().out.startswith("1 due, 1 started for 1 partner in 0")


def test_a_word_that_is_no_day_is_refused_by_its_name():
    with pytest.raises(CommandError, match="--as-of"):
        call_command("start_warranties", "--as-of", "yesterday")


def test_the_business_day_decides_and_not_the_utc_day(settings):
    settings.BUSINESS_TIME_ZONE = "America/Chicago"
    make_unit()
    with time_machine.travel("2026-04-10T04:59:00Z", tick=False):
        call_command("start_warranties")
    assert Warranty.unscoped.count() == 0
    with time_machine.travel("2026-04-10T05:00:00Z", tick=False):
        call_command("start_warranties")
    assert Warranty.unscoped.count() == 1


def test_staff_see_the_run_with_its_counts():
    make_unit()
    night(CAP_ON)
    job = Job.unscoped.get()
    assert (job.kind, job.status, job.actor_label) == ("start_warranties", "done", "Ninety")
    assert job.counts == {"due": 1, "started": 1, "partners": 1}
    assert job.finished_at >= job.started_at


def test_a_run_that_breaks_is_marked_and_leaves_nothing_half_done(monkeypatch):
    make_unit()
    monkeypatch.setattr("notifications.outbox.LONGEST_KEY", None)
    with pytest.raises(TypeError):
        night(CAP_ON)
    assert Job.unscoped.get().status == "failed"
    assert (Warranty.unscoped.count(), Message.unscoped.count()) == (0, 0)
    assert Event.objects.filter(name="warranty.started").count() == 0


def test_a_day_to_come_can_not_be_asked_of_the_function_either():
    with pytest.raises(nights.NotYet, match="Choose today or an earlier day"):
        night(CAP_ON, as_of=CAP_ON + DAY)
