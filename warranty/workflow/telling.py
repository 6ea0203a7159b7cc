"""Queuing the mail of a warranty's changes, in the transaction of the change."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from notifications import outbox
from partners.models import Organization
from warranty.models import InstallationReport
from warranty.workflow.recompute import Change

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
        "signed_on": report.signed_on.isoformat(),
        "signed_by": report.signed_by,
        "reason": reason,
        "units": [_line(c) for c in (changes or [])[:LISTED]],
        "count": len(changes or []),
    }
    key = f"{template}:{report.pk}:{int(at.timestamp())}"
    outbox.tell(template, key=key, organization=report.organization, context=context, at=at)


def dates_corrected(changes: list[Change], *, cause: str, at: datetime, reason: str = "") -> None:
    """Tell the holder of each unit whose stored start moved or was taken back (mail 22)."""
    for organization, moved in _by_partner(c for c in changes if c.before).items():
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


def _by_partner(changes: Any) -> dict[Organization, list[Change]]:
    grouped: dict[Organization, list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.unit.partner].append(change)
    return grouped


def _line(change: Change) -> dict[str, Any]:
    return {"serial": change.unit.serial, **change.detail("")}
