"""Guesses are counted in the database before they are evaluated: a limit holds in a race."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import devices, policy
from partners import workflow
from partners.addresses import client_address
from partners.models import User

BY_MAIL = " A link by mail works at once: choose Forgotten your password."


def count_sign_in(request: HttpRequest, email: str, *, at: datetime) -> str:
    """Count one guess of a password; return by which name it may be taken back.

    A device on which this account has signed in before counts for itself, so that
    nobody keeps the owner out by guessing. Raises: ValidationError.
    """
    address = f"sign-in-from:{client_address(request)}"
    _require(address, policy.GUESSES_OF_ADDRESS, at, BY_MAIL)
    device = devices.known_device(request, email)
    caller = f"sign-in-on:{device}" if device else f"sign-in-as:{devices.digest(email)}"
    _require(caller, policy.GUESSES, at, BY_MAIL)
    return caller


def count_code(user: User, *, at: datetime) -> str:
    """Count one guess of a second factor. Raises: ValidationError."""
    caller = f"second-factor:{user.pk}"
    _require(caller, policy.GUESSES, at)
    return caller


def take_back(caller: str, *, at: datetime) -> None:
    """Only wrong guesses count."""
    workflow.uncount_request(caller, at=at, window=policy.GUESS_WINDOW)


def may_ask_for_reset(request: HttpRequest, *, at: datetime) -> bool:
    """Count one request for a mail with a link, from one address."""
    return workflow.count_request(
        f"reset-from:{client_address(request)}",
        limit=policy.RESETS_OF_ADDRESS,
        at=at,
        window=policy.RESET_WINDOW,
    )


def may_get_reset(user: User, *, at: datetime) -> bool:
    """Count one mail with a link to one person: nobody fills a mailbox."""
    return workflow.count_request(
        f"reset-of:{user.pk}", limit=policy.RESETS, at=at, window=policy.RESET_WINDOW
    )


def _require(caller: str, limit: int, at: datetime, advice: str = "") -> None:
    if not workflow.count_request(caller, limit=limit, at=at, window=policy.GUESS_WINDOW):
        until = workflow.window_ends(at, policy.GUESS_WINDOW)
        raise ValidationError(_too_many(until - at, until) + advice, code="too_many")


def _too_many(wait: timedelta, until: datetime) -> str:
    minutes = -(-wait // timedelta(minutes=1))
    unit = "minute" if minutes == 1 else "minutes"
    return f"Too many attempts. Wait {minutes} {unit}, until {until:%H:%M} UTC, and try again."
