"""The one writer of tables: nothing it writes runs, everything comes back."""

import csv
import io
from datetime import date

import pytest

from jobs.exports import original_cell, safe_cell, write_csv, write_xlsx
from jobs.tabular import Layout, read_table

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "'=1", "''-1"]
HARMLESS = ["", "a", "'a", "'", "a=b", "0012", "02353TBH", "Ünïcode", "1-2"]


@pytest.mark.parametrize("text", HOSTILE + HARMLESS)
def test_every_text_comes_back_as_it_was(text):
    assert original_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_run_gets_an_apostrophe_before_it(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_would_not_run_stays_as_it_is(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (date(2026, 4, 10), "2026-04-10"),
        (0, "0"),
        (-5, "'-5"),
        ("a\0b", "a\ufffdb"),
    ],
)
def test_values_are_written_for_people(value, text):
    assert safe_cell(value) == text


def test_csv_is_escaped_in_header_and_rows_and_counts_its_rows():
    file = io.StringIO()
    assert write_csv(file, ["=a", "b"], [["=1", "0012"], [None, "x,y"]]) == 2
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [
        ["'=a", "b"],
        ["'=1", "0012"],
        ["", "x,y"],
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_read_back_with_its_zeros_and_signs(form):
    rows = [("0012", "=1+1"), ("000000000001", "'=x"), ("2102350AAA10K1000001", "-5")]
    file = io.BytesIO()
    if form == "xlsx":
        write_xlsx(file, ["a", "b"], rows)
    else:
        text = io.StringIO()
        write_csv(text, ["a", "b"], rows)
        file.write(text.getvalue().encode())
    refused = []
    with read_table(file, Layout(("a", "b"))) as table:
        assert [cells for _, cells in table.rows(lambda *why: refused.append(why))] == rows
    assert (refused, table.warnings) == ([], [])
