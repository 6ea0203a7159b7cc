"""Referrals and claims as the programs of both sides hear of them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from doa.workflow import claims, referrals
from partners.enums import Role
from tests import builders as make
from tests.builders import CAP_ON, at_noon
from tests.entrance import sign_in
from webhooks import workflow
from webhooks.enums import DeliveryStatus, Event
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db

AT = at_noon(date(2026, 2, 2))


def listening(organization):
    """Add an endpoint for everything, and return its organization's manager."""
    manager = make.make_user(organization, Role.MANAGER)
    events = [event.value for event in Event if event is not Event.PING]
    workflow.add(organization, "https://example.com/hooks", events, user=manager, at=AT)
    return manager


def told(organization):
    mine = Delivery.unscoped.filter(endpoint__organization=organization).order_by("pk")
    return [(delivery.event, delivery.payload) for delivery in mine]


def test_a_referral_tells_its_distributor_and_then_who_referred_it():
    distributor = make.make_organization("D1")
    reseller = make.make_organization("R1", "var")
    unit = make.make_unit(distributor)
    make.pass_on(unit, reseller, shipped_on=date(2026, 1, 20))
    agent = listening(distributor)
    listening(reseller)
    referral = make.make_referral(unit, reseller, at=AT)
    referrals.decline(referral, reason="Not sold by us.", user=agent, at=AT)
    named = {"reference": referral.reference, "serial": unit.serial}
    assert told(distributor) == [
        ("referral.received", named | {"expires_at": referral.expires_at.isoformat()})
    ]
    assert told(reseller) == [("referral.declined", named | {"reason": "Not sold by us."})]


def test_a_claim_tells_who_made_it_what_was_decided_and_sent():
    distributor = make.make_organization("D1")
    listening(distributor)
    claim = make.make_claim(make.make_unit(distributor), distributor)
    staff = make.make_staff()
    at = at_noon(CAP_ON) + timedelta(days=1)
    claims.accept_claim(claim, reason="The box was torn.", user=staff, at=at)
    claims.settle_claim(claim, claims.Sent(settlement="A new unit."), user=staff, at=at)
    assert [event for event, _ in told(distributor)] == [
        "claim.reported",
        "claim.accepted",
        "claim.settled",
    ]
    accepted = told(distributor)[1][1]
    assert (accepted["reference"], accepted["decision"]) == (claim.reference, "The box was torn.")


def test_the_log_is_filtered_and_keeps_the_choice_from_page_to_page(client):
    organization = make.make_organization("D1")
    manager = listening(organization)
    endpoint = organization.endpoint_set.get()
    for number in range(27):
        workflow.ping(endpoint, user=manager, at=AT + timedelta(minutes=number))
    first = Delivery.unscoped.order_by("pk").first()
    Delivery.unscoped.filter(pk=first.pk).update(status=DeliveryStatus.FAILED)
    sign_in(client, manager)
    address = reverse("webhook", args=[endpoint.reference])
    failed = client.get(address, {"status": "failed"}).content.decode()
    assert failed.count('data-l="Queued"') == 1
    waiting = client.get(address, {"status": "queued", "event": "ping"}).content.decode()
    assert "?status=queued&amp;event=ping&amp;page=2" in waiting
    assert (
        "No delivery is like this"
        in client.get(address, {"event": "claim.settled"}).content.decode()
    )
