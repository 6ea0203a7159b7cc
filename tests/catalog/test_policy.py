"""Serial numbers, texts and dates as people type them."""

from collections.abc import Collection
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import policy

SERIAL = "2102353XRT10S3000417"
"""Item code 02353XRT, maker 10, built in March 2026."""


@pytest.mark.parametrize(
    "typed",
    [
        SERIAL,
        SERIAL.lower(),
        f"  {SERIAL}\t\r\n",
        f"\u00a0{SERIAL}\u200b\ufeff",
        "21 02353XRT 10S3 000417",
        "21-02353XRT-10.S3.000417",
        "21\u201102353XRT\u201310S3\u2212000417",
        "\uff12\uff11\uff10\uff12\uff13\uff15\uff13\uff38\uff32\uff3410S3000417",
    ],
)
def test_one_serial_number_is_read_from_many_ways_to_type_it(typed: str) -> None:
    assert policy.valid_serial(typed) == SERIAL


@pytest.mark.parametrize("serial", ["0O1I", "A", "0" * 32, "007"])
def test_no_letter_or_digit_is_altered(serial: str) -> None:
    assert policy.valid_serial(serial) == serial


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the serial number."),
        (" .-\u200b", "Enter the serial number."),
        ("ABC/1", 'Remove "/"'),
        ("ABC_1", 'Remove "_"'),
        ("ABC\x001", r"Remove the character U\+0000"),
        ("ABC\ud8001", r"Remove the character U\+D800"),
        ("AB\u0131", r"U\+0131"),
        ("\u0661\u0662", r"U\+0661"),
        ("A" * 33, "at most 32 characters. You entered 33."),
        ("A" * 201, "at most 32 characters."),
    ],
)
def test_what_cannot_be_a_serial_number_is_refused_with_what_to_do(
    typed: str, message: str
) -> None:
    with pytest.raises(policy.InvalidSerial, match=message):
        policy.valid_serial(typed)


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(text=st.text(max_size=60))
def test_a_serial_number_is_stable_once_normalised_and_nothing_else_breaks(text: str) -> None:
    try:
        serial = policy.valid_serial(text)
    except policy.InvalidSerial:
        return
    assert policy.valid_serial(serial) == serial


@pytest.mark.parametrize(
    ("letter", "year"),
    [
        *((str(n), 2000 + n) for n in range(1, 10)),
        *zip("ABCDEFGH", range(2010, 2018), strict=True),
        *zip("JKLMN", range(2018, 2023), strict=True),
        *zip("PQRSTUVWXY", range(2023, 2033), strict=True),
        *((letter, None) for letter in "IOZ0"),
    ],
)
def test_the_year_letter(letter: str, year: int | None) -> None:
    build = policy.read_build(f"2102353XRT10{letter}3000417")
    assert build is not None
    assert build.year == year


@pytest.mark.parametrize(
    ("letter", "month"),
    [*zip("123456789ABC", range(1, 13), strict=True), ("0", None), ("D", None)],
)
def test_the_month_letter(letter: str, month: int | None) -> None:
    build = policy.read_build(f"2102353XRT10S{letter}000417")
    assert build is not None
    assert (build.item_code, build.maker, build.month) == ("02353XRT", "10", month)


@pytest.mark.parametrize(
    ("serial", "part_number", "shipped_on", "codes"),
    [
        ("A" * 12, "02353XRT", date(2026, 3, 1), []),
        ("A" * 16, "02353XRT", date(2026, 3, 1), []),
        (SERIAL, "02353XRT", date(2026, 3, 1), []),
        (SERIAL, " 02353xrt ", date(2026, 3, 1), []),
        (SERIAL, "02353XRT", None, []),
        (SERIAL, "", date(2026, 3, 1), []),
        ("A" * 11, "02353XRT", None, ["serial_length"]),
        ("A" * 13, "02353XRT", None, ["serial_length"]),
        (SERIAL[:19], "02353XRT", None, ["serial_length"]),
        (SERIAL + "1", "02353XRT", None, ["serial_length"]),
        ("22" + SERIAL[2:], "02353XRT", None, ["serial_prefix"]),
        (SERIAL, "2353XRT", None, ["item_code"]),
        (SERIAL, "02353XRT", date(2026, 2, 28), ["built_after_shipment"]),
        (SERIAL, "02353XRT", date(2025, 12, 31), ["built_after_shipment"]),
        ("2102353XRT10O3000417", "02353XRT", date(2026, 3, 1), ["build_year"]),
        ("2102353XRT10SD000417", "02353XRT", date(2026, 3, 1), ["build_month"]),
        ("2102353XRT10ZD000417", "X", None, ["item_code", "build_year", "build_month"]),
    ],
)
def test_an_odd_serial_number_is_accepted_with_warnings(
    serial: str, part_number: str, shipped_on: date | None, codes: list[str]
) -> None:
    warnings = policy.serial_warnings(serial, part_number, shipped_on)
    assert [warning.code for warning in warnings] == codes


def test_warnings_say_what_is_odd() -> None:
    warnings = policy.serial_warnings(SERIAL, "02350ABC", date(2026, 2, 28))
    assert [warning.message for warning in warnings] == [
        f"The serial number {SERIAL} contains the item code 02353XRT, "
        "but the part number is 02350ABC.",
        f"{SERIAL} was built in Mar 2026, after its shipment on 28 Feb 2026.",
    ]


def test_lookalikes_are_suggested_with_digits_first() -> None:
    assert policy.suggest_serials("2O1") == ("201", "2OI", "20I")


def test_a_serial_number_without_lookalikes_has_no_suggestion() -> None:
    assert policy.suggest_serials("23456") == ()


def test_only_known_serial_numbers_are_suggested() -> None:
    def known(candidates: Collection[str]) -> list[str]:
        return [c for c in candidates if c in {SERIAL, "OTHER"}]

    assert policy.suggest_serials(SERIAL.replace("0", "O"), known) == (SERIAL,)
    assert policy.suggest_serials("2O", known) == ()


def test_suggestions_are_bounded() -> None:
    asked: list[int] = []

    def all_known(candidates: Collection[str]) -> Collection[str]:
        asked.append(len(candidates))
        return candidates

    assert len(policy.suggest_serials("01" * 16, all_known)) == policy.MAX_SUGGESTIONS
    assert asked == [policy.MAX_CANDIDATES]


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Zürich ", "Zürich"),
        ("Zu\u0308rich", "Zürich"),
        ("华为", "华为"),
        ("", ""),
        ("12345", "12345"),
    ],
)
def test_a_text_is_composed_and_trimmed(typed: str, cleaned: str) -> None:
    assert policy.clean_text(typed, 6) == cleaned


@pytest.mark.parametrize(
    "wrong", ["\x00", "\x1b", "\n", "\ud800", "\u202e", "\ufffe", "\U0001ffff"]
)
def test_a_text_that_cannot_be_shown_is_refused(wrong: str) -> None:
    with pytest.raises(policy.UnreadableText, match=f"U\\+{ord(wrong):04X}"):
        policy.clean_text(f"a{wrong}b", 10)


def test_a_text_may_fill_its_place_and_no_more() -> None:
    assert policy.clean_text("a" * 10, 10) == "a" * 10
    with pytest.raises(policy.TextTooLong, match=r"11 characters\. Shorten it to 10"):
        policy.clean_text("a" * 11, 10)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        (" 2026-11-30 ", date(2026, 11, 30)),
        ("2000-01-01", date(2000, 1, 1)),
        ("2100-12-31", date(2100, 12, 31)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read(typed: str, day: date) -> None:
    assert policy.parse_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "The date is missing: write it as YYYY-MM-DD."),
        ("31.11.2026", "31.11.2026 is not a date as read here: write it as YYYY-MM-DD."),
        ("11/30/2026", "write it as YYYY-MM-DD."),
        ("20261130", "write it as YYYY-MM-DD."),
        ("2026-W48-1", "write it as YYYY-MM-DD."),
        ("2026-1-2", "write it as YYYY-MM-DD."),
        ("2026-11-30T00:00", "write it as YYYY-MM-DD."),
        ("\u0662\u0660\u0662\u0666-11-30", "write it as YYYY-MM-DD."),
        ("2026-11-\x0030", r"2026-11-\?30 is not a date"),
        ("2026-11-31", "2026-11-31 does not exist"),
        ("2023-02-29", "2023-02-29 does not exist"),
        ("1999-12-31", "1999-12-31 is not between 2000 and 2100: check the year."),
        ("2101-01-01", "2101-01-01 is not between 2000 and 2100: check the year."),
    ],
)
def test_anything_else_is_refused_with_the_way_to_write_it(typed: str, message: str) -> None:
    with pytest.raises(policy.InvalidDay, match=message):
        policy.parse_day(typed)


def test_a_day_is_shown_with_its_month_in_words() -> None:
    assert policy.day_text(date(2026, 4, 3)) == "3 Apr 2026"
