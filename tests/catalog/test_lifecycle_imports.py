"""Milestones from a file: what rows are about, what they say, and why some are refused."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

import catalog
from audit.models import Event
from audit.trail import SYSTEM
from catalog.enums import MilestoneKind
from catalog.lifecycle_imports import import_lifecycle
from catalog.models import Milestone, PartNumber, Product
from tests.builders import SHIPPED_ON, at_noon, make_part_number

pytestmark = pytest.mark.django_db

REAL = Path(catalog.__file__).parent / "data" / "huawei_lifecycle.csv"
HEADER = "product,part_number,ga,eom,eofs,eos,source\n"


def load(text, **how):
    file, at = io.BytesIO((HEADER + text).encode()), at_noon(SHIPPED_ON)
    return import_lifecycle(file, file_name="l.csv", actor=SYSTEM, at=at, **how)


def stands(**of):
    rows = Milestone.objects.current().filter(**of)
    return {row.kind: row.date.iso for row in rows}


def test_the_real_rows_become_releases_that_anybody_reads(client):
    out = io.StringIO()
    call_command("import_lifecycle", str(REAL), "--json", stdout=out)
    first = json.loads(out.getvalue())
    assert (first["status"], first["rows"], first["warnings"]) == ("done", 51, [])
    assert first["new_releases"] == Product.objects.filter(category="software").count() == 50
    assert not PartNumber.objects.exists()
    assert not Milestone.objects.filter(is_sample=True).exists()
    events = Event.objects.count()
    out = io.StringIO()
    call_command("import_lifecycle", str(REAL), "--json", stdout=out)
    again = json.loads(out.getvalue())
    assert (again["new_releases"], again["milestones_set"]) == (0, 0)
    assert Event.objects.count() == events
    said = client.get("/api/v1/products/CloudTable HBase 2.4.14/lifecycle?on=2026-11-22").json()
    assert (said["part_number"], said["model"]) == (None, "CloudTable HBase 2.4.14")
    assert said["status"] == "end_of_marketing"
    dates = {row["kind"]: row["date"] for row in said["milestones"]}
    assert dates == {"ga": "2023-06", "eom": "2026-06", "eofs": "2027-06", "eos": "2027-12"}
    listed = client.get("/announcements/products/?q=hbase 2.4").content.decode()
    assert "CloudTable HBase 2.4.14" in listed and "Dec 2027" in listed
    assert "MRS" not in listed
    assert client.get("/announcements/products/?page=2").status_code == 200


def test_an_earlier_revision_is_what_stood_before_and_never_takes_its_place_again():
    revised = "R1 [rev 2025-02-19],,,2025-04,,2026-10,old\n"
    load(f"R1,,,2026-06,,2027-12,new\n{revised}")
    product = Product.objects.get(model="R1")
    assert stands(product=product) == {"eom": "2026-06", "eos": "2027-12"}
    history = Milestone.objects.filter(kind=MilestoneKind.EOS).order_by("-set_at")
    assert [(row.date.iso, row.cause) for row in history] == [
        ("2027-12", "new"),
        ("2026-10", "old"),
    ]
    load(revised)
    assert stands(product=product)["eos"] == "2027-12"
    assert Milestone.objects.count() == 4


def test_a_row_is_about_the_part_number_it_names_else_about_the_product_of_that_name():
    part = make_part_number("0299A", model="S5735")
    load("s5735,,,,,2030-01-31,\nS5735,0299A,,,,2031-01,\n")
    assert Product.objects.count() == 1
    assert stands(product=part.product, part_number=None) == {"eos": "2030-01-31"}
    assert stands(part_number=part) == {"eos": "2031-01"}
    load("S5735,,2020-01,,,,\n")
    assert stands(product=part.product, part_number=None) == {"ga": "2020-01", "eos": "2030-01-31"}


def test_what_can_not_stand_is_refused_with_its_line_and_may_be_left_out(tmp_path, capsys):
    make_part_number("0299A", model="S5735")
    bad = (
        ("S5735,0299B,,,,2030-01,", "not in the catalogue"),
        ("AR1,0299A,,,,2030-01,", "belongs to S5735"),
        ("R1,,,2030-06-30,,2030-06-29,", "Correct one of the dates"),
        ("R2,,,,,2021-06-30T00:00:00+08:00,", "Write YYYY-MM-DD"),
        ("R3,,,,,,", "no milestone"),
        ("R4 [rev yesterday],,,,,2030-01,", "revision"),
        (",,,,,2030-01,", "name of the product"),
        ("r5,,,,,2030-02,", "on line 2 already"),
    )
    rows = ["R5,,,,,2030-01,", *(row for row, _ in bad)]
    outcome = load("\n".join(rows))
    assert [problem.line for problem in outcome.problems] == list(range(3, 11))
    for problem, (row, fix) in zip(outcome.problems, bad, strict=True):
        assert fix in problem.message, row
    assert not Milestone.objects.exists() and not Product.objects.filter(model="R5").exists()

    path, errors = tmp_path / "l.csv", tmp_path / "bad.csv"
    path.write_text(HEADER + "\n".join(rows))
    how = ("--leave-out", "--errors", str(errors))
    call_command("import_lifecycle", str(path), *how, "--dry-run")
    assert not Milestone.objects.exists()
    call_command("import_lifecycle", str(path), *how)
    assert "Left out: 8 refused rows" in capsys.readouterr().err
    assert stands() == {"eos": "2030-01"}
    with errors.open(newline="") as file:
        refused = list(csv.DictReader(file))
    assert len(refused) == 8 and "0299B is not in the catalogue" in refused[0]["error"]
