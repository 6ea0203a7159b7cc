"""Products files: one product per model, several part numbers, twice is once."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

import catalog
from audit.models import Event
from audit.trail import SYSTEM
from catalog.imports import import_products
from catalog.models import PartNumber, Product
from jobs.models import Job
from tests.builders import SHIPPED_ON, at_noon

pytestmark = pytest.mark.django_db

REAL = Path(catalog.__file__).parent / "data" / "huawei_products.csv"
HEADER = "part_number,model,product_line,category,warranty_months\n"


def load(text):
    return import_products(
        io.BytesIO(text.encode()), file_name="p.csv", actor=SYSTEM, at=at_noon(SHIPPED_ON)
    )


def run(path):
    out = io.StringIO()
    call_command("import_products", str(path), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_real_catalogue_is_imported_once():
    first = run(REAL)
    assert (first["status"], first["warnings"]) == ("done", [])
    assert first["new"] == Product.objects.count() == 342
    assert first["new_part_numbers"] == PartNumber.objects.count() == 84
    events = Event.objects.count()
    second = run(REAL)
    assert (second["new"], second["changed"], second["new_part_numbers"]) == (0, 0, 0)
    assert Event.objects.count() == events
    assert PartNumber.objects.get(number="02353TBH").product.model == "AR6121E"


def test_a_model_has_several_part_numbers_or_none():
    load(HEADER + "001,S1,S,switch,24\n002,S1,S,switch,24\n,S2,S,switch,\n")
    product = Product.objects.get(model="S1")
    assert set(product.partnumber_set.values_list("number", flat=True)) == {"001", "002"}
    assert (product.warranty_months, product.is_sample_term) == (24, True)
    assert Product.objects.get(model="S2").warranty_months is None


def test_what_is_left_empty_is_kept_and_what_is_said_is_taken():
    load(HEADER + "001,S1,S,switch,24\n")
    outcome = load(HEADER + "001,S1,,router,\n")
    assert outcome.counts == {"new": 0, "changed": 1, "unchanged": 0, "new_part_numbers": 0}
    product = Product.objects.get()
    assert (product.product_line, product.category, product.warranty_months) == ("S", "router", 24)
    assert Event.objects.get(name="product.changed").detail == {
        "category": {"before": "switch", "after": "router"}
    }


@pytest.mark.parametrize(("months", "is_refused"), [("1", False), ("600", False), ("0", True),
    ("601", True), ("-1", True), ("1.5", True), ("9" * 900, True), ("١", True)])  # fmt: skip
def test_a_term_is_1_to_600_months(months, is_refused):
    outcome = load(HEADER + f"001,S1,S,switch,{months}\n")
    assert [p.field for p in outcome.problems] == (["warranty_months"] if is_refused else [])
    assert Product.objects.exists() is not is_refused


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ("1,,S,switch,\n", 2, "model"),
        (f"1,{'m' * 121},S,switch,\n", 2, "model"),
        (f"1,S1,{'l' * 121},switch,\n", 2, "product_line"),
        (f"1,S1,S,{'c' * 61},\n", 2, "category"),
        ("1 2,S1,S,switch,\n", 2, "part_number"),
        (f"{'1' * 41},S1,S,switch,\n", 2, "part_number"),
        ("1,S1,S,switch,\n1,S1,S,switch,\n", 3, "part_number"),
        ("1,S1,S,switch,\n1,S2,S,switch,\n", 3, "part_number"),
        ("1,S1,S,switch,\n2,S1,S,router,\n", 3, "category"),
        ("1,S1,S,switch,12\n2,S1,S,switch,24\n", 3, "warranty_months"),
        ("1,S1\n", 2, ""),
    ],
)
def test_a_bad_row_is_named_and_keeps_the_file_out(rows, line, column):
    outcome = load(HEADER + rows)
    assert [(p.line, p.field) for p in outcome.problems] == [(line, column)]
    assert (Product.objects.count(), Event.objects.count()) == (0, 0)
    assert Job.unscoped.get().counts == {"rejected": 1}


def test_a_part_number_is_not_moved_to_another_product():
    load(HEADER + "001,S1,S,switch,\n")
    outcome = load(HEADER + "001,S2,S,switch,\n")
    assert [(p.line, p.field) for p in outcome.problems] == [(2, "part_number")]
    assert Product.objects.count() == 1


def test_a_file_without_its_columns_names_them_all():
    problem = load("model\nS1\n").problems[0]
    assert problem.line is None
    assert "part_number, product_line, category" in problem.message
