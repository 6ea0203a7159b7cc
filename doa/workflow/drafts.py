"""Drafts: begun, filled in step by step with every step saved, and thrown away."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from catalog.policy import normalise_serial
from doa.enums import FileKind, Intake
from doa.models import Case, CaseFile, CaseLine
from doa.workflow import doers
from doa.workflow.case_edges import CHANGE, DISCARD
from doa.workflow.doers import Doer
from doa.workflow.references import next_reference
from doa.workflow.referral_news import draft_gone
from doa.workflow.refusals import AlreadyOpen, CaseRefused, NotApplicant, UnknownUnit
from documents import workflow as documents
from documents.models import Document
from partners.enums import Permission
from partners.models import Organization, User
from warranty.models import Unit, UnitReplacement

MAX_UNITS = 50
"""How many units one case takes."""
DETAILS = frozenset(
    {
        "title",
        "contact_name",
        "contact_email",
        "contact_phone",
        "site",
        "ship_to",
        "ship_to_country",
    }
)
"""What a draft says of the whole case."""
ANSWERS = frozenset(
    {
        "symptom",
        "description",
        "failure_kind",
        "powered_on_at",
        "powered_on_on",
        "failed_at",
        "failed_on",
        "time_zone",
        "is_new",
        "delivery_project",
        "pac_issued_on",
    }
)
"""What a draft says of one unit. Of a moment either the instant or the day is known."""


def require_right_to_apply(user: User, organization: Organization) -> None:
    """Accept who applies in the name of `organization` (policy section 4, D4 and D5).

    Raises: NotApplicant for a kind that is referred; PermissionDenied for the role.
    """
    if not doers.may_apply(organization):
        raise NotApplicant(organization)
    if not user.can(Permission.APPLY_FOR_DOA, organization):
        raise PermissionDenied("Your role does not include this step.")


def start_draft(
    *,
    organization: Organization,
    serials: Collection[str | Unit] = (),
    user: User,
    at: datetime,
    intake: Intake = Intake.PORTAL,
    details: Mapping[str, Any] | None = None,
) -> Case:
    """Begin an application of `organization` for units that it sees.

    A serial number that several part numbers share is given as its unit.

    Staff begin one on behalf of a partner who calls, with `intake` PHONE; its applicant
    is then nobody, and mail goes to the contact. Raises: NotApplicant; PermissionDenied;
    UnknownUnit; AlreadyOpen; CaseRefused.
    """
    require_right_to_apply(user, organization)
    is_own = any(m.organization_id == organization.pk for m in user.joined_memberships())
    own = {"contact_name": user.name, "contact_email": user.email} if is_own else {}
    with transaction.atomic():
        case = Case.unscoped.create(
            reference=next_reference("DOA", at=at),
            organization=organization,
            intake=intake,
            applicant=user if is_own else None,
            created_at=at,
            created_by=str(user),
            changed_at=at,
            **own | _known(details or {}, DETAILS),
        )
        for serial in serials:
            _add_line(case, serial)
        said = {"units": [str(s) for s in serials], "intake": str(intake)}
        trail.record("case.started", case, actor=user.actor(), at=at, **said)
    return case


def _known(values: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    if unknown := set(values) - names:
        raise KeyError(f"A draft does not keep {', '.join(sorted(unknown))}.")
    return dict(values)


def _add_line(case: Case, serial: str | Unit) -> CaseLine:
    unit = find_unit(case.organization, serial)
    require_free(unit, reader=case.organization)
    if case.lines.filter(unit=unit).exists():
        raise CaseRefused(f"{unit} is in this case already.")
    if case.lines.count() >= MAX_UNITS:
        raise CaseRefused(f"A case takes {MAX_UNITS} units. Begin another for the rest.")
    return CaseLine.unscoped.create(case=case, unit=unit)


def find_unit(organization: Organization, serial: str | Unit) -> Unit:
    """Return the unit of a serial number that `organization` sees, as it was typed.

    A unit stands for itself, where its serial number has a twin. Raises: UnknownUnit, in
    the same words whether it exists elsewhere or not.
    """
    units = Unit.objects.for_organization(organization)
    if isinstance(serial, Unit):
        units, serial = units.filter(pk=serial.pk), serial.serial
    unit: Unit | None = units.with_serial(normalise_serial(serial)).first()
    if unit is None:
        raise UnknownUnit(
            f"{serial.strip()[:32]} is not among your units. Compare it with the label, or ask "
            "the company that shipped it to you."
        )
    return unit


def require_free(unit: Unit, *, reader: Organization, case: Case | None = None) -> None:
    """Accept a unit that is in use and has no open case but `case`.

    Raises: AlreadyOpen; CaseRefused.
    """
    others = CaseLine.unscoped.open_for(unit).select_related("case")
    line = (others.exclude(case=case) if case else others).first()
    if line is not None:
        raise AlreadyOpen(unit, line, reader)
    link = UnitReplacement.unscoped.filter(old=unit).select_related("new").first()
    if link is not None:
        raise CaseRefused(f"{unit} was replaced by {link.new}. Name the unit that is in use.")


def change_draft(case: Case, details: Mapping[str, Any], *, user: User, at: datetime) -> None:
    """Save what was said of the whole case (`DETAILS`), as far as it was said."""
    values = _known(details, DETAILS)
    with CHANGE.on(case, user=user, at=at, fields=sorted(values)) as locked:
        for name, value in values.items():
            setattr(locked, name, value)


def save_answers(line: CaseLine, answers: Mapping[str, Any], *, user: User, at: datetime) -> None:
    """Save what was said of one unit (`ANSWERS`), as far as it was said.

    An instant takes the place of the day that was known before, and the other way round.
    """
    values = _known(answers, ANSWERS)
    for moment in ("powered_on", "failed"):
        for said, other in ((f"{moment}_at", f"{moment}_on"), (f"{moment}_on", f"{moment}_at")):
            if values.get(said) is not None and values.get(other) is None:
                values[other] = None
    said_of = {"fields": sorted(values), "unit": line.unit.serial}
    with CHANGE.on(line.case, user=user, at=at, **said_of):
        locked = CaseLine.unscoped.select_for_update().get(pk=line.pk)
        for name, value in values.items():
            setattr(locked, name, value)
        locked.save()


def add_unit(case: Case, serial: str | Unit, *, user: User, at: datetime) -> CaseLine:
    """Add a unit to a draft. Raises: UnknownUnit; AlreadyOpen; CaseRefused."""
    with CHANGE.on(case, user=user, at=at, added=normalise_serial(str(serial))[:32]) as locked:
        return _add_line(locked, serial)


def remove_unit(line: CaseLine, *, user: User, at: datetime) -> None:
    """Take a unit out of a draft, with its answers and files."""
    with CHANGE.on(line.case, user=user, at=at, removed=line.unit.serial):
        _release(CaseFile.unscoped.filter(line=line))
        line.delete()


def add_file(
    case: Case,
    document: Document,
    *,
    kind: FileKind,
    user: User,
    at: datetime,
    line: CaseLine | None = None,
) -> CaseFile:
    """Rest a document that was kept on a draft, as evidence for a unit or for all of it."""
    with CHANGE.on(case, user=user, at=at, file=document.name) as locked:
        return attach_file(locked, document, kind=kind, user=user, at=at, line=line)


def attach_file(
    case: Case, document: Document, *, kind: FileKind, user: User, at: datetime, **where: Any
) -> CaseFile:
    """Rest a document of either party on a case, in the caller's transaction.

    Raises: CaseRefused for one of somebody else, or one that the case has already.
    """
    is_own = document.organization_id == case.organization_id
    if not is_own and not document.organization.is_huawei:
        raise CaseRefused(f"{document} belongs to another organization. Hand it in again.")
    if case.files.filter(document=document).exists():
        raise CaseRefused(f"{document} is in this case already.")
    documents.attach(document, at=at)
    return CaseFile.unscoped.create(
        case=case,
        document=document,
        kind=kind,
        added_at=at,
        added_by=str(user),
        **where,
    )


def remove_file(file: CaseFile, *, user: User, at: datetime) -> None:
    """Take a file off a draft; it is swept away within a day."""
    with CHANGE.on(file.case, user=user, at=at, file_removed=file.document.name):
        _release(CaseFile.unscoped.filter(pk=file.pk))


def discard(case: Case, *, user: Doer, at: datetime) -> None:
    """Throw a draft away, with its answers and files; its event remains."""
    with transaction.atomic():
        with DISCARD.on(case, user=user, at=at):
            _release(CaseFile.unscoped.filter(case=case))
            draft_gone(case, at=at)
        Case.unscoped.filter(pk=case.pk).delete()


def _release(files: Any) -> None:
    for document in Document.unscoped.filter(casefile__in=files):
        documents.detach(document)
    files.delete()
