"""Reports files: handed in as a person would, once, and accepted on request."""

import io
import json
from datetime import date

import pytest
from django.core.management import call_command

from audit.models import Event
from jobs.commands import Operator
from tests import builders
from warranty.enums import ReportStatus
from warranty.imports import import_reports
from warranty.models import InstallationReport, Warranty

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 1)
SERIAL = "2102350AAA10K1000001"
ROW = {
    "report_number": "IR-1",
    "signed_on": "2026-01-20",
    "signed_by": "A. Engineer",
    "serial_number": SERIAL,
    "file_name": "ir-1.pdf",
}


@pytest.fixture
def dist(db):
    builders.make_huawei()
    return builders.make_organization("DIST")


@pytest.fixture
def unit(dist):
    return builders.make_unit(dist, serial=SERIAL, installation_service=True)


def load(*rows, organization, today=TODAY, header=None, **options):
    lines = [",".join(header or ROW), *(",".join({**ROW, **row}.values()) for row in rows)]
    return import_reports(
        io.BytesIO("\n".join(lines).encode()),
        user=Operator("import_reports"),
        organization=organization,
        at=builders.at_noon(today),
        today=today,
        **options,
    )


def messages(outcome):
    return [(p.line, p.field) for p in outcome.problems]


def test_rows_of_one_number_become_one_report(dist, unit):
    other = builders.make_unit(dist)
    outcome = load({}, {"serial_number": other.serial.lower()}, organization=dist)
    assert outcome.problems == []
    assert outcome.counts == {"new": 1, "unchanged": 0, "accepted": 0}
    report = InstallationReport.unscoped.get()
    assert (report.number, report.signed_on, report.signed_by, report.file_name) == (
        "IR-1",
        date(2026, 1, 20),
        "A. Engineer",
        "ir-1.pdf",
    )
    assert set(report.units.values_list("pk", flat=True)) == {unit.pk, other.pk}
    assert (report.organization, report.status) == (dist, ReportStatus.SUBMITTED)
    assert Event.objects.get(name="report.submitted").actor_label == "manage.py import_reports"


def test_the_same_file_twice_changes_nothing(dist, unit):
    load({}, organization=dist)
    events = Event.objects.count()
    assert load({}, organization=dist).counts == {"new": 0, "unchanged": 1, "accepted": 0}
    assert (InstallationReport.unscoped.count(), Event.objects.count()) == (1, events)


def test_accepting_starts_the_warranty_once(dist, unit):
    assert load({}, organization=dist, accept=True).counts["accepted"] == 1
    warranty = Warranty.unscoped.get()
    assert (warranty.rule, warranty.starts_on) == ("W2", date(2026, 1, 20))
    assert load({}, organization=dist, accept=True).counts["accepted"] == 0
    assert Event.objects.filter(name="warranty.started").count() == 1


def test_a_report_handed_in_before_is_accepted_when_the_file_comes_again(dist, unit):
    load({}, organization=dist)
    assert load({}, organization=dist, accept=True).counts == {
        "new": 0,
        "unchanged": 1,
        "accepted": 1,
    }


@pytest.mark.parametrize(
    "change",
    [{"signed_on": "2026-01-21"}, {"signed_by": "B"}, {"file_name": "b.pdf"}],
)
def test_a_known_number_with_other_content_is_refused(dist, unit, change):
    load({}, organization=dist)
    assert messages(load(change, organization=dist)) == [(2, "report_number")]


def test_a_known_number_with_other_units_is_refused(dist, unit):
    load({}, organization=dist)
    other = builders.make_unit(dist)
    assert messages(load({}, {"serial_number": other.serial}, organization=dist)) == [
        (2, "report_number")
    ]


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [("2026-01-09", True), ("2026-01-10", False), ("2026-03-01", False), ("2026-03-02", True)],
)
def test_a_signature_lies_between_the_shipment_and_today(dist, unit, day, is_refused):
    outcome = load({"signed_on": day}, organization=dist)
    assert messages(outcome) == ([(2, "signed_on")] if is_refused else [])
    assert InstallationReport.unscoped.exists() is not is_refused


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"report_number": ""}, "report_number"),
        ({"report_number": "x" * 41}, "report_number"),
        ({"signed_on": "20 Jan 2026"}, "signed_on"),
        ({"signed_on": ""}, "signed_on"),
        ({"signed_by": ""}, "signed_by"),
        ({"signed_by": "x" * 121}, "signed_by"),
        ({"serial_number": ""}, "serial_number"),
        ({"serial_number": "2102350AAA10K1000009"}, "serial_number"),
        ({"file_name": "x" * 201}, "file_name"),
        ({}, "serial_number"),
        ({"signed_by": "B"}, "report_number"),
    ],
)
def test_one_bad_row_is_named_and_keeps_the_file_out(dist, unit, change, column):
    other = builders.make_unit(dist)
    second = change if column == "serial_number" else {"serial_number": other.serial, **change}
    outcome = load({}, second, organization=dist)
    assert (3, column) in messages(outcome)
    assert not InstallationReport.unscoped.exists()


def test_a_foreign_unit_is_refused_like_an_unknown_one(dist, unit):
    stranger = builders.make_organization("STRANGER")
    foreign = load({}, organization=stranger)
    unknown = load({"serial_number": "2102350AAA10K1000009"}, organization=stranger)
    assert [p.message.replace(SERIAL, "") for p in foreign.problems] == [
        p.message.replace("2102350AAA10K1000009", "") for p in unknown.problems
    ]


def test_a_serial_with_two_part_numbers_asks_for_the_right_one(dist, unit):
    twin = builders.make_unit(dist, serial=SERIAL)
    outcome = load({}, organization=dist)
    assert messages(outcome) == [(2, "part_number")]
    for number in (unit.part_number.number, twin.part_number.number):
        assert number in outcome.problems[0].message
    header = [*ROW, "part_number"]
    chosen = load({"part_number": twin.part_number.number}, organization=dist, header=header)
    assert chosen.problems == []
    assert InstallationReport.unscoped.get().units.get() == twin


def test_the_command_accepts_as_staff_would(dist, unit, tmp_path):
    path, out = tmp_path / "reports.csv", io.StringIO()
    path.write_text(",".join(ROW) + "\n" + ",".join(ROW.values()) + "\n")
    call_command(
        "import_reports", str(path), "--accept", "--organization", "DIST", "--json", stdout=out
    )
    assert json.loads(out.getvalue())["accepted"] == 1
    assert InstallationReport.unscoped.get().status == ReportStatus.ACCEPTED
