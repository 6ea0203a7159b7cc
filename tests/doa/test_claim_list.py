"""The list of claims: filters, orders, files, and what it costs."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from doa.models import Claim
from doa.workflow import claims
from partners.enums import Role
from tests import builders as make
from tests.builders import CAP_ON, at_noon
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db
LIST = "/claims/"
LATER = CAP_ON + timedelta(days=3)


@pytest.fixture
def holder():
    make.make_policy()
    return make.make_organization("D1", name="Meridian Example")


@pytest.fixture
def two(holder):
    """A dented unit whose claim is refused, and a dead spare part reported later."""
    unit = make.make_unit(holder, serial="2102CLAIMED000000001")
    dented = make.make_claim(unit, holder, at=at_noon(CAP_ON))
    part = make.make_claim(None, holder, at=at_noon(LATER), part_number="02359999")
    claims.refuse_claim(dented, reason="No damage.", user=make.make_staff(), at=at_noon(LATER))
    make.make_claim(make.make_unit(make.make_organization("D9")), make.make_organization("D8"))
    return dented.reference, part.reference


@pytest.fixture
def reader(client, holder):
    sign_in(client, make.make_user(holder, Role.VIEWER))
    return client


def shown(client, query=""):
    """Return the claims that the page shows, having held its CSV against them."""
    page = client.get(LIST + query)
    assert page.status_code == 200, page.context["problems"]
    found = [row.claim.reference for row in page.context["rows"]]
    sent = b"".join(client.get(f"{LIST}claims.csv{query}").streaming_content)
    rows = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
    assert [row["claim"] for row in rows] == found
    return found


def test_each_filter_narrows_the_list_and_comes_off_as_a_chip(reader, two):
    dented, part = two
    for query, found in (
        ("", [part, dented]),
        ("?sort=reported", [dented, part]),
        ("?sort=claim", sorted(two)),
        ("?sort=-claim", sorted(two, reverse=True)),
        ("?view=open", [part]),
        ("?view=ended", [dented]),
        (f"?q={dented.lower()}", [dented]),
        ("?q=2102-claimed", [dented]),
        ("?q=0235999", [part]),
        ("?q=nobody", []),
        ("?kind=cargo", [dented]),
        ("?kind=spare_part", [part]),
        ("?trouble=dented", [dented]),
        ("?trouble=missing", []),
        (f"?reported_from={LATER}", [part]),
        (f"?reported_to={LATER - timedelta(days=1)}", [dented]),
    ):
        assert shown(reader, query) == found, query
    page = reader.get(f"{LIST}?kind=cargo&view=ended")
    assert {chip.label: chip.url for chip in page.context["chips"]} == {
        "Kind": "?view=ended",
        "State": "?kind=cargo",
    }


def test_huawei_sees_all_and_narrows_by_organization_which_nobody_else_may(client, holder, two):
    sign_in(client, make.make_user(holder))
    assert client.get(f"{LIST}?organization=D1").status_code == 400
    sign_in(client, make.make_staff())
    assert len(shown(client)) == 3
    assert shown(client, "?organization=d1") == list(two[::-1])
    sign_in(client, make.make_user(make.make_organization("D7")))
    assert shown(client) == []


def test_what_cannot_be_read_is_named_and_shows_nothing(reader, two):
    for query, said in (
        ("?kind=gone", "Choose one of the words in the list."),
        (f"?reported_from={LATER}&reported_to={CAP_ON}", "on or after the first"),
        ("?page=2", "no filter"),
    ):
        page = reader.get(LIST + query)
        assert page.status_code == 400
        assert said in page.text
        assert two[0] not in page.text
        assert reader.get(f"{LIST}claims.xlsx{query}").status_code == 400


def test_each_emptiness_says_what_it_means(client, holder, two):
    sign_in(client, make.make_user(holder))
    assert "No claim matches." in client.get(f"{LIST}?q=none").text
    Claim.unscoped.filter(reference=two[1]).delete()
    assert "Nothing to do: no claim is open." in client.get(f"{LIST}?view=open").text
    sign_in(client, make.make_user(make.make_organization("D7")))
    page = client.get(LIST)
    assert "No claim yet." in page.text
    assert 'href="/claims/new/"' in page.text


def test_the_workbook_has_what_is_filtered_and_a_full_page_costs_what_one_row_does(reader, two):
    book = load_workbook(io.BytesIO(b"".join(reader.get(f"{LIST}claims.xlsx?view=ended"))))
    assert [cell.value for cell in book.active["A"]] == ["claim", two[0]]
    dented, counts = Claim.unscoped.get(reference=two[0]), []
    for number in (2, 3, 51):
        while (have := Claim.unscoped.filter(organization=dented.organization).count()) < number:
            dented.pk, dented.reference = None, f"CLM-{have}"
            dented.save(force_insert=True)
        with CaptureQueriesContext(connection) as queries:
            page = reader.get(LIST)
        counts.append(len(queries))
    assert (len(page.context["rows"]), page.context["count"]) == (50, 51)
    assert len(set(counts)) == 1, "nothing grows, and a count beyond the page costs nothing"
    assert counts[0] <= 7
