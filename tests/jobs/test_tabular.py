"""Reading tables strictly: what is read, on which line, and what is refused."""

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from jobs.problems import FileRefused, Problem
from jobs.tabular import (
    BROKEN_QUOTES,
    LINE_BREAK,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_LINE,
    Layout,
    read_table,
)

LAYOUT = Layout(("a", "b"), ("c",))


def read(content, layout=LAYOUT):
    """Return the rows, the refusals and the notes of a file."""
    refused = []
    content = content if isinstance(content, bytes) else content.encode()
    with read_table(io.BytesIO(content), layout) as table:
        rows = list(table.rows(lambda *why: refused.append(why)))
    return rows, refused, table.warnings


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a,b\r\n1,2\r\n3,4\r\n",
        "a,b\r1,2\r3,4\r",
        "\ufeffa,b\n1,2\n3,4\n",
        "a;b\n1;2\n3;4\n",
        "a\tb\n1\t2\n3\t4\n",
        "A, B \n1,2\n3,4\n",
        '"a","b"\n"1","2"\n"3","4"\n',
        "b,a\n2,1\n4,3\n",
        "a,b\n 1 ,2\n3,\u00a04\u200b\n",
        "a,b\n1,2,,\n3,4,\n",
    ],
)
def test_the_same_table_is_read_from_every_dialect(content):
    assert read(content) == ([(2, ("1", "2", "")), (3, ("3", "4", ""))], [], [])


def test_lines_are_those_of_a_text_editor():
    rows, refused, _ = read('a,b\n\n1,2\n"x\ny",3\n,\n5,6\n')
    assert [line for line, _ in rows] == [3, 7]
    assert refused == [(4, "a", LINE_BREAK)]


def test_the_delimiter_is_decided_by_the_header_alone():
    rows, refused, _ = read("a;b\n1,5;2,5\n")
    assert (rows, refused) == ([(2, ("1,5", "2,5", ""))], [])


def test_unknown_columns_are_ignored_with_a_note_but_our_own_error_column_silently():
    assert read("x,a,b,error\n0,1,2,why\n") == (
        [(2, ("1", "2", ""))],
        [],
        ["Columns ignored: x."],
    )


def test_text_is_composed():
    rows, _, _ = read("a,b\nU\u0308,2\n")
    assert rows == [(2, ("\u00dc", "2", ""))]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "The file is empty"),
        ("  \n\n", "The file is empty"),
        ("1,2\n3,4\n", "Columns are missing: a, b."),
        ("a\n1\n", "Columns are missing: b."),
        ("a,b,A\n1,2,3\n", "Columns appear twice: a."),
        ("a,b".encode("utf-16"), "UTF-16"),
        ("a,b\n1,2".encode("utf-16-le"), "UTF-16"),
        (b"\x1f\x8b\x08\x00 gzip", "neither CSV nor XLSX"),
        (b"\xd0\xcf\x11\xe0 old", "neither CSV nor XLSX"),
        (b"PK\x03\x04 not a workbook", "cannot be read"),
        ('a,"b\n1,2\n', "Line 1: The quotation marks"),
        (",".join(f"c{n}" for n in range(MAX_COLUMNS + 1)), "101 columns"),
        ("a," * MAX_LINE, "The first line is too long"),
        ("a,b\n" + "x" * (MAX_LINE + 1), "Line 2: the line is longer"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_as_a_whole(content, why):
    with pytest.raises(FileRefused) as refusal:
        read(content)
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "line", "column", "why"),
    [
        ("a,b\n1\n3,4\n", 2, "", "The row has 1 cells, fewer"),
        ("a,b\n1,2,3\n3,4\n", 2, "", "The row has 3 cells, more"),
        ('a,b\n1,"2"x\n3,4\n', 2, "", BROKEN_QUOTES),
        ('a,b\n"1,2\n', 2, "", BROKEN_QUOTES),
        (b"a,b\n1,\xe9\n", 2, "b", "byte 0xe9"),
        (b"a,b\n1,x\x00\n", 2, "b", "U+0000"),
        ("a,b\n1,x\x1by\n", 2, "b", "U+001B"),
        ("a,b\n1,x\ty\n", 2, "b", "U+0009"),
        ("a,b\n1," + "x" * (MAX_CELL + 1) + "\n", 2, "b", "longer than"),
    ],
)
def test_a_row_that_can_not_be_read_is_refused_with_its_line(content, line, column, why):
    _, refused, _ = read(content)
    assert [(where, name) for where, name, _ in refused] == [(line, column)]
    assert why in refused[0][2]


def test_a_cell_of_the_greatest_length_is_read():
    rows, refused, _ = read("a,b\n1," + "x" * MAX_CELL + "\n")
    assert (len(rows), refused) == (1, [])


def test_reading_goes_on_after_a_refused_row():
    rows, refused, _ = read('a,b\n1,"2"x\n3,4\n')
    assert (rows, len(refused)) == ([(3, ("3", "4", ""))], 1)


def workbook(*rows):
    file, book = io.BytesIO(), Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_with_its_zeros_dates_and_row_numbers():
    rows, refused, notes = read(
        workbook(
            ["a", "b", "c"],
            ["0012", date(2026, 1, 10), True],
            [],
            ["x", datetime(2026, 1, 10), "yes"],
        )
    )
    assert rows == [(2, ("0012", "2026-01-10", "yes")), (4, ("x", "2026-01-10", "yes"))]
    assert (refused, notes) == ([], [])


def test_whole_numbers_of_a_workbook_become_text_with_a_note():
    rows, _, notes = read(workbook(["a", "b"], [12, 1.5]))
    assert rows == [(2, ("12", "1.5", ""))]
    assert len(notes) == 1 and "leading zeros" in notes[0]


def test_a_number_that_lost_digits_is_refused():
    rows, refused, _ = read(workbook(["a", "b"], [10**15, "x"], [10**15 - 1, "x"]))
    assert [line for line, *_ in refused] == [2]
    assert rows == [(3, ("999999999999999", "x", ""))]


def test_a_problem_says_line_column_and_what_to_do():
    assert str(Problem(14, "leg", "Write huawei.")) == "Line 14: leg: Write huawei."
    assert str(Problem(None, "", "The file is empty.")) == "The file is empty."
