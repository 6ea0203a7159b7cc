"""Queuing the mail of a warranty's changes, in the transaction of the change."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from notifications import outbox
from partners.models import Organization
from warranty import claims
from warranty.enums import DisputeSubject
from warranty.models import Dispute, InstallationReport, Unit, Warranty
from warranty.workflow.recompute import Change, cover_words

LISTED = 10
"""How many units a mail names; the page behind its link shows them all."""


class ReasonMissing(ValueError):
    """A change of the record came without the reason that it must keep."""


def required_reason(reason: str) -> str:
    """Return the reason trimmed to what the trail keeps.

    Raises: ReasonMissing if it is empty.
    """
    reason = reason.strip()[:300]
    if not reason:
        raise ReasonMissing("Write the reason. It is kept with the change and shown to holders.")
    return reason


def report_decided(
    template: str,
    report: InstallationReport,
    *,
    at: datetime,
    changes: list[Change] | None = None,
    reason: str = "",
) -> None:
    """Tell the organization that handed the report in what became of it (mail 13)."""
    context = {
        "number": report.number,
        "reference": report.reference,
        "signed_on": report.signed_on.isoformat(),
        "signed_by": report.signed_by,
        "reason": reason,
        "units": [_line(c) for c in (changes or [])[:LISTED]],
        "count": len(changes or []),
    }
    key = f"{template}:{report.pk}:{int(at.timestamp())}"
    outbox.tell(template, key=key, organization=report.organization, context=context, at=at)


def dates_corrected(
    changes: list[Change], *, cause: str, at: datetime, reason: str = ""
) -> set[Organization]:
    """Tell the holder of each unit whose stored start moved or was taken back (mail 22).

    Returns who was told.
    """
    grouped = _by_partner(c for c in changes if c.before)
    for organization, moved in grouped.items():
        outbox.tell(
            "warranty/corrected",
            key=f"warranty-corrected:{cause}:{organization.pk}:{int(at.timestamp())}",
            organization=organization,
            context={
                "reason": reason,
                "units": [_line(c) for c in moved[:LISTED]],
                "count": len(moved),
            },
            at=at,
        )
    return set(grouped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A corrected fact in words: what it is, its old and its new value, what follows."""

    what: str
    before: str
    after: str
    effect: str
    reason: str


def record_corrected(
    units: Iterable[Unit],
    correction: Correction,
    *,
    cause: str,
    at: datetime,
    told: Collection[Organization] = (),
    also: Collection[Organization] = (),
) -> None:
    """Tell the holders of units about a corrected fact, and `also` whose paper it is.

    Left out is who was told by `dates_corrected()` already.
    """
    holders: dict[Organization, list[str]] = defaultdict(list)
    serials = []
    for unit in units:
        serials.append(unit.serial)
        holders[unit.partner].append(unit.serial)
    for organization in also:
        holders[organization] = serials
    for organization, held in holders.items():
        if organization in told or organization.is_huawei:
            continue
        outbox.tell(
            "warranty/record_corrected",
            key=f"record-corrected:{cause}:{organization.pk}:{int(at.timestamp())}",
            organization=organization,
            context={**asdict(correction), "serials": held[:LISTED], "count": len(held)},
            at=at,
        )


def void_changed(template: str, unit: Unit, *, reason: str, at: datetime) -> None:
    """Tell the holder that a warranty is void, or is not any more, with its dates."""
    warranty = Warranty.unscoped.filter(pk=unit.pk).first()
    context = {"serial": unit.serial, "reason": reason, "cover": cover_words(warranty)}
    key = f"{template}:{unit.pk}:{int(at.timestamp())}"
    outbox.tell(template, key=key, organization=unit.partner, context=context, at=at)


def dispute_decided(dispute: Dispute, status: str, *, at: datetime) -> None:
    """Tell the organization that opened a dispute what became of it."""
    subject = DisputeSubject(dispute.subject)
    context = {
        "reference": dispute.reference,
        "serial": dispute.unit.serial,
        "subject": subject.label,
        "status": status,
        "on_file": claims.in_words(subject, dispute.on_file),
        "claimed": claims.in_words(subject, dispute.claimed),
        "answer": dispute.answer,
    }
    key = f"dispute-decided:{dispute.pk}"
    organization = dispute.organization
    outbox.tell(
        "warranty/dispute_decided", key=key, organization=organization, context=context, at=at
    )


def _by_partner(changes: Any) -> dict[Organization, list[Change]]:
    grouped: dict[Organization, list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.unit.partner].append(change)
    return grouped


def _line(change: Change) -> dict[str, Any]:
    return {"serial": change.unit.serial, **change.detail("")}
