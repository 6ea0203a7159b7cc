"""The keys of programs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from audit import trail
from audit.trail import Actor
from partners.models import ApiToken, Organization, User

USE_NOTED_EVERY = timedelta(minutes=5)
"""How often at most the last use of a token is written down."""


MOST_TOKENS = 25
"""Tokens of one organization that work at a time."""


class TooManyTokens(Exception):
    """The organization has as many tokens as it may have."""


class NotAMember(Exception):
    """The person does not belong to the organization."""


@transaction.atomic
def create_token(
    user: User,
    *,
    organization: Organization,
    scopes: Iterable[str],
    label: str,
    lasts: timedelta,
    actor: Actor,
    at: datetime,
) -> str:
    """Issue a token for `organization` and return it; only its hash is kept.

    Raises: NotAMember; TooManyTokens.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if not user.membership_set.filter(organization=organization).exists():
        raise NotAMember(f"{user} does not belong to {organization}.")
    if ApiToken.objects.filter(organization=organization, expiry__gt=at).count() >= MOST_TOKENS:
        raise TooManyTokens(f"There are {MOST_TOKENS} tokens. Revoke one that nobody uses.")
    digest, secret = get_digest_token()
    token = ApiToken(
        digest=digest,
        token_key=secret[: CONSTANTS.TOKEN_KEY_LENGTH],
        user=user,
        organization=organization,
        scopes=" ".join(sorted(set(scopes))),
        label=label,
        expiry=at + lasts,
    )
    token.save(force_insert=True)
    _record_token("partners.token.created", token, actor=actor, at=at)
    return secret


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """End a token: the very next request with it is refused."""
    _record_token("partners.token.revoked", token, actor=actor, at=at)
    token.delete()


def _record_token(name: str, token: ApiToken, *, actor: Actor, at: datetime) -> None:
    detail: dict[str, Any] = {
        "token": token.token_key,
        "label": token.label,
        "scopes": token.scopes,
        "organization": token.organization.code,
        "expires_at": token.expiry.isoformat() if token.expiry else None,
    }
    trail.record(name, token.user, actor=actor, at=at, **detail)


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Write down that a token was used, once in five minutes at most."""
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
