"""What the mails about referrals and claims say, looked up when they are sent."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import dateformat

import doa.case_mails  # noqa: F401 (its builders are found with these)
from doa.enums import ReferralStatus
from doa.links import confirm_path, follow_link
from doa.models import Claim, ClaimMessage, Referral
from doa.workflow.public_referrals import CONFIRM_WITHIN
from notifications.content import Content, NothingToSay, of
from notifications.models import Message
from partners.models import Organization


def _referral(message: Message) -> Referral:
    """Raises: NothingToSay where it was forgotten unconfirmed."""
    found = Referral.unscoped.filter(pk=message.context["referral"]).select_related(
        "unit__part_number__product", "organization", "distributor", "case"
    )
    referral = found.first()
    if referral is None:
        raise NothingToSay("The referral was not confirmed in time, and nothing of it is kept.")
    return referral


def deadline(at: datetime, organization: Organization | None) -> str:
    """Return an instant as its reader's clock shows it, with the zone."""
    zone = organization.time_zone if organization else settings.BUSINESS_TIME_ZONE
    return dateformat.format(at.astimezone(ZoneInfo(zone)), "l, j M Y, H:i T")


@of("doa/referral_confirm")
def referral_confirm(message: Message) -> Content:
    referral = _referral(message)
    if referral.status != ReferralStatus.UNCONFIRMED:
        raise NothingToSay("The referral was confirmed before this mail went.")
    return Content(
        {
            "referral": referral,
            "until": deadline(referral.created_at + CONFIRM_WITHIN, None),
            "link": settings.BASE_URL + confirm_path(referral),
        }
    )


@of("doa/referral_received")
def referral_received(message: Message) -> Content:
    referral = _referral(message)
    if not referral.is_open:
        raise NothingToSay("The referral was answered before this mail went.")
    return Content(
        {
            "referral": referral,
            "until": deadline(referral.expires_at, referral.distributor),
            "path": reverse("referral", args=[referral.reference]),
        }
    )


@of("doa/referral_progress")
def referral_progress(message: Message) -> Content:
    """Say what happened to a referral; a stranger is never told who the distributor is."""
    referral = _referral(message)
    is_named = referral.organization is not None and referral.distributor is not None
    return Content(
        {
            "referral": referral,
            "what": message.context["what"],
            "outcome": message.context.get("outcome", ""),
            "distributor": str(referral.distributor) if is_named else "",
            "link": follow_link(referral),
        }
    )


@of("doa/claim_progress")
def claim_progress(message: Message) -> Content:
    claim = Claim.unscoped.select_related("organization", "unit").get(pk=message.context["claim"])
    written = ClaimMessage.objects.filter(pk=message.context.get("message")).first()
    return Content(
        {
            "claim": claim,
            "what": message.context["what"],
            "text": written.text if written else "",
            "path": reverse("claim", args=[claim.reference]),
        }
    )
