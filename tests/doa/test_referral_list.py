"""The list of referrals: both ends of one, filters, files, and what it costs."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from doa.models import Referral
from doa.workflow import referrals
from tests import builders as make
from tests.doa.test_referrals import AT, SERIAL, chain, on_day_90, refer  # noqa: F401 (fixtures)
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db
LIST = "/referrals/"


def table(client, query=""):
    sent = b"".join(client.get(f"{LIST}referrals.csv{query}").streaming_content)
    return list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))


def shown(client, query=""):
    """Return the referrals that the page shows, having held its CSV against them."""
    page = client.get(LIST + query)
    assert page.status_code == 200, page.context["problems"]
    found = [row.referral.reference for row in page.context["rows"]]
    assert [row["referral"] for row in table(client, query)] == found
    return found


@pytest.fixture
def three(chain):  # noqa: F811 (the fixture)
    """One declined, one taken up, one open, in the order of the days of referral."""
    made = []
    for n in range(3):
        chain.unit = make.make_unit(chain.distributor, serial=f"{SERIAL[:-1]}{n + 5}")
        make.pass_on(chain.unit, chain.reseller, shipped_on=make.SHIPPED_ON, number=f"X-{n}")
        made.append(refer(chain))
        Referral.unscoped.filter(pk=made[-1].pk).update(created_at=AT + timedelta(days=n))
    referrals.decline(made[0], reason="Sold as used.", user=chain.agent, at=AT)
    referrals.adopt(made[1], user=chain.agent, at=AT)
    return [each.reference for each in made]


def test_both_ends_and_huawei_find_them_and_nobody_else(client, chain, three):  # noqa: F811
    for user in (chain.agent, chain.seller, make.make_staff()):
        sign_in(client, user)
        assert shown(client) == three[::-1]
    sign_in(client, make.make_user(make.make_organization("D9")))
    assert shown(client) == []


def test_each_filter_narrows_the_list(client, chain, three):  # noqa: F811
    declined, adopted, open_ = three
    day = (AT + timedelta(days=1)).date()
    sign_in(client, chain.agent)
    for query, found in (
        ("?sort=referred", three),
        ("?sort=referral", sorted(three)),
        ("?sort=-referral", sorted(three, reverse=True)),
        ("?view=open", [open_]),
        ("?view=adopted", [adopted]),
        ("?view=ended", [declined]),
        (f"?q={adopted.lower()}", [adopted]),
        (f"?q={SERIAL[:-1].lower()}7", [open_]),
        ("?q=copperline", three[::-1]),
        ("?q=nobody", []),
        (f"?referred_from={day}", [open_, adopted]),
        (f"?referred_to={day}", [adopted, declined]),
        (f"?view=open&referred_to={day}", []),
    ):
        assert shown(client, query) == found, query


def test_only_who_answers_reads_which_case_became_of_it(client, chain, three):  # noqa: F811
    for user, is_told in ((chain.agent, True), (chain.seller, False), (make.make_staff(), True)):
        sign_in(client, user)
        (row,) = table(client, "?view=adopted")
        assert bool(row["case"]) is is_told
        assert bool(row["distributor"]) is user.is_staff


def test_each_emptiness_says_what_it_means(client, chain):  # noqa: F811
    sign_in(client, chain.seller)
    assert "Refer a unit that has failed" in client.get(LIST).text
    sign_in(client, chain.agent)
    assert "it comes here" in client.get(LIST).text
    referrals.decline(refer(chain), reason="Sold as used.", user=chain.agent, at=AT)
    assert "no referral waits for an answer" in client.get(f"{LIST}?view=open").text
    assert "No referral matches." in client.get(f"{LIST}?q=nobody").text
    for query in ("?view=all", "?referred_from=2026-11-02&referred_to=2026-11-01", "?page=2"):
        page = client.get(LIST + query)
        assert page.status_code == 400
        assert "No referral is shown" in page.text
        assert client.get(f"{LIST}referrals.xlsx{query}").status_code == 400


def test_three_cost_as_many_queries_as_one(client, chain, three):  # noqa: F811
    sign_in(client, chain.agent)
    counts = []
    for query in ("?view=open", "?q=copperline"):
        client.get(LIST + query)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST + query)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{LIST}referrals.xlsx?view=open"))))
    assert [cell.value for cell in book.active["A"]] == ["referral", three[2]]
