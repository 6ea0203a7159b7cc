"""OpenEoX: every core passes the published schema and tests, and says the last day of sales."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from audit.trail import SYSTEM
from catalog.lifecycle_imports import import_lifecycle
from lifecycle.openeox import core
from tests.builders import make_part_number
from tests.catalog.test_lifecycle_imports import REAL
from tests.catalog.test_milestones import WHOLE, dates
from tests.catalog.test_set_milestones import AT, EOM, EOS, row, state

SCHEMA = json.loads((Path(__file__).parent / "openeox_core.json").read_text())
checker = FormatChecker(formats=[])


@checker.checks("date-time")
def is_instant(text):
    """Tell whether a text is what section 4.1.6 of the specification allows."""
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text))


def faults(found):
    """Return what breaks the schema or a test of section 7, the recommended ones included."""
    broken = [
        e.message for e in Draft202012Validator(SCHEMA, format_checker=checker).iter_errors(found)
    ]
    names = ("end_of_sales", "end_of_security_support", "general_availability", "end_of_life")
    said = {name: found[name] for name in names if name in found}
    dated = {n: datetime.fromisoformat(t) for n, t in said.items() if t != "tba"}
    if "end_of_life" in dated:
        broken += [f"7.1.1 {n}" for n, at in dated.items() if at > dated["end_of_life"]]
        broken += [f"7.2.1 {n}" for n, text in said.items() if text == "tba"]
    if "general_availability" in dated:
        broken += [f"7.1.3 {n}" for n, at in dated.items() if at < dated["general_availability"]]
    if said.get("general_availability") == "tba" and dated:
        broken.append("7.2.2")
    secured = dated.get("end_of_security_support")
    if secured and dated.get("end_of_sales", secured) > secured:
        broken.append("7.3.1")
    return broken


def test_the_check_of_these_tests_finds_each_kind_of_fault():
    good = core(dates(**WHOLE), updated_at=AT)
    assert faults(good) == []
    for change in (
        {"end_of_life": "2019-01-01T00:00:00Z"},
        {"end_of_life": "2028-01-01 23:59:59Z"},
        {"end_of_security_support": "tba"},
        {"general_availability": "2029-01-01T00:00:00Z"},
        {"further": "member"},
    ):
        assert faults(good | change) != []


@pytest.mark.parametrize(
    ("milestones", "expected"),
    [
        (WHOLE, {"general_availability": "2020-01-01T00:00:00Z",
                 "end_of_sales": "2025-12-31T23:59:59Z",
                 "end_of_security_support": "2027-01-01T23:59:59Z",
                 "end_of_life": "2028-01-01T23:59:59Z"}),
        ({"ga": "2020-02", "eom": "2026-02", "eos": "2028-02"},
         {"general_availability": "2020-02-01T00:00:00Z",
          "end_of_sales": "2026-02-27T23:59:59Z",
          "end_of_security_support": "2028-02-29T23:59:59Z",
          "end_of_life": "2028-02-29T23:59:59Z"}),
        ({"eom": "2026-03-01", "eofs": "tba", "eos": "tba"},
         {"end_of_sales": "2026-02-28T23:59:59Z", "end_of_security_support": "tba",
          "end_of_life": "tba"}),
        ({"eom": "tba"},
         {"end_of_sales": "tba", "end_of_security_support": "tba", "end_of_life": "tba"}),
        ({"eom": "tba", "eofs": "tba", "eos": "2028-01-01"},
         {"end_of_security_support": "2028-01-01T23:59:59Z",
          "end_of_life": "2028-01-01T23:59:59Z"}),
        ({"ga": "2026-01-01", "eom": "2026-01-01", "eos": "2026-01-01"},
         {"general_availability": "2026-01-01T00:00:00Z",
          "end_of_security_support": "2026-01-01T23:59:59Z",
          "end_of_life": "2026-01-01T23:59:59Z"}),
        ({"ga": "tba", "eos": "not announced"},
         {"end_of_security_support": "tba", "end_of_life": "tba"}),
    ],
)  # fmt: skip
def test_each_precision_becomes_the_last_moment_of_its_last_day(milestones, expected):
    found = core(dates(**milestones), updated_at=AT)
    assert faults(found) == []
    fixed = {"$schema", "last_updated"}
    assert {name: text for name, text in found.items() if name not in fixed} == expected


@pytest.mark.django_db
def test_every_product_and_every_part_number_that_differs_has_a_statement(client):
    part, other = make_part_number("02350001", model="CE6881"), make_part_number("02350002")
    state([row(part, EOM, "2026-06-15"), row(part, EOS, "2029-06", own=True)])
    state([row(other, EOS, "2030-01-31")])
    found = client.get("/announcements/openeox.json").json()["statements"]
    assert [s["part_numbers"] for s in found] == [[], ["02350001"], ["02350002"]]
    assert found[1]["core"]["end_of_sales"] == "2026-06-14T23:59:59Z"
    assert found[1]["core"]["end_of_life"] == "2029-06-30T23:59:59Z"
    assert found[0]["core"]["end_of_life"] == "tba"
    assert [fault for s in found for fault in faults(s["core"])] == []


@pytest.mark.django_db
def test_every_real_release_has_a_core_that_passes(client):
    with REAL.open("rb") as file:
        import_lifecycle(file, file_name=REAL.name, actor=SYSTEM, at=AT)
    found = client.get("/announcements/openeox.json").json()["statements"]
    assert len(found) == 50
    assert {s["product_name"]: faults(s["core"]) for s in found if faults(s["core"])} == {}
    assert not any(s["sample"] or s["part_numbers"] for s in found)


@pytest.mark.django_db
def test_a_reader_who_has_it_already_gets_it_again_only_after_a_change(client):
    part = make_part_number()
    state([row(part, EOS, "2029-06")])
    first = client.get("/announcements/openeox.json")
    assert first["Cache-Control"] == "public, max-age=300"
    assert "session" not in first.cookies
    headers = {"If-None-Match": first["ETag"]}
    assert client.get("/announcements/openeox.json", headers=headers).status_code == 304
    state([row(part, EOS, "2029-07")], at=AT + timedelta(days=1))
    assert client.get("/announcements/openeox.json", headers=headers).status_code == 200


@pytest.mark.django_db
def test_a_list_of_fifty_costs_as_many_queries_as_a_list_of_one(client, django_assert_num_queries):
    for count in (1, 50):
        state([row(make_part_number(), EOS, "2030-06") for _ in range(count)])
        with django_assert_num_queries(4):
            client.get("/announcements/openeox.json")
