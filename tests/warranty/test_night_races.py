"""Who writes to a shipment while the night is at it: nothing is forgotten or misdated."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.builders import CAP_ON, SHIPPED_ON, make_part_number, make_unit
from tests.conftest import wait_until
from tests.warranty.night import night, start_of
from warranty.models import Shipment, Unit

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0]


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
