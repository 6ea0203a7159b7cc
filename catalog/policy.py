"""Serial numbers, texts and dates as people type them: pure rules (policy section 0)."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, islice

MAX_SERIAL_LENGTH = 32
"""How many characters a serial number has at most, once normalised."""
USUAL_LENGTHS = (12, 16, 20)
"""The lengths of serial numbers that occur, in characters; others are accepted."""
MAX_SUGGESTIONS = 5
"""How many other readings of a serial number are offered at most."""
MAX_CANDIDATES = 256
"""How many other readings are looked up at most."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years that a date may lie in, both included."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXY"
_FIRST_BUILD_YEAR = 2001
_MONTH_LETTERS = "123456789ABC"
_LOOKALIKES = {"O": "0", "0": "O", "I": "1", "1": "I"}
_MAX_TYPED_LENGTH = 200
_ASCII_UPPER = {n: n - 32 for n in range(ord("a"), ord("z") + 1)}
_IGNORED_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cf", "Pd"})
_IGNORED = frozenset(".\t\r\n\v\f\N{MINUS SIGN}")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class InvalidSerial(ValueError):
    """A text that cannot be a serial number; the message says what to do."""


class UnreadableText(ValueError):
    """A text with characters that cannot be shown or stored."""


class TextTooLong(ValueError):
    """A text longer than its place allows."""


class InvalidDay(ValueError):
    """A text that is not a day as YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Warning:
    """Something odd about an accepted value: a stable code and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Build:
    """What a 20-character serial number says about its unit.

    `year` and `month` are None where their character has no meaning.
    """

    item_code: str
    maker: str
    year: int | None
    month: int | None


def day_text(day: date) -> str:
    """Return the day as people read it, in any locale: "30 Apr 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def normalise_serial(text: str) -> str:
    """Return the form in which serial numbers are compared.

    Full-width forms become plain ones, ASCII letters capitals; spaces of every
    kind, invisible characters, dots and hyphens go. No other character is
    changed, so O stays O and I stays I. The result may not be a serial number:
    see `valid_serial()`.

    Source: policy section 0, serial numbers.
    """
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not _is_ignored(c)).translate(_ASCII_UPPER)


def _is_ignored(character: str) -> bool:
    return character in _IGNORED or unicodedata.category(character) in _IGNORED_CATEGORIES


def valid_serial(text: str) -> str:
    """Return the normalised serial number.

    It has 1 to 32 characters, each a letter A-Z or a digit.
    Raises: InvalidSerial.
    """
    if len(text) > _MAX_TYPED_LENGTH:
        raise InvalidSerial(f"A serial number has at most {MAX_SERIAL_LENGTH} characters.")
    serial = normalise_serial(text)
    if not serial:
        raise InvalidSerial("Enter the serial number. It is on the label of the unit.")
    wrong = next((c for c in serial if not (c.isascii() and c.isalnum())), None)
    if wrong is not None:
        raise InvalidSerial(
            f"A serial number has only the letters A to Z and digits. Remove {_shown(wrong)}."
        )
    if len(serial) > MAX_SERIAL_LENGTH:
        raise InvalidSerial(
            f"A serial number has at most {MAX_SERIAL_LENGTH} characters. "
            f"You entered {len(serial)}."
        )
    return serial


def _shown(character: str) -> str:
    """Return the character so that it can be read on any screen."""
    code = f"U+{ord(character):04X}"
    return f'"{character}" ({code})' if character.isprintable() else f"the character {code}"


def clean_text(text: str, max_length: int) -> str:
    """Return the text composed (NFC) and trimmed, at most `max_length` characters.

    Raises: UnreadableText for a control character, half a surrogate pair, a
    writing-direction override or a noncharacter; TextTooLong.
    """
    cleaned = unicodedata.normalize("NFC", text).strip()
    wrong = next((c for c in cleaned if _is_unreadable(c)), None)
    if wrong is not None:
        raise UnreadableText(f"The text contains {_shown(wrong)}. Remove it.")
    if len(cleaned) > max_length:
        raise TextTooLong(
            f"The text has {len(cleaned)} characters. Shorten it to {max_length} or fewer."
        )
    return cleaned


def _is_unreadable(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in _BIDI_CONTROLS
        or ord(character) & 0xFFFE == 0xFFFE
    )


def parse_day(text: str) -> date:
    """Return the day written as YYYY-MM-DD in ASCII digits, from 2000 to 2100.

    Spaces around it are forgiven; nothing else is guessed.
    Raises: InvalidDay.
    """
    typed = text.strip()
    if not typed:
        raise InvalidDay("The date is missing: write it as YYYY-MM-DD.")
    shown = "".join(c if c.isprintable() else "?" for c in typed[:40])
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
        raise InvalidDay(f"{shown} is not a date as read here: write it as YYYY-MM-DD.")
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise InvalidDay(
            f"{shown} does not exist: write a day of the calendar as YYYY-MM-DD."
        ) from None
    if not is_plausible_day(day):
        raise InvalidDay(f"{shown} is not between {FIRST_YEAR} and {LAST_YEAR}: check the year.")
    return day


def is_plausible_day(day: date) -> bool:
    """Tell whether the day lies in the years 2000 to 2100, both included."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def read_build(serial: str) -> Build | None:
    """Return what a normalised serial number of the 20-character form says, or None.

    The form is 21, item code (8), maker (2), year, month, sequence (6).
    Source: policy section 0, serial numbers.
    """
    if len(serial) != 20 or not serial.startswith("21"):
        return None
    year, month = _YEAR_LETTERS.find(serial[12]), _MONTH_LETTERS.find(serial[13])
    return Build(
        item_code=serial[2:10],
        maker=serial[10:12],
        year=_FIRST_BUILD_YEAR + year if year >= 0 else None,
        month=month + 1 if month >= 0 else None,
    )


def serial_warnings(serial: str, part_number: str, shipped_on: date | None) -> tuple[Warning, ...]:
    """Return what is odd about a normalised serial number that is accepted anyway.

    `shipped_on` is the day of Huawei's shipment; the month of shipment itself is
    not later than the shipment. Source: policy section 0, serial numbers.
    """
    if len(serial) not in USUAL_LENGTHS:
        text = f"Serial numbers have 12, 16 or 20 characters. {serial} has {len(serial)}."
        return (Warning("serial_length", text),)
    if len(serial) != 20:
        return ()
    build = read_build(serial)
    if build is None:
        text = f"A serial number of 20 characters begins with 21. {serial} does not."
        return (Warning("serial_prefix", text),)
    return tuple(_build_warnings(build, serial, part_number, shipped_on))


def _build_warnings(
    build: Build, serial: str, part_number: str, shipped_on: date | None
) -> Iterator[Warning]:
    if part_number and build.item_code != part_number.strip().upper():
        yield Warning(
            "item_code",
            f"The serial number {serial} contains the item code {build.item_code}, "
            f"but the part number is {part_number}.",
        )
    if build.year is None:
        yield Warning("build_year", f"{serial[12]} in {serial} does not stand for a year.")
    if build.month is None:
        yield Warning("build_month", f"{serial[13]} in {serial} does not stand for a month.")
    if build.year is None or build.month is None or shipped_on is None:
        return
    if (build.year, build.month) > (shipped_on.year, shipped_on.month):
        yield Warning(
            "built_after_shipment",
            f"{serial} was built in {_MONTHS[build.month - 1]} {build.year}, "
            f"after its shipment on {day_text(shipped_on)}.",
        )


def suggest_serials(
    serial: str, known_filter: Callable[[Collection[str]], Iterable[str]] | None = None
) -> tuple[str, ...]:
    """Return other readings of a normalised serial number: O for 0, I for 1, and back.

    At most 256 readings go through `known_filter`, which returns those that exist;
    at most 5 are offered. First comes the reading with digits only in place of O
    and I, then those with the fewest changes. Nothing is altered: a person chooses.

    Source: policy section 0, serial numbers.
    """
    candidates = list(islice(_other_readings(serial[:MAX_SERIAL_LENGTH]), MAX_CANDIDATES))
    if known_filter is not None and candidates:
        known = set(known_filter(candidates))
        candidates = [c for c in candidates if c in known]
    return tuple(candidates[:MAX_SUGGESTIONS])


def _other_readings(serial: str) -> Iterator[str]:
    digits = serial.replace("O", "0").replace("I", "1")
    if digits != serial:
        yield digits
    places = [n for n, c in enumerate(serial) if c in _LOOKALIKES]
    for count in range(1, len(places) + 1):
        for chosen in combinations(places, count):
            reading = "".join(_LOOKALIKES[c] if n in chosen else c for n, c in enumerate(serial))
            if reading != digits:
                yield reading
