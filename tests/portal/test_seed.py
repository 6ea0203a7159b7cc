"""The synthetic base: the same for the same numbers, and sound."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.models import Event
from catalog.policy import serial_warnings
from doa.enums import CaseStatus
from doa.models import Case, CaseLine
from doa.workflow.references import next_reference
from portal import seeding, seeding_cases
from warranty.models import Shipment, Unit


def seed(*arguments: str) -> dict:
    printed = StringIO()
    call_command("seed", "--json", *arguments, stdout=printed)
    return json.loads(printed.getvalue())


def test_writes_the_same_files_for_the_same_numbers(tmp_path: Path):
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        paths = seeding.write_files(folder, seeding.Plan(500))
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]


def test_makes_serial_numbers_that_are_unique_and_usual():
    rows = list(seeding.shipments(seeding.Plan(7000)))[1:]
    serials = {row[5] for row in rows}
    assert len(serials) == 7000
    assert not [w for row in rows[::13] for w in serial_warnings(row[5], row[6], row[2])]


def test_ships_nothing_after_the_last_day():
    last_day = date(2026, 2, 28)
    days = [row[2] for row in list(seeding.shipments(seeding.Plan(20_000, last_day)))[1:]]
    assert max(days) == last_day
    assert min(days) == last_day - timedelta(days=seeding.DAYS - 1)


@pytest.mark.django_db
def test_stores_as_many_units_as_asked_for_and_nothing_the_second_time():
    first = seed("--units", "45")
    assert (first["shipments"]["new"], Unit.unscoped.count()) == (45, 45)
    assert Shipment.unscoped.count() == 3
    events = Event.objects.count()
    assert seed("--units", "45")["shipments"]["new"] == 0
    assert (Unit.unscoped.count(), Event.objects.count()) == (45, events)


@pytest.mark.django_db
def test_makes_as_many_cases_in_every_state_and_nothing_the_second_time():
    said = seed("--units", "80", "--cases", "80")
    assert said["cases"]["new"] == Case.unscoped.count() == CaseLine.unscoped.count() == 80
    states = {*seeding_cases.OPEN_ONES, CaseStatus.CLOSED}
    assert set(Case.unscoped.values_list("status", flat=True)) == states
    assert Case.unscoped.open().count() == 8
    assert seed("--units", "80", "--cases", "80")["cases"]["new"] == 0


@pytest.mark.django_db
def test_leaves_the_numbers_of_seeded_cases_taken():
    seed("--units", "3", "--cases", "3", "--until", "2026-02-28")
    at = datetime(2026, 3, 2, 18, tzinfo=UTC)
    with transaction.atomic():
        assert next_reference("DOA", at=at) == "DOA-2026-00004"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [("--units", "0"), ("--units", "5", "--cases", "6"), ("--units", "5", "--until", "soon")],
)
def test_refuses_what_it_can_not_make(arguments):
    with pytest.raises(CommandError) as refusal:
        seed(*arguments)
    assert refusal.value.returncode == 2
    assert not Unit.unscoped.exists()
