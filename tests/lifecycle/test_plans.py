"""Planning a replacement: for all customers or for one, seen by its own organization alone."""

import csv
import io

import pytest

from audit.models import Event
from lifecycle.models import ReplacementPlan
from partners.enums import Role
from tests.builders import (
    make_organization,
    make_part_number,
    make_unit,
    make_user,
)
from tests.entrance import sign_in
from tests.lifecycle.announced import publish
from warranty.models import Unit

pytestmark = pytest.mark.django_db
ALL = "/announcements/pn-2026-118/plan/"


@pytest.fixture
def house(client):
    """An announcement over three units of one partner and one of another; its agent signed in."""
    part, new = make_part_number(), make_part_number(model="S9000")
    mine, other = make_organization("MINE"), make_organization("OTHER")
    for customer in ("Harbor", "Harbor", ""):
        make_unit(mine, part_number=part, end_customer=customer, site_country="US")
    make_unit(other, part_number=part, end_customer="Elsewhere")
    publish(part, replacement=new.product)
    sign_in(client, make_user(mine, role=Role.AGENT))
    return mine, other


def table(client):
    text = client.get("/announcements/pn-2026-118/plan.csv").content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    return [(r["end_customer"], r["replacement_planned_on"], r["note"]) for r in rows]


def test_a_customers_own_plan_goes_before_the_one_for_all(client, house):
    assert client.post(ALL, {"planned_on": "2027-03-01", "note": ""}).status_code == 302
    harbor = f"{ALL}?customer=Harbor"
    assert client.post(harbor, {"planned_on": "2027-06-01", "note": "PO 7"}).status_code == 302
    assert table(client) == [
        ("", "2027-03-01", ""),
        ("Harbor", "2027-06-01", "PO 7"),
        ("Harbor", "2027-06-01", "PO 7"),
    ]
    shown = client.get(harbor).content.decode()
    assert "3 of 3 affected units" in shown and "S9000" in shown and "PO 7" in shown
    assert "Elsewhere" not in shown
    assert "planned for 3 of 3 units" in client.get("/announcements/pn-2026-118/").content.decode()
    assert client.post(harbor, {"planned_on": "", "note": ""}).status_code == 302
    assert {when for _, when, _ in table(client)} == {"2027-03-01"}
    assert client.post(ALL, {"planned_on": "", "note": ""}).status_code == 302
    assert not ReplacementPlan.unscoped.exists()
    events = Event.objects.filter(name="replacement.planned").order_by("pk")
    assert [e.detail["after"]["planned_on"] for e in events] == ["2027-03-01", "2027-06-01", "", ""]
    client.post(ALL, {"planned_on": "", "note": ""})
    assert events.count() == 4


def test_the_holder_reads_the_plan_at_its_unit_and_nobody_else_does(client, house):
    _, other = house
    client.post(f"{ALL}?customer=Harbor", {"planned_on": "2027-06-01", "note": ""})
    unit = Unit.unscoped.filter(end_customer="Harbor").first()
    shown = client.get(f"/units/{unit.serial}/").content.decode()
    assert "Replacement planned for 1 Jun 2027" in shown
    sign_in(client, make_user(other))
    assert table(client) == [("Elsewhere", "", "")]
    assert client.get(f"{ALL}?customer=Harbor").status_code == 404
    assert "1 Jun 2027" not in client.get(ALL).content.decode()


def test_what_can_not_be_kept_leaves_nothing_behind(client, house):
    for typed in ({"planned_on": "soon"}, {"planned_on": "", "note": "x" * 301}):
        assert client.post(ALL, typed).status_code == 400
    assert client.post(f"{ALL}?customer=Nobody", {"planned_on": "2027-01-01"}).status_code == 404
    sign_in(client, make_user(house[0], role=Role.VIEWER))
    assert client.get(ALL).status_code == 200
    assert client.post(ALL, {"planned_on": "2027-01-01"}).status_code == 403
    assert not ReplacementPlan.unscoped.exists()


def test_many_units_cost_as_many_queries_as_a_few(client, house, django_assert_max_num_queries):
    part = make_part_number()
    for n in range(40):
        make_unit(house[0], part_number=part, end_customer=f"C{n}")
    publish(part, number="PN-2026-119")
    with django_assert_max_num_queries(24):
        assert client.get("/announcements/pn-2026-119/plan/").status_code == 200
