"""Asking the applicant for information, and the answer; the clocks stand still between."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from doa.enums import CaseStatus, FileKind
from doa.models import Case, CaseMessage, CasePause, InfoItem, InfoRequest
from doa.workflow import telling
from doa.workflow.case_edges import ANSWER, ASK
from doa.workflow.drafts import attach_file
from doa.workflow.refusals import CaseRefused
from documents.models import Document
from partners.models import User


class Wanted(NamedTuple):
    """Something to ask for: a file of a kind, or words where that is empty."""

    label: str
    kind: FileKind | str = ""


def ask(
    case: Case,
    *,
    items: Sequence[Wanted] = (),
    text: str = "",
    reply_by: datetime,
    user: User,
    at: datetime,
) -> InfoRequest:
    """Ask the applicant for information until `reply_by`; the clocks of the case stand still.

    Raises: PermissionDenied; IllegalTransition; CaseRefused.
    """
    if not items and not text.strip():
        raise CaseRefused("Name what you need.")
    if reply_by <= at:
        raise CaseRefused("Choose a reply-by time that is still to come.")
    labels = [wanted.label for wanted in items]
    with ASK.on(case, user=user, at=at, items=labels, reply_by=reply_by.isoformat()) as locked:
        request = InfoRequest.objects.create(
            case=locked, text=text.strip(), asked_at=at, asked_by=str(user), reply_by=reply_by
        )
        InfoItem.objects.bulk_create(
            InfoItem(request=request, label=wanted.label, kind=wanted.kind) for wanted in items
        )
        CasePause.objects.create(case=locked, began_at=at)
        locked.paused_at = at
        telling.asked(locked, request, at=at)
    return request


def answer(
    case: Case,
    *,
    text: str = "",
    files: Mapping[int, Document] | None = None,
    is_all: bool = False,
    user: User,
    at: datetime,
) -> bool:
    """Answer the open request, wholly or in part; tell whether the case goes on.

    `files` are documents by the key of the item that each answers. The text answers every
    item that asks for words. The case goes on, and its clocks too, when every item is
    answered or `is_all` says that nothing more will come.
    Raises: PermissionDenied; IllegalTransition; CaseRefused.
    """
    files = files or {}
    if not text.strip() and not files and not is_all:
        raise CaseRefused("Write an answer, or add a file that was asked for.")
    with ANSWER.on(case, user=user, at=at, files=len(files), is_all=is_all) as locked:
        request = locked.requests.select_for_update().get(answered_at=None)
        message = _message(locked, text.strip(), user=user, at=at)
        items = {item.pk: item for item in request.items.order_by("pk")}
        if unknown := set(files) - set(items):
            raise CaseRefused(f"{len(unknown)} of the files answer nothing that was asked for.")
        for pk, document in files.items():
            kind, where = FileKind(items[pk].kind or FileKind.OTHER), {"item": items[pk]}
            attach_file(locked, document, kind=kind, user=user, at=at, message=message, **where)
        goes_on = _settle(request, set(files), has_text=bool(text.strip()), at=at) or is_all
        if goes_on:
            end_question(locked, by=str(user), at=at)
            locked.status = CaseStatus.IN_REVIEW
        telling.answered(locked, request, at=at)
    return goes_on


def _message(case: Case, text: str, *, user: User, at: datetime) -> CaseMessage | None:
    if not text:
        return None
    return CaseMessage.objects.create(
        case=case, from_staff=False, text=text, written_at=at, written_by=str(user)
    )


def _settle(request: InfoRequest, with_file: set[int], *, has_text: bool, at: datetime) -> bool:
    """Mark what is answered, and tell whether that is all that was asked for."""
    is_whole = True
    for item in request.items.filter(answered_at=None):
        if item.pk in with_file or (has_text and not item.wants_file):
            item.answered_at = at
            item.save()
        else:
            is_whole = False
    return is_whole


def end_question(case: Case, *, by: str, at: datetime) -> None:
    """Close the open request and pause of a locked case, if it has them; its clocks go on."""
    case.requests.filter(answered_at=None).update(answered_at=at, answered_by=by)
    case.pauses.filter(ended_at=None).update(ended_at=at)
    case.paused_at = None
