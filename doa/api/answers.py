"""A case as the API gives it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from doa.enums import CaseStatus
from doa.models import Case, CaseFile, CaseLine, InfoRequest
from doa.verdicts import verdict_on, version_of
from doa.workflow.refusals import Missing
from doa.workflow.submitting import lines_of, missing_in
from partners import clock
from warranty.models import PolicyVersion


def facts(case: Case) -> dict[str, Any]:
    """Return what a list says of a case, beside its units."""
    return {
        "reference": case.reference,
        "status": case.status,
        "title": case.title,
        "sr_number": case.sr_number or None,
        "created_at": case.created_at.isoformat(),
        "submitted_at": _iso(case.submitted_at),
        "closed_at": _iso(case.closed_at),
        "closing_code": case.closing_code or None,
    }


def case_dict(case: Case, *, at: datetime) -> dict[str, Any]:
    """Return a case with its units, what is missing and what is asked."""
    lines = lines_of(case)
    files = CaseFile.unscoped.filter(case=case, is_internal=False).for_page()
    return {
        **facts(case),
        "call": _version(lines, at).tac_number,
        "site": case.site,
        "ship_to": case.ship_to,
        "ship_to_country": case.ship_to_country,
        "contact_name": case.contact_name,
        "contact_email": case.contact_email,
        "contact_phone": case.contact_phone,
        "units": [_line(line, at) for line in lines],
        "files": [
            {
                "name": file.document.name,
                "kind": file.kind,
                "serial_number": file.line.unit.serial if file.line else None,
            }
            for file in files
        ],
        "missing": list(missing(case, lines, at=at)),
        "asked": _asked(case),
    }


def _version(lines: Sequence[CaseLine], at: datetime) -> PolicyVersion:
    if lines:
        return version_of(lines[0].unit)
    return PolicyVersion.objects.in_force(clock.business_day(at))


def _line(line: CaseLine, at: datetime) -> dict[str, Any]:
    verdict = verdict_on(line, at=at)
    decision = {
        "remedy": line.remedy,
        "rule": line.rule or None,
        "text": line.decision_text,
        "decided_at": _iso(line.decided_at),
    }
    return {
        "serial_number": line.unit.serial,
        "part_number": line.unit.part_number.number,
        "symptom": line.symptom or None,
        "description": line.description,
        "failure_kind": line.failure_kind or None,
        "powered_on": _iso(line.powered_on),
        "failed": _iso(line.failed),
        "time_zone": line.time_zone or None,
        "is_new": line.is_new,
        "delivery_project": line.delivery_project,
        "pac_issued_on": _iso(line.pac_issued_on),
        "verdict": {
            "remedy": verdict.remedy,
            "rule": verdict.rule,
            "flags": [flag.as_dict() for flag in verdict.flags],
            "reasons": verdict.reasons_json(),
        },
        "decision": decision if line.remedy else None,
        "replacement": {
            "status": line.replacement_track,
            "serial_number": line.replacement.serial if line.replacement else None,
            "carrier": line.carrier or None,
            "tracking": line.tracking or None,
            "expected_on": _iso(line.expected_on),
            "delivered_on": _iso(line.delivered_on),
        },
        "return": {
            "status": line.return_track,
            "due_on": _iso(line.return_due_on),
            "carrier": line.return_carrier or None,
            "tracking": line.return_tracking or None,
        },
    }


def missing(case: Case, lines: list[CaseLine], *, at: datetime) -> Iterator[dict[str, str]]:
    """Yield what a draft lacks, each at the place where it belongs."""
    if case.status == CaseStatus.DRAFT:
        for entry in missing_in(case, lines, at=at):
            yield {"pointer": pointer_of(entry, lines), "detail": entry.message}


def pointer_of(entry: Missing, lines: Sequence[CaseLine]) -> str:
    """Return where in a body what is missing belongs; a photo goes to the files of the case."""
    if entry.line is None:
        return f"/{entry.field}"
    place = next(n for n, line in enumerate(lines) if line.pk == entry.line.pk)
    return f"/units/{place}/{entry.field}"


def _asked(case: Case) -> dict[str, Any] | None:
    request = InfoRequest.objects.filter(case=case, answered_at=None).first()
    if request is None:
        return None
    return {
        "text": request.text,
        "reply_by": request.reply_by.isoformat(),
        "items": [
            {
                "item": item.pk,
                "label": item.label,
                "kind": item.kind or None,
                "is_answered": item.answered_at is not None,
            }
            for item in request.items.order_by("pk")
        ],
    }


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None
