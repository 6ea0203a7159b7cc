"""Signing in as people do, without typing: with the second factor where one is due."""

import re
import time
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.second_factor import SecondFactorAdapter
from notifications.tasks import deliver_due_messages
from partners.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of the authenticator app of whoever has one in the tests."""


def sign_in(client: Client, user: User, *, second_factor: bool | None = None) -> None:
    """Open a session; where the person needs a second factor, it was passed in it."""
    client.force_login(user)
    is_passed = user.needs_second_factor if second_factor is None else second_factor
    if is_passed:
        session = client.session
        passed = {"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True}
        session["account_authentication_methods"] = [passed]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()


def give_app(user: User) -> Authenticator:
    """Give a person an authenticator app with a known secret."""
    encrypted = SecondFactorAdapter().encrypt(SECRET)
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypted}
    )


def link_in_mail(*, to: str) -> str:
    """Deliver what waits, and return the path of the link in the last mail to an address."""
    deliver_due_messages()
    mine = [message for message in mail.outbox if message.to == [to]]
    address = re.search(r"https?://\S+/(?:invitation|password/new)/\S+", mine[-1].body)
    assert address, mine[-1].body
    return urlsplit(address.group()).path
