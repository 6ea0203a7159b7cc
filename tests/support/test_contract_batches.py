"""Several contracts at once: their new dates first, each renewed by itself; their units checked."""

from datetime import date, timedelta

import pytest
import time_machine

from partners.enums import Role
from support import workflow
from support.models import SupportContract
from tests import builders as make
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db
AT = make.at_noon(date(2026, 3, 1))
RENEW, CHECK = "/contracts/renew/", "/contracts/check/"
LAST_ON = date(2027, 1, 9)
"""The last day that a contract of 12 months from the day of shipment covers."""


@pytest.fixture
def partner():
    return make.make_organization("DIST", name="Meridian Example")


@pytest.fixture
def agent(partner):
    return make.make_user(partner, email="dora@example.test")


@pytest.fixture
def two(partner):
    units = [make.make_unit(partner) for _ in range(3)]
    return [
        make.make_contract(units[:2], at=AT, number="HC-1", end_customer="Hospital"),
        make.make_contract(units[2:], at=AT, number="HC-2"),
    ]


@pytest.fixture(autouse=True)
def near_the_end():
    with time_machine.travel(make.at_noon(LAST_ON - timedelta(days=30)), tick=False):
        yield


def ticked(contracts, **more):
    return {"ticked": [each.reference for each in contracts]} | more


def numbers(contracts, *written):
    return {
        f"number-{contract.pk}": number for contract, number in zip(contracts, written, strict=True)
    }


def renewals():
    found = SupportContract.unscoped.exclude(renews=None).order_by("pk")
    return list(found.values_list("renews__number", "number", "term_months"))


def test_the_new_dates_stand_there_before_anything_happens(client, agent, two):
    sign_in(client, agent)
    page = client.get(RENEW, ticked(two))
    assert page.status_code == 200
    assert 'name="term_months" value="12"' in page.text
    assert "2 units from 10 Jan 2027 to 9 Jan 2028." in page.text
    assert "1 unit from 10 Jan 2027 to 9 Jan 2028." in page.text
    longer = client.get(RENEW, ticked(two, term_months=24))
    assert "2 units from 10 Jan 2027 to 9 Jan 2029." in longer.text
    assert renewals() == []


def test_each_is_renewed_under_its_own_number_for_the_same_term(client, agent, two):
    sign_in(client, agent)
    page = client.post(RENEW, ticked(two, term_months=24, **numbers(two, "HC-11", "HC-12")))
    assert page.status_code == 200
    assert "2 contracts renewed" in page.text
    assert renewals() == [("HC-1", "HC-11", 24), ("HC-2", "HC-12", 24)]
    assert SupportContract.unscoped.get(number="HC-11").end_customer == "Hospital"
    assert "Open contract HC-11" in page.text


def test_a_repeat_renews_nothing_twice_and_says_what_did(client, agent, two):
    sign_in(client, agent)
    sent = ticked(two, term_months=12, **numbers(two, "HC-11", "HC-12"))
    client.post(RENEW, sent)
    again = client.post(RENEW, sent)
    assert again.status_code == 200
    assert "Done before: 2 contracts renewed" in again.text
    assert "Contract HC-11 renews it already." in again.text
    assert len(renewals()) == 2


def test_those_that_can_not_be_renewed_are_named_with_the_reason(client, agent, two, partner):
    other = make.make_contract([make.make_unit(partner)], at=AT, number="HC-3")
    workflow.cancel_contract(two[1], reason="Sold twice.", user=agent, at=AT)
    lapsed = LAST_ON + timedelta(days=150)
    with time_machine.travel(make.at_noon(lapsed), tick=False):
        sign_in(client, agent)
        page = client.get(RENEW, ticked([*two, other]))
    assert page.context["can"] == []
    said = {row.label: row.said[0] for row in page.context["cannot"]}
    assert "could be renewed until" in said["HC-1"]
    assert said["HC-2"] == "Contract HC-2 is cancelled. Register a new one."
    assert "Renew for one term" in page.text


def test_a_level_that_is_not_sold_any_more_is_named(client, agent, two):
    two[0].level.valid_until = date(2026, 6, 1)
    two[0].level.save()
    sign_in(client, agent)
    page = client.post(RENEW, ticked(two, term_months=12, **numbers(two, "HC-11", "HC-12")))
    assert page.status_code == 409
    assert page.text.count("is not offered today. Choose another level.") == 2
    assert renewals() == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (("HC-11", ""), "Write the number of the contract."),
        (("HC-11", "HC-11"), "You have written HC-11 twice."),
        (("HC-11", "HC-1"), "You have registered a contract HC-1."),
        (("HC-11", "HC-1é"), "Write 1 to 40 letters, digits or signs."),
    ],
)
def test_a_number_that_can_not_be_is_refused_before_anything_is_written(
    client, agent, two, written, said
):
    sign_in(client, agent)
    page = client.post(RENEW, ticked(two, term_months=12, **numbers(two, *written)))
    assert page.status_code == 400
    assert said in page.text
    assert 'value="HC-11"' in page.text
    assert renewals() == []


@pytest.mark.parametrize("term", ["0", "601", "", "twelve"])
def test_a_term_that_can_not_be_shows_no_dates(client, agent, two, term):
    sign_in(client, agent)
    for page in (
        client.get(RENEW, ticked(two, term_months=term)),
        client.post(RENEW, ticked(two, term_months=term, **numbers(two, "HC-11", "HC-12"))),
    ):
        assert page.status_code == 400
        assert "There is a problem" in page.text
        assert "10 Jan 2027" not in page.text
    assert renewals() == []


def test_nothing_of_others_and_nothing_ticked(client, agent, two, partner):
    stranger = make.make_user(make.make_organization("D9"))
    for page in (RENEW, CHECK):
        sign_in(client, agent)
        assert "No contract is ticked" in client.get(page).text
        sign_in(client, stranger)
        assert client.get(page, ticked(two)).status_code == 400
    sent = ticked(two, term_months=12, **numbers(two, "HC-11", "HC-12"))
    assert client.post(RENEW, sent).status_code == 400
    for user in (make.make_user(partner, Role.VIEWER), make.make_staff()):
        sign_in(client, user)
        assert client.get(RENEW, ticked(two)).status_code == 403
        assert client.post(RENEW, sent).status_code == 403
    assert renewals() == []


def test_the_units_of_the_ticked_contracts_are_checked(client, agent, two, partner, monkeypatch):
    sign_in(client, make.make_user(partner, Role.VIEWER))
    page = client.get(CHECK, ticked(two))
    assert page.status_code == 200
    assert "3 units." in page.text
    assert len(page.context["serials"].split()) == 3
    answer = client.post("/checks/", {"serials": page.context["serials"]})
    assert answer.status_code == 302
    monkeypatch.setattr("support.views.contract_batches.serial_lists.MOST", 2)
    more = client.get(CHECK, ticked(two))
    assert "They have more than 2 units." in more.text
    assert 'action="/checks/"' not in more.text


def test_the_list_offers_what_the_reader_may(client, agent, two, partner):
    for user, may_renew in (
        (agent, True),
        (make.make_user(partner, Role.VIEWER), False),
        (make.make_staff(), False),
    ):
        sign_in(client, user)
        page = client.get("/contracts/")
        assert page.text.count('name="ticked"') == 2
        assert (RENEW in page.text) is may_renew
        assert CHECK in page.text
