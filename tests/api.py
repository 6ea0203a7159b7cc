"""Asking the API as a program does."""

from collections.abc import Iterable
from datetime import timedelta

from audit.trail import SYSTEM
from partners import clock, workflow
from partners.enums import Scope
from partners.models import Organization, User
from tests.builders import make_user


def bearer(
    organization: Organization,
    *,
    scopes: Iterable[str] = (Scope.UNITS_READ,),
    user: User | None = None,
) -> dict[str, str]:
    """Issue a token for `organization` and return it as the headers of a request."""
    secret = workflow.create_token(
        user or make_user(organization),
        organization=organization,
        scopes=scopes,
        label="",
        lasts=timedelta(days=1),
        actor=SYSTEM,
        at=clock.now(),
    )
    return {"Authorization": f"Bearer {secret}"}
