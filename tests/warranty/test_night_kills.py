"""Two runners at once, killed again and again: every warranty starts once all the same."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection

from audit.models import Event
from notifications.models import Message
from tests.builders import CAP_ON, make_organization, make_part_number, make_shipment, make_unit
from tests.conftest import ROOT, process_environment, wait_until
from warranty.models import Shipment, StartNight, Unit, Warranty

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SHIPMENTS, UNITS_EACH, BATCH, KILLS = 400, 10, 4, 12
RAN_ON = CAP_ON + timedelta(days=7)


@pytest.fixture
def installed_base():
    """Ship 4,000 units on two days to eight partners, a third with installation service."""
    partners = [make_organization() for _ in range(8)]
    part_number = make_part_number()
    make_unit(partners[0], part_number=part_number)  # brings the policy version
    for number in range(SHIPMENTS):
        shipped_on = date(2026, 1, 10 - number % 2)
        shipment = make_shipment(partners[number % 8], shipped_on=shipped_on)
        Unit.unscoped.bulk_create(
            Unit(
                serial=f"KILL{number:05d}{n:03d}",
                part_number=part_number,
                huawei_shipment=shipment,
                consignee=shipment.consignee,
                installation_service=n % 3 == 0,
            )
            for n in range(UNITS_EACH)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return partners


class Runners:
    """Starts nights in processes of their own, and tells how each ended."""

    def __init__(self, var):
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.warranty.night_runner", RAN_ON.isoformat(), str(BATCH)],
            cwd=ROOT,
            env=process_environment(var),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def _ask(self, line):
        self.parent.stdin.write(f"{line}\n")
        return int(self.parent.stdout.readline())

    def start_two(self):
        return [self._ask("start"), self._ask("start")]

    def kill(self, runners):
        """Kill these; return how many were still running."""
        for runner in runners:
            os.kill(runner, signal.SIGKILL)
        return self.wait(runners).count(-signal.SIGKILL)

    def wait(self, runners):
        return [self._ask(f"wait {runner}") for runner in runners]


@pytest.fixture
def runners(transactional_db, tmp_path):
    started = Runners(tmp_path)
    yield started
    started.parent.communicate()


def kill_in_the_middle(runners):
    """Let two runners get somewhere, then kill both; return how many were still running."""
    before = Warranty.unscoped.count()
    pair = runners.start_two()
    wait_until(lambda: Warranty.unscoped.count() > before)
    time.sleep(random.uniform(0, 0.02))
    return runners.kill(pair)


def faults():
    """Return what is wrong after a night that is over, in words; nothing if all is well."""
    units = Unit.unscoped.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT unit_id) FROM warranty_warranty")
        rows, started = cursor.fetchone()
    events = Event.objects.filter(name="warranty.started")
    keys = Message.unscoped.values_list("organization", flat=True)
    wrong = Warranty.unscoped.exclude(notice_on=RAN_ON) | Warranty.unscoped.filter(rule="W2")
    return [
        fault
        for fault, is_so in {
            "not started": started < units,
            "started twice": rows > started,
            "an event too many": events.count() > units,
            "an event missing": events.values("record_id").distinct().count() < units,
            "told twice": len(keys) > len(set(keys)),
            "not told": Message.unscoped.filter(status="queued").count() < 8,
            "on no notice or another": wrong.exists(),
            "misdated": misdated(),
            "pending": Shipment.unscoped.filter(pending=True).exists(),
            "left open": StartNight.objects.filter(closed_at=None).exists(),
        }.items()
        if is_so
    ]


def misdated():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM warranty_warranty w JOIN warranty_unit u ON u.id = w.unit_id "
            "JOIN warranty_shipment s ON s.id = u.huawei_shipment_id "
            "WHERE w.starts_on <> s.shipped_on + 90"
        )
        return cursor.fetchone()[0] > 0


def test_two_runners_killed_a_dozen_times_start_every_unit_once(installed_base, runners):
    killed = 0
    while killed < KILLS:
        killed += kill_in_the_middle(runners)
    assert 0 < Warranty.unscoped.count() < Unit.unscoped.count(), "the kills came too late"
    assert not Message.unscoped.filter(status="queued").exists()
    assert runners.wait(runners.start_two()) == [0, 0]
    assert faults() == []


@contextmanager
def without_the_primary_key():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE warranty_warranty DROP CONSTRAINT warranty_warranty_pkey")
        try:
            yield
        finally:
            cursor.execute("TRUNCATE warranty_warranty")
            cursor.execute("ALTER TABLE warranty_warranty ADD PRIMARY KEY (unit_id)")


def test_without_the_primary_key_the_same_runners_start_units_twice(installed_base, runners):
    with without_the_primary_key():
        assert runners.wait(runners.start_two()) == [0, 0]
        found = faults()
    assert {"started twice", "an event too many"} <= set(found)
