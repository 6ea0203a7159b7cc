"""Guesses and codes at the same moment: the database counts, so no race gets one more in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import second_factor, workflow
from accounts.policy import GUESSES
from partners import clock
from partners.enums import Role
from partners.models import Membership, User
from tests.builders import make_organization, make_user
from tests.entrance import SECRET, give_app

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

AT_ONCE = 8


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """Let many threads act with a connection each; return what each got."""

    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE * 2)))


def test_no_more_guesses_are_evaluated_than_the_limit_lets_in():
    make_user(make_organization(), email="ada@example.test")

    def guess(number: int) -> int:
        values = {"username": "ada@example.test", "password": f"wrong-guess-{number}"}
        answer = Client().post(reverse("sign-in"), values, REMOTE_ADDR=f"192.0.2.{number}")
        return int(answer.status_code)

    statuses = at_once(guess)
    # a window may turn while they run; the next one lets in as many again
    assert statuses.count(400) in (GUESSES, 2 * GUESSES)
    assert set(statuses) <= {400, 429}


def test_one_code_opens_once():
    user = make_user(make_organization())
    give_app(user)
    at = clock.now()
    counter = int(at.timestamp()) // 30
    code = second_factor.format_hotp_value(second_factor.hotp_value(SECRET, counter))
    used = at_once(lambda number: workflow.use_totp(user, code, at=at) is not None)
    assert used.count(True) == 1


def test_an_invitation_is_accepted_once():
    organization = make_organization()
    manager = make_user(organization, Role.MANAGER)
    at = clock.now()
    invitation = workflow.invite(
        organization, email="nina@example.test", role=Role.AGENT, user=manager, at=at
    )

    def accept(number: int) -> bool:
        try:
            workflow.accept(
                invitation, name=f"N {number}", password=f"orbit-lantern-{number}", at=at
            )
        except workflow.InvitationClosed:
            return False
        return True

    assert at_once(accept).count(True) == 1
    assert User.objects.filter(email="nina@example.test").count() == 1
    assert Membership.objects.filter(organization=organization).count() == 2
