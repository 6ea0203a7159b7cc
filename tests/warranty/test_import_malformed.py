"""Malformed shipments files: each names its lines or its header, none leaves a trace."""

import pytest

from audit.models import Event
from jobs.enums import JobStatus
from jobs.models import Job
from tests.warranty.shipment_files import ROW, csv_of, load, make_world, onward
from warranty.imports import SHIPMENTS
from warranty.models import Shipment, Unit

pytestmark = pytest.mark.django_db

GOOD = {"serial_number": "2102350AAA10K1000009"}
HEADER = ",".join(SHIPMENTS.columns)
LINE = ",".join(ROW.values())


def bad(column, *values):
    """Return files whose second row has each of `values` in `column`."""
    return [
        pytest.param(csv_of([GOOD, {column: value}]), [3], column, id=f"{column}-{n}")
        for n, value in enumerate(values)
    ]


ONE_CELL = [
    *bad("shipment_number", "", "x" * 41, "NÖ 1"),
    *bad("leg", "", "huawei2", "both"),
    *bad("shipped_on", "", "10.01.2026", "2026-1-1", "2026-02-30", "20260110", "1999-12-31"),
    *bad("shipped_on", "2026-03-02", "9999-12-31", "٢٠٢٦-٠١-٠١", "2026-01-10T00:00", "9" * 900),
    *bad("shipped_by", "", "huawei", "NOBODY", "VAP", "DIST"),
    *bad("consignee", "", "NOBODY", "HUAWEI"),
    *bad("serial_number", "", "-", "x" * 33, "21/02", "Ü123", "2102350AAA\u202e10", "1" * 900),
    *bad("part_number", "", "2350AAA", "235", "02350AAA-1"),
    *bad("installation_service", "", "1", "true", "maybe"),
    *bad("end_customer", "x" * 121, "a\x00b", "a\x1bb"),
    *bad("site_country", "USA", "U", "1A"),
    *bad("purchase_order", "x" * 41, "x" * 1001),
]

WHOLE_ROWS = [
    pytest.param(csv_of([GOOD, {}, {}]), [4], id="twice-in-the-file"),
    pytest.param(
        csv_of([{}, {"serial_number": "2102350aaa-10k1 000001"}]), [3], id="twice-as-look-alikes"
    ),
    pytest.param(csv_of([{}, {"shipment_number": "H-2"}]), [3], id="twice-in-two-shipments"),
    pytest.param(csv_of([GOOD, {"shipped_on": "2026-01-11"}]), [3], id="two-dates"),
    pytest.param(csv_of([GOOD, {"consignee": "OTHER"}]), [3], id="two-consignees"),
    pytest.param(csv_of([{}, onward(), onward()]), [4], id="passed-on-twice"),
    pytest.param(
        csv_of([{}, GOOD, onward(), onward(**GOOD, shipped_by="OTHER")]), [5], id="two-shippers"
    ),
    pytest.param(csv_of([onward()]), [2], id="onward-without-unit"),
    pytest.param(csv_of([GOOD, onward()]), [3], id="onward-of-another-serial"),
    pytest.param(csv_of([{}, onward(part_number="0235")]), [3], id="onward-of-another-part"),
    pytest.param(csv_of([{}, onward(shipped_on="2026-01-09")]), [3], id="onward-too-early"),
    pytest.param(csv_of([{}, onward(shipped_by="HUAWEI")]), [3], id="onward-by-huawei"),
    pytest.param(f"{HEADER}\n{LINE}\n1,2\n".encode(), [3], id="too-few-cells"),
    pytest.param(f"{HEADER}\n{LINE},more\n".encode(), [2], id="too-many-cells"),
    pytest.param(f'{HEADER}\n"{LINE}\n{LINE}\n'.encode(), [2], id="quote-never-closed"),
    pytest.param(f'{HEADER}\n{LINE}"\n"H"-1,\n'.encode(), [2], id="quote-inside"),
    pytest.param(f'{HEADER}\n{LINE}"a\n{LINE}b"\n'.encode(), [2], id="stray-quotes"),
    pytest.param(f'{HEADER}\n{LINE[:-1]},"a\n{LINE}b"\n'.encode(), [2], id="quote-swallows-a-row"),
    pytest.param(f"{HEADER}\n{LINE[:-2]},M\xfcnchen,\n".encode("latin-1"), [2], id="latin-1"),
    pytest.param(
        csv_of([{"leg": "x", "shipped_on": "y"}, {"serial_number": ""}]), [2, 3], id="several"
    ),
]

HEADERS = [
    pytest.param(b"", id="empty"),
    pytest.param(b"\n\n", id="blank"),
    pytest.param(f"{HEADER}\n".encode(), id="header-only"),
    pytest.param(f"{LINE}\n".encode(), id="no-header"),
    pytest.param(f"{HEADER},leg\n{LINE},huawei\n".encode(), id="a-column-twice"),
    pytest.param(HEADER.replace(",", "|").encode(), id="another-delimiter"),
    pytest.param(HEADER.replace("leg,", "").encode(), id="a-column-missing"),
    pytest.param(f"{HEADER}\n{LINE}\n".encode("utf-16"), id="utf-16"),
    pytest.param(f"{HEADER}\n{LINE}\n".encode("utf-16-be"), id="utf-16-without-mark"),
    pytest.param(f"{HEADER}\n{LINE}\n".encode("utf-32"), id="utf-32"),
    pytest.param(f'"{HEADER}\n{LINE}\n'.encode(), id="header-in-one-quote"),
    pytest.param(f'"{HEADER}"\n{LINE}\n'.encode(), id="merged-header"),
    pytest.param(("c," * 100_000).encode(), id="100000-columns"),
    pytest.param(f"{HEADER}\n{'x' * 200_000}\n".encode(), id="endless-line"),
    pytest.param(b"PK\x03\x04" + b"x" * 100, id="broken-workbook"),
    pytest.param(b"\xd0\xcf\x11\xe0" + b"x" * 100, id="old-workbook"),
    pytest.param(b"\x1f\x8b" + b"x" * 100, id="compressed"),
]


def assert_nothing_stored():
    assert (Unit.unscoped.count(), Shipment.unscoped.count()) == (0, 0)
    assert not Event.objects.exclude(record_type="partners.user").exists()
    assert [job.status for job in Job.unscoped.all()] == [JobStatus.REFUSED]


@pytest.mark.parametrize(("content", "lines", "column"), ONE_CELL)
def test_a_bad_cell_is_named_with_its_line_and_column(content, lines, column):
    make_world()
    outcome = load(content)
    assert sorted({p.line for p in outcome.problems if p.line}) == lines
    assert column in {p.field for p in outcome.problems if p.line == lines[0]}
    assert outcome.all_counts == {"rejected": 1}
    assert_nothing_stored()


@pytest.mark.parametrize(("content", "lines"), WHOLE_ROWS)
def test_bad_rows_are_named_with_their_lines(content, lines):
    make_world()
    outcome = load(content)
    assert sorted({p.line for p in outcome.problems if p.line}) == lines
    assert_nothing_stored()


@pytest.mark.parametrize("content", HEADERS)
def test_a_file_without_a_usable_header_is_refused_as_a_whole(content):
    make_world()
    outcome = load(content)
    assert [p.line for p in outcome.problems] == [None]
    assert_nothing_stored()


def test_there_are_enough_malformed_files_to_mean_something():
    assert len(ONE_CELL) + len(WHOLE_ROWS) + len(HEADERS) >= 60


def test_unknown_codes_are_listed_once_each():
    make_world()
    rows = [{"part_number": p, "serial_number": f"S{n}"} for n, p in enumerate("BABA")]
    said = [p.message for p in load(rows).problems if p.line is None]
    assert said == ["Unknown part numbers: A, B."]
