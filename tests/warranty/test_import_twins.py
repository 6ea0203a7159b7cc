"""The two twins of the import agree, and an accepted file is accepted once."""

import json
import random

import pytest
from django.db import transaction

from audit.models import Event
from tests.warranty.shipment_files import SECOND, csv_of, load, make_world, onward
from warranty.imports import portable, postgresql
from warranty.models import Shipment, ShipmentLine, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    make_world()


def random_row(choose):
    """Return a row that fits the others, but for one in twenty."""
    unit = choose.randrange(20)
    mistaken = choose.random() < 0.05
    texts = {
        "serial_number": f"2102350AAA10K10000{unit:02d}",
        "installation_service": "yes" if unit % 3 == 0 and not mistaken else "no",
        "end_customer": choose.choice(["", "A", "B"]),
        "purchase_order": choose.choice(["", "1"]),
    }
    if choose.random() < 0.6:
        return {**texts, "shipment_number": "H-9" if mistaken else f"H-{unit // 2}"}
    number = choose.randrange(4)
    texts["installation_service"] = choose.choice(["no", "yes"])
    day = "2026-01-01" if mistaken else f"2026-02-0{number + 1}"
    return onward(**texts, shipment_number=f"D-{number}", shipped_on=day)


def random_file(choose):
    """Return a few rows that meet each other, the database and now and then a rule."""
    rows = [random_row(choose) for _ in range(choose.randrange(1, 12))]
    if choose.random() < 0.9:
        rows = list({(r["serial_number"], r["shipment_number"]): r for r in rows}.values())
    return rows


def state():
    """Return all that an import may write, without keys."""
    units = Unit.unscoped.order_by("serial").values_list(
        "serial",
        "huawei_shipment__number",
        "distributor_shipment__number",
        "consignee__code",
        "installation_service",
        "end_customer",
        "purchase_order",
    )
    lines = ShipmentLine.unscoped.values_list("unit__serial", "shipment__number")
    shipments = Shipment.unscoped.values_list("number", "leg", "shipped_on", "pending")
    events = Event.objects.values_list("name", "record_type", "record_label", "actor_label")
    told = [
        (*e, json.dumps(d, sort_keys=True))
        for *e, d in events.values_list("name", "record_type", "record_label", "detail")
    ]
    return list(units), sorted(lines), sorted(shipments), sorted(told), events.count()


def outcomes(files, by):
    """Import the files one after the other, return what came of them, undo it all."""
    with transaction.atomic():
        said = []
        for content in files:
            outcome = load(content, by=by)
            said.append((outcome.problems, outcome.counts, sorted(outcome.warnings), state()))
        transaction.set_rollback(True)
    return said


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", range(4))
def test_both_twins_record_and_refuse_the_same(seed):
    choose = random.Random(seed)
    files = [csv_of(random_file(choose)) for _ in range(15)]
    recorded = outcomes(files, postgresql)
    assert recorded == outcomes(files, portable)
    assert {bool(problems) for problems, *_ in recorded} == {True, False}


@pytest.mark.parametrize("seed", range(4))
def test_any_file_accepted_once_changes_nothing_when_it_comes_again(seed):
    choose = random.Random(seed)
    accepted = 0
    for _ in range(25):
        content = csv_of(random_file(choose))
        if load(content).is_refused:
            continue
        accepted += 1
        before = state()
        outcome = load(content)
        assert outcome.problems == []
        assert outcome.counts["new"] == outcome.counts["changed"] == 0
        assert state() == before
    assert accepted >= 3


@pytest.mark.postgresql
def test_both_twins_store_signs_that_copy_reads_otherwise_as_they_are_written():
    odd = {"end_customer": r"\N", "purchase_order": r"C:\new\t\\.", "shipment_number": "H\\1"}
    file = csv_of([odd, {**odd, "end_customer": r"\.", **SECOND}])
    recorded = outcomes([file], postgresql)
    assert recorded == outcomes([file], portable)
    (problems, _, _, (units, *_)), *_ = recorded
    assert problems == []
    assert [unit[5:] for unit in units] == [(r"\N", r"C:\new\t\\."), (r"\.", r"C:\new\t\\.")]
