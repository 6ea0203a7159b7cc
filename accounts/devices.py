"""Devices on which somebody has signed in before: guessing elsewhere does not lock them out."""

import secrets
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from partners.models import User

COOKIE = "__Host-device" if settings.SECURE else "device"
LASTS = 60 * 60 * 24 * 180
_SALT = "accounts.devices"


def digest(email: str) -> str:
    """Return what stands for an address where it need not be readable."""
    return sha256(email.strip().lower().encode()).hexdigest()


def known_device(request: HttpRequest, email: str) -> str:
    """Return the id of this device if the account has signed in on it, else ""."""
    try:
        cookie = request.COOKIES.get(COOKIE, "")
        device = signing.loads(cookie, salt=_SALT, max_age=LASTS)
        return str(device["id"]) if device["account"] == digest(email) else ""
    except (signing.BadSignature, KeyError, TypeError):
        return ""


def remember_device(response: HttpResponseBase, user: User) -> None:
    """Let the device know that this account has proved itself on it."""
    about = {"id": secrets.token_hex(16), "account": digest(user.email)}
    device = signing.dumps(about, salt=_SALT)
    response.set_cookie(
        COOKIE,
        device,
        max_age=LASTS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
