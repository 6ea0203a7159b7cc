"""The list of announcements: what it is asked for, its files, and what it costs."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from lifecycle import workflow
from lifecycle.enums import MilestonesAfter
from tests.builders import make_organization, make_part_number, make_staff, make_unit, make_user
from tests.entrance import sign_in
from tests.lifecycle.announced import AT, EOM, publish

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST = "/announcements/"


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(AT + 3 * DAY, tick=False):
        yield


@pytest.fixture
def published():
    """Two days, two announcements; the older one was withdrawn, the newer one has no EOS."""
    switch = make_part_number("98010001", model="S5735")
    old = publish(switch, number="PN-2026-1")
    workflow.withdraw(
        old,
        reason="A wrong product.",
        after=MilestonesAfter.TAKE_BACK,
        user=make_staff(),
        at=AT + DAY,
    )
    router = make_part_number("02350ROU", model="AR6121")
    new = publish(
        router, number="PN-2026-2", at=AT + 2 * DAY, eos=None, subject="=Routers go"
    )  # fmt: skip
    return switch, router, old, new


def shown(client, query=""):
    """Return the numbers that the page shows, having held its CSV against them."""
    page = client.get(LIST + query)
    assert page.status_code == 200, page.context["problems"]
    numbers = [row.announcement.number for row in page.context["rows"]]
    assert [row["number"] for row in table(client, query)] == numbers
    return numbers


def table(client, query=""):
    sent = b"".join(client.get(f"{LIST}announcements.csv{query}").streaming_content)
    return list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["PN-2026-2", "PN-2026-1"]),
        ("?sort=published", ["PN-2026-1", "PN-2026-2"]),
        ("?sort=-number", ["PN-2026-2", "PN-2026-1"]),
        ("?q=9801", ["PN-2026-1"]),
        ("?q=ar6121", ["PN-2026-2"]),
        ("?q=pn-2026-2", ["PN-2026-2"]),
        ("?q=routers", ["PN-2026-2"]),
        ("?q=nothing", []),
        ("?kind=eos", ["PN-2026-1"]),
        ("?kind=ga", []),
        ("?state=in-force", ["PN-2026-2"]),
        ("?state=withdrawn", ["PN-2026-1"]),
        ("?published_from=2026-11-17", ["PN-2026-2"]),
        ("?published_to=2026-11-17", ["PN-2026-1"]),
        ("?published_from=2026-11-16&published_to=2026-11-18", ["PN-2026-2", "PN-2026-1"]),
    ],
)
def test_everybody_finds_what_is_asked_for(client, published, query, found):
    assert shown(client, query) == found


def test_a_partner_asks_for_what_concerns_its_units_and_sees_how_many(client):
    part, mine, other = make_part_number(), make_organization(), make_organization()
    for _ in range(2):
        make_unit(mine, part_number=part)
    publish(part, number="PN-2026-1")
    publish(number="PN-2026-2")
    sign_in(client, make_user(mine))
    assert shown(client, "?mine=yes") == ["PN-2026-1"]
    assert [row["your_units"] for row in table(client, "?sort=number")] == ["2", "0"]
    sign_in(client, make_user(other))
    assert shown(client, "?mine=yes") == []
    assert "no announcement concerns a unit of yours" in client.get(f"{LIST}?mine=yes").text
    assert [row["your_units"] for row in table(client)] == ["0", "0"]


def test_strangers_and_huawei_have_no_units_to_ask_for(client, published):
    for user in (None, make_staff()):
        if user:
            sign_in(client, user)
        page = client.get(LIST)
        assert "With units of yours" not in page.text
        assert "Your units" not in page.text
        assert client.get(f"{LIST}?mine=yes").status_code == 400
        assert {row["your_units"] for row in table(client)} == {""}


def test_what_cannot_be_read_is_named_and_a_stranger_is_offered_nothing_to_keep(client, published):
    for query, said in (
        ("?kind=eol", "Choose one of the words in the list."),
        ("?published_from=2026-11-18&published_to=2026-11-17", "on or after the first"),
        ("?page=2", "no filter"),
    ):
        page = client.get(LIST + query)
        assert (page.status_code, said in page.text) == (400, True)
        assert "PN-2026-1" not in page.text
        assert client.get(f"{LIST}announcements.xlsx{query}").status_code == 400
    found = client.get(f"{LIST}?kind=eom").text
    assert "Save this view" not in found
    assert "compact rows" not in found
    sign_in(client, make_user(make_organization()))
    found = client.get(f"{LIST}?kind=eom").text
    assert "Save this view" in found
    assert "compact rows" in found
    kept = client.post("/lists/announcements/views/new/?kind=eom", {"name": "What ends"})
    assert (kept.status_code, kept.url) == (302, f"{LIST}?kind=eom")
    assert "What ends" in client.get(LIST).text
    assert client.get("/lists/announcements/keep/?kind=eom").status_code in (200, 404)


def test_its_files_say_days_as_programs_read_them_and_run_nothing(client, published):
    new, old = table(client)
    assert (old["eom"], old["eos"], new["eos"]) == (EOM.isoformat(), "2032-03-31", "")
    assert (old["published_on"], old["status"], old["models"]) == (
        "2026-11-16", "withdrawn", "S5735"
    )  # fmt: skip
    assert new["subject"] == "'=Routers go"
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{LIST}announcements.xlsx"))))
    assert [cell.value for cell in book.active["A"]] == ["number", "PN-2026-2", "PN-2026-1"]


def test_fifty_cost_as_many_queries_as_one(client):
    part, holder = make_part_number(), make_organization()
    make_unit(holder, part_number=part)
    sign_in(client, make_user(holder))
    counts = []
    for first, last in ((0, 1), (1, 3)):
        for n in range(first, last):
            publish(part, number=f"PN-2026-{n}")
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(LIST)
        assert len(page.context["rows"]) == last
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
