"""Telephone numbers: what a link dials is what the page shows."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from partners.phones import dialled, is_united_states

TEMPLATES = Path(settings.BASE_DIR) / "templates"
TAC = "+18779482934"


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("1-877-9HUAWEI", TAC),
        ("877-9huawei", TAC),
        ("(555) 555-0100", "+15555550100"),
        ("+1 555 555 0100", "+15555550100"),
        ("+49 30 5550100", "+49305550100"),
        ("+49 5550 1000", "+4955501000"),
        ("0301", "0301"),
        ("", ""),
    ],
)
def test_letters_are_dialled_as_the_keys_that_bear_them(written, keys):
    assert dialled(written) == keys


@pytest.mark.parametrize("written", ["1-877-9HUAWEI", "555-555-0100", "+1 (555) 555.0100"])
def test_a_number_of_the_united_states_is_known(written):
    assert is_united_states(written)


@pytest.mark.parametrize(
    "written",
    [
        *("", "555-0100", "555-555-01000", "+49 30 5550100", "055-555-0100", "2-555-555-0100"),
        *("555-555-0100 <b>", "555-555-0100;ext=1", "ask for Anna"),
    ],
)
def test_what_is_no_number_of_the_united_states_is_known(written):
    assert not is_united_states(written)


def test_every_page_that_spells_a_number_out_dials_that_number():
    link = re.compile(r'href="tel:([^"{]+)">([^<]+)</a>')
    found = [
        (path.name, dials, shown)
        for path in TEMPLATES.rglob("*.html")
        for dials, shown in link.findall(path.read_text())
    ]
    assert {name for name, *_ in found} >= {"base.html", "plain.html"}
    assert [each for each in found if each[1] != dialled(each[2])] == []
