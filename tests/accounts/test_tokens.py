"""API tokens as a manager makes and revokes them, and as the program that uses one finds them."""

import re
import time
from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import Event
from partners import clock
from partners.enums import Role
from partners.models import ApiToken
from partners.workflow import create_token
from partners.workflow.tokens import MOST_TOKENS
from tests.api import bearer
from tests.builders import make_organization, make_policy, make_unit, make_user
from tests.entrance import sign_in

pytestmark = pytest.mark.django_db

ASKED = {"label": "Stock system", "scopes": ["units:read"], "days": "90"}


@pytest.fixture
def manager(client):
    person = make_user(make_organization("D1"), Role.MANAGER)
    sign_in(client, person)
    prove_again(client, person)
    return person


def prove_again(client, person):
    session = client.session
    passed = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [passed]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def secret_on(page):
    return re.search(r'<code class="sn">(\w+)</code>', page.content.decode()).group(1)


def test_a_token_is_shown_once_works_for_its_scopes_alone_and_is_recorded(client, manager):
    make_policy()
    unit = make_unit(manager.joined_memberships()[0].organization)
    made = client.post("/organization/tokens/new/", ASKED)
    assert (made.status_code, made["Cache-Control"]) == (200, "no-store, private")
    headers = {"Authorization": f"Bearer {secret_on(made)}"}
    asked = [client.get(f"/api/v1/{what}", headers=headers) for what in (f"units/{unit}", "cases")]
    assert [answer.status_code for answer in asked] == [200, 403]

    listed = client.get("/organization/tokens/")
    for words in ("Stock system", "units:read", str(manager)):
        assert words in listed.content.decode()
    assert secret_on(made) not in listed.content.decode()
    event = Event.objects.get(name="partners.token.created")
    assert (event.actor_id, event.detail["label"]) == (manager.pk, "Stock system")
    assert secret_on(made) not in str(event.detail)


def test_a_revoked_token_is_refused_at_once_after_one_question(client, manager):
    headers = bearer(manager.joined_memberships()[0].organization, user=manager)
    address = reverse("token-revoke", args=[ApiToken.objects.get().token_key])
    client.get(address)
    assert client.get("/api/v1/units/NONE", headers=headers).status_code == 404
    assert client.post(address, follow=True).redirect_chain == [("/organization/tokens/", 302)]
    assert client.get("/api/v1/units/NONE", headers=headers).status_code == 401
    assert Event.objects.filter(name="partners.token.revoked").count() == 1


def test_whoever_has_not_just_proved_who_they_are_does_so_first(client):
    sign_in(client, make_user(make_organization("D1"), Role.MANAGER))
    for answer in (
        client.get("/organization/tokens/new/"),
        client.post("/organization/tokens/new/", ASKED),
    ):
        assert answer.url.startswith("/accounts/confirm/")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"label": ""}, {"scopes": []}, {"scopes": ["shipments:write"]}, {"days": "4000"}]
)
def test_what_is_missing_or_not_for_the_kind_makes_no_token(client, wrong):
    person = make_user(make_organization("V1", "vap"), Role.MANAGER)
    sign_in(client, person)
    prove_again(client, person)
    assert client.post("/organization/tokens/new/", {**ASKED, **wrong}).status_code == 400
    assert not ApiToken.objects.exists()


def test_there_are_so_many_tokens_and_no_more_but_expired_ones_do_not_count(client, manager):
    given = {"organization": manager.joined_memberships()[0].organization, "scopes": ["units:read"]}
    given |= {"label": "x", "actor": manager.actor(), "at": clock.now()}
    for number in range(MOST_TOKENS):
        create_token(manager, lasts=timedelta(days=1 + number), **given)
    full = client.post("/organization/tokens/new/", ASKED)
    assert full.status_code == 400
    assert "Revoke one" in full.content.decode()
    oldest = ApiToken.objects.earliest("expiry")
    ApiToken.objects.filter(pk=oldest.pk).update(expiry=clock.now())
    assert client.post("/organization/tokens/new/", ASKED).status_code == 200


def test_tokens_of_another_organization_are_neither_listed_nor_found(client, manager):
    bearer(make_organization("D9", name="Competitor"))
    foreign = ApiToken.objects.get()
    assert foreign.token_key not in client.get("/organization/tokens/").content.decode()
    address = reverse("token-revoke", args=[foreign.token_key])
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
    assert ApiToken.objects.filter(pk=foreign.pk).exists()
