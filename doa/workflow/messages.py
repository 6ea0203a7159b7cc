"""Messages between the parties, and notes that only staff see and that are never mailed."""

from collections.abc import Sequence
from datetime import datetime

from doa.enums import FileKind
from doa.models import Case, CaseMessage
from doa.workflow import telling
from doa.workflow.case_edges import MESSAGE, NOTE
from doa.workflow.doers import handles
from doa.workflow.drafts import attach_file
from doa.workflow.refusals import CaseRefused
from documents.models import Document
from partners.models import User


def message(
    case: Case, *, text: str, files: Sequence[Document] = (), user: User, at: datetime
) -> CaseMessage:
    """Write to the other party, who is told. Raises: PermissionDenied; CaseRefused."""
    text = _said(text)
    with MESSAGE.on(case, user=user, at=at, files=len(files)) as locked:
        is_staff = handles(locked, user)
        written = _write(locked, text, files, user=user, at=at, from_staff=is_staff)
        telling.message(locked, written, at=at)
    return written


def note(
    case: Case, *, text: str, files: Sequence[Document] = (), user: User, at: datetime
) -> CaseMessage:
    """Write a note for staff alone. Raises: PermissionDenied; CaseRefused."""
    text = _said(text)
    with NOTE.on(case, user=user, at=at, files=len(files)) as locked:
        return _write(locked, text, files, user=user, at=at, from_staff=True, is_internal=True)


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise CaseRefused("Write what you want to say.")
    return text


def _write(
    case: Case,
    text: str,
    files: Sequence[Document],
    *,
    user: User,
    at: datetime,
    from_staff: bool,
    is_internal: bool = False,
) -> CaseMessage:
    written = CaseMessage.objects.create(
        case=case,
        is_internal=is_internal,
        from_staff=from_staff,
        text=text,
        written_at=at,
        written_by=str(user),
    )
    for document in files:
        attach_file(
            case,
            document,
            kind=FileKind.OTHER,
            user=user,
            at=at,
            message=written,
            is_internal=is_internal,
        )
    return written
