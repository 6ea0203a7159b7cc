"""Handing a case in: all that is missing is named at once."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import IntegrityError, transaction

from catalog.policy import day_text
from doa.enums import FailureKind, FileKind, Intake
from doa.models import Case, CaseFile, CaseLine
from doa.policy import local_day
from doa.verdicts import contracts_of
from doa.workflow import telling
from doa.workflow.case_edges import SUBMIT
from doa.workflow.drafts import find_unit, require_free, require_right_to_apply
from doa.workflow.refusals import Missing, NotReady
from partners import clock
from partners.models import User
from support.models import ServiceLevel

ASKED = (
    ("contact_name", "Write who the TAC may speak to."),
    ("contact_email", "Write an e-mail address for news about the case."),
    ("contact_phone", "Write a telephone number of the contact."),
    ("site", "Write where the equipment stands."),
    ("ship_to", "Write the address to which a replacement goes."),
    ("ship_to_country", "Choose the country to which a replacement goes."),
)
"""What a case says before it is handed in, and what is said where it does not."""
ASKED_OF_LINES = (
    ("symptom", "Choose what you see."),
    ("description", "Describe the failure."),
    ("failure_kind", "Say when it failed."),
)
CARGO = "It failed before any power-on, so it is a cargo claim. Report it within 3 days."


def submit(case: Case, *, user: User, at: datetime) -> None:
    """Hand a case in: it waits for the applicant's call to the TAC from now on.

    Raises: NotApplicant; PermissionDenied; IllegalTransition; NotReady, which names all
    that is missing; AlreadyOpen where a unit has another open case.
    """
    require_right_to_apply(user, case.organization)
    units = list(case.lines.values_list("unit__serial", flat=True))
    with SUBMIT.on(case, user=user, at=at, units=units) as locked:
        lines = lines_of(locked)
        claims = [line for line in lines if line.failure_kind == FailureKind.NEVER_ON]
        missing = list(missing_in(locked, lines, at=at))
        if missing:
            raise NotReady(missing, claims)
        for line in lines:
            find_unit(locked.organization, line.unit)
            hold(line)
        locked.submitted_at = at
        locked.title = locked.title or title_of(lines)
        locked.level = level_of(lines, on=clock.business_day(at))
        telling.acknowledged(locked, at=at)


def lines_of(case: Case) -> list[CaseLine]:
    """Return the lines of a case, joined with their units, each knowing this very case."""
    lines = list(CaseLine.unscoped.filter(case=case).for_page())
    for line in lines:
        line.case = case
    return lines


def hold(line: CaseLine) -> None:
    """Keep the unit from a second case. Raises: AlreadyOpen."""
    require_free(line.unit, reader=line.case.organization, case=line.case)
    line.is_open = True
    try:
        with transaction.atomic():
            line.save(update_fields=["is_open"])
    except IntegrityError:
        require_free(line.unit, reader=line.case.organization, case=line.case)
        raise


def title_of(lines: list[CaseLine]) -> str:
    """Return what a case is called where nobody named it: model and symptom."""
    first = lines[0]
    symptom = first.get_symptom_display()
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"{first.unit.product.model}{more}: {symptom[:1].lower()}{symptom[1:]}"[:120]


def level_of(lines: list[CaseLine], *, on: date) -> ServiceLevel | None:
    """Return the service level of the first contract that covers a unit of the case."""
    for line in lines:
        for covered in contracts_of(line.unit, on=on):
            return covered.contract.level
    return None


def missing_in(case: Case, lines: list[CaseLine], *, at: datetime) -> Iterator[Missing]:
    """Yield everything that a case lacks before it may be handed in.

    Reading: who calls can show nothing; the TAC asks for photos afterwards.
    """
    for field, message in ASKED:
        if not getattr(case, field):
            yield Missing(None, field, message)
    if not lines:
        yield Missing(None, "units", "Name at least one unit.")
    shown = set(
        CaseFile.unscoped.filter(case=case, kind=FileKind.LABEL_PHOTO).values_list(
            "line", flat=True
        )
    )
    can_show = case.intake != Intake.PHONE
    for line in lines:
        yield from missing_in_line(line, at=at)
        if can_show and line.pk not in shown and line.failure_kind != FailureKind.NEVER_ON:
            yield Missing(line, FileKind.LABEL_PHOTO, "Add a photo of the serial number label.")


def missing_in_line(line: CaseLine, *, at: datetime) -> Iterator[Missing]:
    """Yield what one unit's answers lack, or say that cannot be."""
    for field, message in ASKED_OF_LINES:
        if not getattr(line, field):
            yield Missing(line, field, message)
    if line.failure_kind == FailureKind.NEVER_ON:
        yield Missing(line, "failure_kind", CARGO)
        return
    if line.is_new is None:
        yield Missing(line, "is_new", "Say whether the unit is new.")
    if line.delivery_project is None:
        yield Missing(
            line, "delivery_project", "Say whether it belongs to a Huawei delivery project."
        )
    yield from _missing_moments(line, today=clock.business_day(at), at=at)


def _missing_moments(line: CaseLine, *, today: date, at: datetime) -> Iterator[Missing]:
    if line.failure_kind == FailureKind.LATER and line.powered_on is None:
        yield Missing(line, "powered_on", "Write when it was first powered on.")
    if line.failed is None:
        yield Missing(line, "failed", "Write when it failed.")
    if (line.powered_on_at or line.failed_at) and not line.time_zone:
        yield Missing(line, "time_zone", "Choose the time zone of the times.")
    shipped_on = line.unit.huawei_shipment.shipped_on
    for field, moment in (("powered_on", line.powered_on), ("failed", line.failed)):
        if moment is None:
            continue
        if (isinstance(moment, datetime) and moment > at) or local_day(moment) > today:
            yield Missing(line, field, "Write a time that is not in the future.")
        elif local_day(moment) < shipped_on:
            yield Missing(
                line,
                field,
                f"Write a day on or after Huawei's shipment on {day_text(shipped_on)}.",
            )
    if _is_backwards(line):
        yield Missing(line, "failed", "Write a failure after the first power-on.")
    if line.pac_issued_on is not None and line.pac_issued_on > today:
        yield Missing(line, "pac_issued_on", "Leave the PAC empty until it is issued.")


def _is_backwards(line: CaseLine) -> bool:
    powered, failed = line.powered_on, line.failed
    if powered is None or failed is None:
        return False
    if isinstance(powered, datetime) and isinstance(failed, datetime):
        return failed < powered
    return local_day(failed) < local_day(powered)
