"""Correcting the day on which an installation report was signed (policy section 2)."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from partners import clock
from partners.enums import Permission
from partners.models import User
from warranty import policy
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, Unit
from warranty.workflow import telling
from warranty.workflow.recompute import Change, recompute
from warranty.workflow.refusals import Ineffective

CORRECTABLE = frozenset({ReportStatus.SUBMITTED, ReportStatus.ACCEPTED})


def correct_signature(
    report: InstallationReport, *, signed_on: date, reason: str, user: User, at: datetime
) -> list[Change]:
    """Correct the day of signature, and every start that it decided.

    Raises: PermissionDenied; ReasonMissing; Ineffective for the same day, for a report
    that counts no more, and for a day that no signature of these units can have.
    """
    reason = telling.required_reason(reason)
    if not user.can(Permission.CORRECT_DATES, report.organization):
        raise PermissionDenied(f"{Permission.CORRECT_DATES.deed} needs another role.")
    with transaction.atomic():
        reports = InstallationReport.unscoped.select_for_update(no_key=True, of=("self",))
        locked = reports.select_related("organization").get(pk=report.pk)
        _check(locked, signed_on, today=clock.business_day(at))
        before, locked.signed_on = locked.signed_on, signed_on
        locked.save(update_fields=["signed_on"])
        days = {"before": before.isoformat(), "after": signed_on.isoformat()}
        name = "report.signature_corrected"
        trail.record(name, locked, actor=user.actor(), at=at, **days, reason=reason)
        ids = locked.units.order_by("pk").values_list("pk", flat=True)
        why = f"signature of report {locked} corrected: {reason}"
        changes = recompute(ids, cause=why, actor=user.actor(), at=at)
        _tell(locked, before, changes, reason=reason, at=at)
    return changes


def _check(report: InstallationReport, signed_on: date, *, today: date) -> None:
    if report.status not in CORRECTABLE:
        raise Ineffective(f"{report} is {report.get_status_display().lower()} and does not count.")
    if signed_on == report.signed_on:
        raise Ineffective(f"{report} already has this day of signature. Enter the right one.")
    last = report.units.order_by("-huawei_shipment__shipped_on").values_list(
        "huawei_shipment__shipped_on", flat=True
    )
    try:
        for shipped_on in last[:1]:
            policy.check_report_signature(signed_on=signed_on, shipped_on=shipped_on, today=today)
    except (policy.SignedBeforeShipment, policy.SignedInFuture) as refusal:
        raise Ineffective(str(refusal)) from None


def _tell(
    report: InstallationReport, before: date, changes: list[Change], *, reason: str, at: datetime
) -> None:
    cause = f"signature:{report.pk}"
    told = telling.dates_corrected(changes, cause=cause, at=at, reason=reason)
    correction = telling.Correction(
        what=f"The day of signature of installation report {report}",
        before=policy.day_text(before),
        after=policy.day_text(report.signed_on),
        effect="Warranties that it decides are dated by the new day.",
        reason=reason,
    )
    units = report.units.select_related(*Unit.CHAIN).order_by("serial")
    telling.record_corrected(
        units, correction, cause=cause, at=at, told=told, also=[report.organization]
    )
