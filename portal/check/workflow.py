"""Passing a stranger's question on to whoever sold the unit, without saying who that is."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from doa.routing import distributor_of, unit_meant
from notifications import outbox
from partners import clock
from partners.enums import OrganizationKind
from partners.models import Organization
from portal.check.answers import public_answer
from warranty.models import Unit

TEMPLATE = "portal/question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody without an account wants to know about a unit."""

    serial: str
    part_number: str
    about: str
    name: str
    email: str
    company: str
    message: str


@transaction.atomic
def pass_on_question(question: Question, *, at: datetime) -> None:
    """Queue one mail to the distributor of the unit, answered straight to the asker.

    Where no unit or no distributor is known, Huawei's own address gets it, if it has
    one. The same question is sent once a day, however often its form is.
    """
    unit = unit_meant(question.serial, question.part_number)
    organization, address = _reader(unit)
    if not address:
        return
    outbox.enqueue(
        TEMPLATE,
        key=_key(question, at),
        to=address,
        organization=organization,
        context={**asdict(question), **_answer(unit, at)},
        at=at,
        reply_to=question.email,
    )


def _reader(unit: Unit | None) -> tuple[Organization | None, str]:
    """Return who gets the question and at which address; an empty one if nobody can."""
    huawei = Organization.objects.filter(kind=OrganizationKind.HUAWEI).order_by("pk").first()
    readers = [distributor_of(unit) or unit.partner, huawei] if unit else [huawei]
    for organization in filter(None, readers):
        if address := _address(organization):
            return organization, address
    return None, ""


def _address(organization: Organization) -> str:
    """Return the one address of an organization: its own, or that of its first person."""
    if organization.email or organization.is_huawei:
        return organization.email
    return next(iter(outbox.recipients_of(organization)), "")


def _answer(unit: Unit | None, at: datetime) -> dict[str, Any]:
    """Return what the mail says about the unit: the same as the page, or nothing."""
    if unit is None:
        return {"model": "", "verdict": "", "dates": ""}
    answer = public_answer(unit, today=clock.business_day(at))
    return {"model": answer.model, "verdict": answer.title, "dates": answer.text}


def _key(question: Question, at: datetime) -> str:
    """Name the question so that a form sent twice is one mail, and tell nothing of it."""
    words = "\0".join(asdict(question).values())
    digest = hashlib.sha256(words.encode()).hexdigest()[:32]
    return f"{TEMPLATE}:{clock.business_day(at)}:{digest}"
