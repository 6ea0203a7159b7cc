"""Who writes to a shipment while the night is at it: nothing is forgotten or misdated."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from audit.models import Event
from tests.builders import (
    CAP_ON,
    SHIPPED_ON,
    at_noon,
    make_part_number,
    make_report,
    make_staff,
    make_unit,
)
from tests.conftest import somebody_waits, wait_until
from tests.warranty.night import night, start_of
from warranty.models import Shipment, Unit
from warranty.workflow import accept_report

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)


@contextmanager
def uncommitted(write):
    """Run `write` in another connection's transaction that commits when somebody waits."""
    written = threading.Event()

    def work():
        try:
            with transaction.atomic():
                write()
                written.set()
                wait_until(somebody_waits)
        finally:
            written.set()
            connection.close()

    writer = threading.Thread(target=work)
    writer.start()
    written.wait()
    yield
    writer.join()


def test_a_unit_added_during_the_night_is_found_by_the_next():
    unit = make_unit()
    part_number = make_part_number()

    def add():
        Shipment.unscoped.filter(pk=unit.huawei_shipment_id).update(pending=True)
        make_unit(shipment=unit.huawei_shipment, part_number=part_number, serial="LATE")

    with uncommitted(add):
        assert night(CAP_ON).started == 1
    assert Shipment.unscoped.get().pending
    assert night(CAP_ON + DAY).started == 1
    assert start_of(Unit.unscoped.get(serial="LATE")) == (CAP_ON, "W1")


def test_a_shipment_corrected_during_the_night_starts_nothing_by_its_old_date():
    unit, other = make_unit(), make_unit()

    def correct():
        corrected = Shipment.unscoped.filter(pk=unit.huawei_shipment_id)
        corrected.update(shipped_on=SHIPPED_ON + 10 * DAY, pending=True)

    with uncommitted(correct):
        assert night(CAP_ON).started == 1
    assert (start_of(unit), start_of(other)) == (None, (CAP_ON, "W1"))
    night(CAP_ON + 10 * DAY)
    assert start_of(unit) == (CAP_ON + 10 * DAY, "W1")


def test_two_nights_at_once_wait_for_each_other_and_tell_once():
    unit = make_unit()
    with uncommitted(lambda: night(CAP_ON)):
        assert night(CAP_ON).started == 0
    assert start_of(unit) == (CAP_ON, "W1")


def test_nothing_due_is_found_out_by_the_pending_index_alone():
    shipment = make_unit().huawei_shipment
    Shipment.unscoped.bulk_create(
        Shipment(
            number=f"DONE-{number:05d}",
            leg="huawei",
            shipped_on=SHIPPED_ON,
            shipped_by=shipment.shipped_by,
            consignee=shipment.consignee,
            pending=False,
        )
        for number in range(3000)
    )
    night(CAP_ON)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE warranty_shipment")
    due = Shipment.unscoped.with_starts_due(as_of=CAP_ON, latest_start_days=90)
    plan = due.order_by("shipped_on", "pk").values_list("pk", "shipped_on")[:1000].explain()
    assert "warranty_shipment_pending" in plan
    assert "Seq Scan" not in plan


def test_a_report_accepted_during_the_night_moves_the_start_and_starts_nothing_twice():
    unit = make_unit(installation_service=True)
    report = make_report([unit], signed_on=SHIPPED_ON + 60 * DAY)
    staff = make_staff()
    with uncommitted(lambda: night(CAP_ON)):
        accept_report(report, user=staff, at=at_noon(CAP_ON))
    assert start_of(unit) == (SHIPPED_ON + 60 * DAY, "W2")
    names = Event.objects.filter(record_id=unit.pk, record_type="warranty.unit")
    assert list(names.order_by("pk").values_list("name", flat=True)) == [
        "warranty.started",
        "warranty.moved",
    ]
