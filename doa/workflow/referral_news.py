"""What becomes of a referral while its case goes on, and what its referrer hears of it."""

from datetime import datetime, timedelta
from typing import Any

from audit import trail
from doa.enums import ReferralStatus
from doa.models import Case, Referral
from notifications import outbox
from webhooks.enums import Event
from webhooks.queueing import queue

REFERRAL_LASTS = timedelta(days=14)
"""For how long a referral waits for its distributor."""


def tell_referrer(referral: Referral, what: str, *, at: datetime, **words: Any) -> None:
    """Queue the progress of a referral to the person who made it (mail 20), and to its programs."""
    key = f"referral:{referral.pk}:{what}:{int(at.timestamp())}"
    outbox.enqueue(
        "doa/referral_progress",
        key=key,
        to=referral.contact_email,
        organization=referral.organization,
        context={"referral": referral.pk, "what": what, **words},
        at=at,
    )
    if referral.organization is not None:
        said = {"reference": referral.reference, "serial": referral.serial, **words}
        if what == "declined":
            said["reason"] = referral.reason
        queue(referral.organization, Event(f"referral.{what}"), said, key=key, at=at)


def case_ended(case: Case, *, at: datetime) -> None:
    """Tell the referrer of a case the outcome and nothing else, in the caller's transaction."""
    referral = Referral.unscoped.filter(case=case).select_related("unit").first()
    if referral is None:
        return
    tell_referrer(referral, "ended", at=at, outcome=outcome_of(case, referral))


def outcome_of(case: Case, referral: Referral) -> str:
    """Say in a sentence what became of the referred unit, of a case at its end."""
    if case.cancelled_at is not None:
        return "The application was cancelled. Ask your distributor why."
    line = case.lines.filter(unit=referral.unit).first()
    if line is not None and line.is_granted:
        return "The unit is replaced."
    if line is not None and line.is_refused:
        return (
            "The unit is not replaced. Ask your distributor for the reason, and for a quote for "
            "repair."
        )
    return "The case is closed. Ask your distributor what was decided."


def draft_gone(case: Case, *, at: datetime) -> None:
    """Put the referral of a draft that is thrown away back where it waited.

    Its days begin anew. Where its referrer has referred the unit again meanwhile, it ends.
    """
    referral = Referral.unscoped.select_for_update().filter(case=case).first()
    if referral is None:
        return
    again = Referral.unscoped.open().filter(
        unit=referral.unit,
        organization=referral.organization,
        contact_email=referral.contact_email,
    )
    referral.case, referral.settled_at, referral.settled_by = None, None, ""
    referral.status, referral.expires_at = ReferralStatus.OPEN, at + REFERRAL_LASTS
    if again.exists():
        referral.status, referral.settled_at = ReferralStatus.EXPIRED, at
    referral.save()
    detail = {"before": ReferralStatus.ADOPTED, "after": str(referral.status)}
    trail.record("referral.draft_gone", referral, actor=trail.SYSTEM, at=at, **detail)
