"""Signed links that stop one kind of mail for one address, without signing in."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications.kinds import Kind, UnknownKind, named

SALT = "notifications.unsubscribe"
MUTE = "notifications.mute"


class Subscription(NamedTuple):
    address: str
    kind: Kind


def unsubscribe_url(address: str, kind: Kind) -> str:
    """Return the address that stops `kind` for `address`. It does not expire."""
    token = signing.Signer(salt=SALT).sign_object([address.lower(), kind.name])
    return settings.BASE_URL + reverse("unsubscribe", args=[token])


def preferences_url() -> str:
    return settings.BASE_URL + reverse("preferences")


def mute_url(address: str, record: str) -> str:
    """Return the address that mutes the news of one record for `address`. It stays."""
    token = signing.Signer(salt=MUTE).sign_object([address.lower(), record])
    return settings.BASE_URL + reverse("mute", args=[token])


def read_mute(token: str) -> tuple[str, str] | None:
    """Return the address and the record of a token, or None where we have not signed it."""
    try:
        address, record = signing.Signer(salt=MUTE).unsign_object(token)
        return address, record
    except signing.BadSignature:
        return None


def read(token: str) -> Subscription | None:
    """Return what a token stands for, or None where we have not signed it."""
    try:
        address, kind = signing.Signer(salt=SALT).unsign_object(token)
        return Subscription(address, named(kind))
    except (signing.BadSignature, UnknownKind):
        return None
