"""Shipments files: what is recorded, what is refused, and that twice is once."""

import csv
import io
from datetime import date, timedelta

import pytest

from audit.models import Event
from jobs.enums import JobStatus
from jobs.imports import write_bad_rows
from jobs.models import Job
from jobs.tabular import MAX_CELL
from partners.models import Organization
from tests import builders
from tests.warranty.shipment_files import ROW, SECOND, TODAY, csv_of, load, make_world, onward
from warranty.enums import Leg
from warranty.imports import SHIPMENTS
from warranty.models import Shipment, ShipmentLine, Unit, Warranty
from warranty.workflow import accept_report, correct_serial

pytestmark = pytest.mark.django_db

SERIAL = ROW["serial_number"]


@pytest.fixture(autouse=True)
def world(db):
    make_world()


def the_unit(serial=SERIAL):
    return Unit.unscoped.get(serial=serial)


def messages(outcome):
    return [(p.line, p.field) for p in outcome.problems]


def event_names():
    return sorted(
        Event.objects.filter(record_type__startswith="warranty.").values_list("name", flat=True)
    )


def test_a_new_shipment_brings_its_units_and_one_event_each():
    outcome = load([{"installation_service": "YES", "end_customer": " Bank "}, SECOND])
    assert outcome.problems == []
    assert outcome.counts == {
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "shipments": 1,
        "unusual_serials": 0,
    }
    unit = the_unit()
    shipment = Shipment.unscoped.get()
    assert (unit.huawei_shipment, unit.consignee.code, unit.end_customer) == (
        shipment,
        "DIST",
        "Bank",
    )
    assert (unit.installation_service, the_unit(SECOND["serial_number"]).installation_service) == (
        True,
        False,
    )
    assert (shipment.leg, shipment.shipped_on, shipment.pending) == (
        Leg.HUAWEI,
        date(2026, 1, 10),
        True,
    )
    assert event_names() == ["shipment.recorded", "unit.shipped", "unit.shipped"]
    event = Event.objects.get(name="unit.shipped", record_id=unit.pk)
    assert (event.record_type, event.record_label) == ("warranty.unit", SERIAL)
    assert event.detail == {
        "shipment": "H-1",
        "shipped_on": "2026-01-10",
        "shipped_by": "HUAWEI",
        "consignee": "DIST",
    }


def test_the_same_file_twice_changes_nothing():
    rows = [
        {"installation_service": "no", "end_customer": "A"},
        {**SECOND, "purchase_order": "PO-1"},
        onward(installation_service="yes", end_customer="B"),
    ]
    assert load(rows).counts["new"] == 3
    before = (list(Unit.unscoped.order_by("pk").values()), Event.objects.count())
    outcome = load(rows)
    assert outcome.problems == []
    assert (outcome.counts["new"], outcome.counts["changed"], outcome.counts["unchanged"]) == (
        0,
        0,
        3,
    )
    assert (list(Unit.unscoped.order_by("pk").values()), Event.objects.count()) == before


def test_look_alike_serials_are_one_unit():
    load([{}])
    for text in ("２１０２３５０AAA10K1000001", "2102350aaa10k1000001", "2102350AAA-10K1.000 001"):
        assert load([{"serial_number": text}]).counts["unchanged"] == 1
    assert Unit.unscoped.count() == 1


def test_part_numbers_keep_their_zeros_and_tell_equal_serials_apart():
    assert load([{}, {"part_number": "0235"}]).counts["new"] == 2
    assert set(Unit.unscoped.values_list("part_number__number", flat=True)) == {"02350AAA", "0235"}


def test_passing_on_moves_the_consignee_and_keeps_huaweis_shipment():
    load([{}])
    assert load([onward()]).counts["new"] == 1
    unit = the_unit()
    assert (unit.consignee.code, unit.huawei_shipment.number) == ("VAP", "H-1")
    assert unit.distributor_shipment.number == "D-1"
    assert ShipmentLine.unscoped.count() == 1
    assert event_names()[-1] == "unit.shipped" and "unit.passed_on" in event_names()


def test_the_latest_of_several_onward_shipments_says_who_holds_the_unit():
    load([{}, onward()])
    load([onward(shipment_number="D-0", shipped_on="2026-01-20", consignee="OTHER")])
    assert (the_unit().consignee.code, the_unit().distributor_shipment.number) == ("VAP", "D-1")
    load([onward(shipment_number="O-1", shipped_by="OTHER", shipped_on="2026-02-02")])
    assert the_unit().distributor_shipment.number == "O-1"


@pytest.mark.parametrize(("day", "refused"), [("2026-01-09", True), ("2026-01-10", False)])
def test_a_distributor_ships_on_huaweis_day_or_later(day, refused):
    load([{}])
    assert load([onward(shipped_on=day)]).is_refused is refused


@pytest.mark.parametrize(("day", "refused"), [("2026-03-01", False), ("2026-03-02", True)])
def test_a_shipment_lies_on_or_before_today(day, refused):
    assert load([{"shipped_on": day}]).is_refused is refused


def test_another_date_of_a_known_shipment_asks_for_a_correction():
    load([{}])
    outcome = load([{"shipped_on": "2026-01-11"}])
    assert messages(outcome) == [(2, "shipped_on")]
    assert "Correct the shipment date with a reason" in outcome.problems[0].message


def test_a_unit_is_shipped_by_huawei_once():
    load([{}])
    outcome = load([{"shipment_number": "H-2"}])
    assert messages(outcome) == [(2, "serial_number")]
    assert "correct that shipment instead" in outcome.problems[0].message


def test_one_bad_row_keeps_the_whole_file_out():
    outcome = load([{}, SECOND, {"serial_number": "X9", "part_number": "NO"}])
    assert (outcome.rejected, Unit.unscoped.count(), Event.objects.count()) == (1, 0, 0)
    assert Job.unscoped.get().status == JobStatus.REFUSED


def test_a_dry_run_counts_the_same_and_leaves_nothing():
    rows = [{}, SECOND, onward()]
    assert load(rows, dry_run=True).counts == {
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "shipments": 2,
        "unusual_serials": 0,
    }
    assert (Unit.unscoped.count(), Event.objects.count(), Job.unscoped.count()) == (0, 0, 0)


CAP = date(2026, 4, 10)


@pytest.mark.parametrize(("today", "kept"), [(CAP, True), (CAP + timedelta(days=1), False)])
def test_installation_service_may_be_recorded_until_day_90(today, kept):
    load([{}])
    outcome = load([{"installation_service": "yes"}], today=today)
    assert outcome.problems == []
    assert the_unit().installation_service is kept
    assert outcome.counts["changed"] == int(kept)
    assert any("after day 90" in note for note in outcome.warnings) is not kept


def test_installation_service_recorded_later_lets_a_waiting_report_count():
    load([{}])
    report = builders.make_report([the_unit()], signed_on=date(2026, 1, 20))
    accept_report(report, user=builders.make_staff(), at=builders.at_noon(TODAY))
    Shipment.unscoped.update(pending=False)
    load([{"installation_service": "yes"}])
    assert (Warranty.unscoped.get().rule, Warranty.unscoped.get().starts_on) == (
        "W2",
        date(2026, 1, 20),
    )
    assert Shipment.unscoped.get().pending is True


def test_installation_service_is_not_taken_back_by_a_file():
    load([{"installation_service": "yes"}])
    assert messages(load([{}])) == [(2, "installation_service")]
    assert load([onward()]).problems == []
    assert the_unit().installation_service is True


def test_what_a_file_leaves_empty_is_kept_and_what_it_says_is_taken():
    load([{"end_customer": "A", "site_country": "us", "purchase_order": "1"}])
    outcome = load([{"end_customer": "", "site_country": "DE", "purchase_order": ""}])
    assert outcome.counts["changed"] == 1
    unit = the_unit()
    assert (unit.end_customer, unit.site_country, unit.purchase_order) == ("A", "DE", "1")
    event = Event.objects.get(name="unit.changed")
    assert event.detail == {"site_country": {"before": "US", "after": "DE"}}


def test_units_added_to_a_finished_shipment_make_it_wait_again():
    load([{}])
    Shipment.unscoped.update(pending=False)
    load([{}])
    assert Shipment.unscoped.get().pending is False
    load([SECOND])
    assert Shipment.unscoped.get().pending is True


def test_unusual_serials_are_noted_and_accepted():
    outcome = load([{"serial_number": "ABC"}, {"serial_number": "2102350XXX10K1000001"}])
    assert outcome.problems == []
    assert outcome.counts["unusual_serials"] == 2
    assert [note.split(":")[0] for note in outcome.warnings] == ["Line 2", "Line 3"]


def test_a_distributor_records_its_own_shipments_of_its_own_units_only():
    load([{}, {**SECOND, "shipment_number": "H-2", "consignee": "OTHER"}])
    own = Organization.objects.get(code="DIST")
    assert messages(load([{"serial_number": "NEW"}], organization=own)) == [(2, "leg")]
    theirs = onward(shipped_by="OTHER")
    assert messages(load([theirs], organization=own)) == [(2, "shipped_by")]
    foreign = load([onward(**SECOND)], organization=own)
    unknown = load([onward(serial_number="2102350AAA10K1000003")], organization=own)
    assert [p.message.replace(SECOND["serial_number"], "") for p in foreign.problems] == [
        p.message.replace("2102350AAA10K1000003", "") for p in unknown.problems
    ]
    assert load([onward()], organization=own).counts["new"] == 1


def test_a_date_before_huaweis_tells_a_stranger_nothing():
    load([{"consignee": "OTHER"}])
    own = Organization.objects.get(code="DIST")
    outcome = load([onward(shipped_on="2026-01-01")], organization=own)
    assert messages(outcome) == [(2, "serial_number")]


def test_bad_rows_are_written_with_their_reason_and_can_be_corrected_and_imported():
    content = csv_of([{}, {**SECOND, "leg": "x", "end_customer": "'=Bank"}], ";")
    outcome = load(content)
    output = io.StringIO()
    assert write_bad_rows(io.BytesIO(content), SHIPMENTS, outcome.problems, output) == 1
    rows = list(csv.DictReader(io.StringIO(output.getvalue())))
    assert rows[0]["error"].startswith("leg: ") and rows[0]["part_number"] == "02350AAA"
    assert rows[0]["end_customer"] == "'=Bank"
    corrected = output.getvalue().replace(",x,", ",huawei,").encode()
    again = load(corrected)
    assert (again.problems, again.warnings) == ([], [])
    assert the_unit(SECOND["serial_number"]).end_customer == "=Bank"


def test_rows_in_any_dialect_are_the_same_rows():
    load(csv_of([{}, SECOND]))
    for content in (
        csv_of([{}, SECOND], ";"),
        csv_of([{}, SECOND], "\t"),
        b"\xef\xbb\xbf" + csv_of([{}, SECOND]).replace(b"\n", b"\r\n"),
    ):
        assert load(content).counts["unchanged"] == 2


def test_a_cell_as_long_as_a_cell_may_be_is_still_checked_by_its_column():
    assert messages(load([{"end_customer": "x" * (MAX_CELL - 200)}])) == [(2, "end_customer")]


def test_the_old_paper_does_not_bring_a_corrected_serial_back():
    load([{}])
    staff = builders.make_staff()
    correct_serial(
        the_unit(),
        serial="2102350AAA10K1000009",
        reason="Label read wrongly",
        user=staff,
        at=builders.at_noon(TODAY),
    )
    refused = load([{}])
    assert messages(refused) == [(2, "serial_number")]
    assert "was corrected to 2102350AAA10K1000009" in refused.problems[0].message
    assert Unit.unscoped.count() == 1
    another = load([{"shipment_number": "H-2", "shipped_on": "2026-02-01"}])
    assert not another.is_refused
    assert Unit.unscoped.count() == 2
