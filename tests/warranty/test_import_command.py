"""manage.py import_shipments: what it prints, and its exit status."""

import csv
import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.warranty.shipment_files import SECOND, csv_of, make_world
from warranty.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    make_world()


def run(*arguments):
    """Run the command; return its exit status and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_shipments", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        return stop.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "shipments.csv"
    path.write_bytes(csv_of([{}, SECOND]))
    return path


def test_the_command_imports_and_says_so(file):
    status, out, _ = run(str(file))
    assert (status, out.split(" (")[0]) == (
        0,
        "Imported shipments: 2 new, 0 changed, 0 unchanged, 1 shipments, 0 unusual_serials",
    )
    status, out, _ = run(str(file), "--json")
    assert (status, json.loads(out)["unchanged"]) == (0, 2)


def test_the_command_refuses_with_status_1_and_writes_the_bad_rows(file, tmp_path):
    file.write_bytes(csv_of([{}, {**SECOND, "leg": "x"}]))
    bad = tmp_path / "bad.csv"
    status, out, err = run(str(file), "--errors", str(bad))
    assert (status, out) == (1, "")
    assert err.startswith("Line 3: leg: Write huawei or distributor.")
    assert len(list(csv.DictReader(io.StringIO(bad.read_text())))) == 1
    status, out, _ = run(str(file), "--json")
    assert (status, json.loads(out)["rejected"]) == (1, 1)


def test_the_command_reads_standard_input(file, monkeypatch):
    class Input:
        buffer = io.BytesIO(file.read_bytes())

    monkeypatch.setattr(sys, "stdin", Input)
    assert run("-", "--dry-run", "--json")[0] == 0
    assert Unit.unscoped.count() == 0


def test_a_dry_run_says_what_would_come_of_the_file_and_stores_nothing(file):
    status, out, _ = run(str(file), "--dry-run")
    assert (status, out.split(",")[0]) == (0, "Would import shipments: 2 new")
    assert Unit.unscoped.count() == 0


@pytest.mark.parametrize("arguments", [["/no/such/file"], ["{file}", "--organization", "NOBODY"]])
def test_the_command_answers_wrong_usage_with_status_2(file, arguments):
    with pytest.raises(CommandError) as wrong:
        call_command("import_shipments", *[a.format(file=file) for a in arguments])
    assert wrong.value.returncode == 2
