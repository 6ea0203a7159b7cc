"""Registering a large contract in the background: what was asked, and a worker's one step."""

import logging
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction

from jobs import workflow as jobs
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from jobs.problems import Problem
from jobs.progress import Meter, Tally, alive
from jobs.workflow import Overtaken
from partners import clock
from partners.models import Organization, User
from support import workflow
from support.models import ServiceLevel, SupportContract
from support.planning import StartChoice
from support.workflow import ContractRefused, Order
from warranty.policy import TermOutOfRange

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 500
"""How many units are registered while the person waits; more are left to a worker."""


def ask(
    order: Order,
    *,
    unit_ids: list[int],
    start: StartChoice,
    organization: Organization,
    user: User,
    at: datetime,
) -> Job:
    """Let a worker register a contract. Raises: PermissionDenied; what `require_order` raises."""
    workflow.require_order(order, organization, today=clock.business_day(at))
    return jobs.queue_order(
        JobKind.REGISTER_CONTRACT,
        {
            "level": order.level.pk,
            "term_months": order.term_months,
            "end_customer": order.end_customer,
            "units": unit_ids,
            "start": _start_as_json(start),
        },
        name=order.number,
        organization=organization,
        user=user,
        at=at,
    )


def work_on(pk: int, *, at: datetime) -> None:
    """Register what a job asks for, if nobody else is at it.

    When the database fails the job is left to the next worker; any other fault ends it.
    """
    job = jobs.claim(pk, at=at)
    if job is None:
        return
    try:
        with alive(job, at=at) as meter:
            _register(job, meter)
    except Overtaken:
        logger.info("Job %s was taken by another worker.", pk)
    except OperationalError:
        raise
    except Exception:
        jobs.fail(job, at=clock.now())
        raise


def _register(job: Job, meter: Meter) -> None:
    """Store the contract and the end of its job together, or say why it is refused."""
    meter.table = tally = Tally(total=len(job.order["units"]))
    try:
        with transaction.atomic():
            contract = _contract(job, tally, at=meter.at)
            jobs.conclude(
                job,
                JobStatus.DONE,
                at=meter.now,
                counts={"units": tally.count},
                preview={"contract": str(contract.reference)},
            )
    except ContractRefused as refusal:
        named = [Problem(None, r.serial, r.message) for r in refusal.refusals]
        _refuse(job, named or [Problem(None, "", str(refusal))], at=meter.now)
    except TermOutOfRange as refusal:
        _refuse(job, [Problem(None, "", str(refusal))], at=meter.now)
    except PermissionDenied:
        _refuse(job, [Problem(None, "", NOT_ALLOWED)], at=meter.now)


NOT_ALLOWED = "Who asked for it may not register contracts any more. Ask a colleague who may."


def _refuse(job: Job, problems: list[Problem], *, at: datetime) -> None:
    jobs.conclude(
        job, JobStatus.REFUSED, at=at, problems=problems, counts={"rejected": len(problems)}
    )


def _contract(job: Job, tally: Tally, *, at: datetime) -> SupportContract:
    """Raises: PermissionDenied; ContractRefused; TermOutOfRange."""
    asked, user, organization = job.order, job.asked_by, job.organization
    if user is None or organization is None:
        raise PermissionDenied
    order = Order(
        number=job.file_name,
        level=ServiceLevel.objects.get(pk=asked["level"]),
        term_months=asked["term_months"],
        end_customer=asked["end_customer"],
    )
    return workflow.register_contract(
        order,
        unit_ids=asked["units"],
        start=_start_of(asked["start"]),
        organization=organization,
        user=user,
        at=at,
        tally=tally,
    )


def _start_as_json(start: StartChoice) -> dict[str, Any]:
    return {
        "on": start.on.isoformat() if start.on else "",
        "is_chosen": start.is_chosen,
        "days": [[key, day.isoformat()] for key, day in start.days.items()],
    }


def _start_of(said: dict[str, Any]) -> StartChoice:
    return StartChoice(
        on=date.fromisoformat(said["on"]) if said["on"] else None,
        is_chosen=said["is_chosen"],
        days={key: date.fromisoformat(day) for key, day in said["days"]},
    )
