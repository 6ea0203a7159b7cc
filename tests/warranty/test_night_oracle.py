"""Two thousand random histories through the database, against the oracle and the twin."""

import random
from datetime import date, timedelta

import pytest
from django.db import transaction

from audit import trail
from audit.models import Event
from tests.builders import (
    at_noon,
    make_organization,
    make_part_number,
    make_policy,
    make_report,
    make_shipment,
)
from tests.oracle import History, expected_end, expected_start
from tests.warranty.night import night
from warranty.enums import ReportStatus
from warranty.models import ShipmentLine, Unit, Warranty
from warranty.nights import portable, postgresql
from warranty.nights.batches import Batch, find

pytestmark = pytest.mark.django_db

RAN_ON = date(2026, 4, 17)
HISTORIES = 2000
LEAP_DAYS = [date(2019, 12, 1), date(2020, 2, 29), date(2019, 11, 30), date(2023, 12, 1)]


@pytest.fixture
def chance(request):
    """Return a source of chance that repeats itself; its seed is in the test's name."""
    return random.Random(request.node.name)


def random_shipment(chance, partners):
    shipped_on = RAN_ON - timedelta(days=chance.choice([89, 90, 91, chance.randrange(2600)]))
    shipped_on = chance.choice([shipped_on] * 8 + LEAP_DAYS)
    return make_shipment(chance.choice(partners), shipped_on=shipped_on)


def random_base(chance, *, size):
    """Store random units and reports; return the history of each unit by its key."""
    make_policy()
    kinds = ["distributor", "vap", "end_customer"]
    partners = [make_organization(kind=kind) for kind in kinds for _ in range(3)]
    parts = [make_part_number(months=months) for months in (1, 2, 6, 12, 13, 36, None)]
    return {
        unit.pk: history_of(unit, chance)
        for shipment in (random_shipment(chance, partners) for _ in range(size // 10))
        for unit in random_units(shipment, parts, partners, chance)
    }


def random_units(shipment, parts, partners, chance):
    onward = make_shipment(
        chance.choice(partners), shipped_on=shipment.shipped_on, shipped_by=partners[0]
    )
    for number in range(10):
        unit = Unit.unscoped.create(
            serial=f"R{shipment.pk:06d}{number:03d}",
            part_number=chance.choice(parts),
            huawei_shipment=shipment,
            consignee=shipment.consignee,
            installation_service=chance.random() < 0.7,
        )
        if chance.random() < 0.3:
            ShipmentLine.unscoped.create(unit=unit, shipment=onward)
            unit.distributor_shipment, unit.consignee = onward, onward.consignee
            unit.save()
        yield unit


def history_of(unit, chance):
    """Hand in up to three reports for the unit; return what the oracle has to know."""
    signatures = []
    for _ in range(chance.choice([0, 0, 1, 2, 3])):
        day = chance.choice([-1, 0, 1, 89, 90, 91, chance.randrange(-5, 120)])
        signed_on = unit.huawei_shipment.shipped_on + timedelta(days=day)
        status = chance.choice([ReportStatus.ACCEPTED] * 3 + list(ReportStatus))
        if signed_on <= RAN_ON:
            make_report([unit], signed_on=signed_on, status=status)
            signatures += [signed_on] if status == ReportStatus.ACCEPTED else []
    return History(
        shipped_on=unit.huawei_shipment.shipped_on,
        installation_service=unit.installation_service,
        signatures=tuple(signatures),
        months=unit.product.warranty_months or make_policy().default_warranty_months,
        today=RAN_ON,
    )


def test_the_night_agrees_with_the_oracle_on_random_histories(chance):
    histories = random_base(chance, size=HISTORIES)
    night(RAN_ON)
    stored = {w.pk: (w.starts_on, w.rule, w.ends_on) for w in Warranty.unscoped.all()}
    cap = timedelta(days=90)
    expected = {
        pk: (expected_start(history).starts_on, expected_start(history).rule, expected_end(history))
        for pk, history in histories.items()
        if history.shipped_on + cap <= RAN_ON
    }
    assert stored == expected
    assert 0 < len(stored) < len(histories) == HISTORIES
    assert {rule for _, rule, _ in stored.values()} == {"W1", "W2", "W3"}


def written_by(twin, batches):
    """Return what this twin writes and answers, then take it back."""
    with transaction.atomic():
        outcomes = [twin.start_units(batch) for batch in batches]
        warranties = list(Warranty.unscoped.order_by("pk").values())
        events = list(Event.objects.order_by("record_id").values())
        transaction.set_rollback(True)
    for event in events:
        del event["id"]
    return outcomes, warranties, [e for e in events if e["name"] == "warranty.started"]


@pytest.mark.postgresql
def test_the_two_ways_of_starting_write_and_answer_the_same(chance):
    random_base(chance, size=600)
    batches = [
        Batch(found=found, actor=trail.SYSTEM, at=at_noon(RAN_ON), notice_on=RAN_ON)
        for found in find(as_of=RAN_ON, size=30)
    ]
    assert len(batches) > 1
    fast, slow = written_by(postgresql, batches), written_by(portable, batches)
    assert fast == slow
    assert len(fast[1]) == len(fast[2]) > 0
