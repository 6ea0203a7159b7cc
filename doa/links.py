"""Signed links of strangers' referrals: one confirms, the other follows; kept nowhere."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from doa.models import Referral

CONFIRM, FOLLOW = "doa.referral.confirm", "doa.referral.follow"
FOLLOWED_FOR = timedelta(days=365)
"""For how long a link shows how a referral stands."""


def confirm_path(referral: Referral) -> str:
    return reverse("referral-confirm", args=[signing.dumps(referral.pk, salt=CONFIRM)])


def follow_path(referral: Referral) -> str:
    return reverse("referral-follow", args=[signing.dumps(referral.pk, salt=FOLLOW)])


def follow_link(referral: Referral) -> str:
    """Return where a referrer sees how it stands: signed in, or by the link."""
    if referral.organization_id is not None:
        return settings.BASE_URL + reverse("referral", args=[referral.reference])
    return settings.BASE_URL + follow_path(referral)


def referral_of(token: str, purpose: str) -> Referral | None:
    """Return the referral that a link of this purpose is for; its state says the rest."""
    try:
        pk = signing.loads(token, salt=purpose, max_age=FOLLOWED_FOR)
    except signing.BadSignature:
        return None
    found = Referral.unscoped.filter(pk=pk, organization=None).select_related("case", "unit")
    return found.first()
