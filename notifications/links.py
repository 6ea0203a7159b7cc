"""Signed links that stop one kind of mail for one address, without signing in."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications.kinds import Kind, UnknownKind, named

SALT = "notifications.unsubscribe"


class Subscription(NamedTuple):
    address: str
    kind: Kind


def unsubscribe_url(address: str, kind: Kind) -> str:
    """Return the address that stops `kind` for `address`. It does not expire."""
    token = signing.Signer(salt=SALT).sign_object([address.lower(), kind.name])
    return settings.BASE_URL + reverse("unsubscribe", args=[token])


def preferences_url() -> str:
    return settings.BASE_URL + reverse("preferences")


def read(token: str) -> Subscription | None:
    """Return what a token stands for, or None where we have not signed it."""
    try:
        address, kind = signing.Signer(salt=SALT).unsign_object(token)
        return Subscription(address, named(kind))
    except (signing.BadSignature, UnknownKind):
        return None
