"""Synthetic cases on a synthetic base: one for every so many units, in every state.

They are written in bulk, a chunk at a time: each as its last step left it, with the
event of its submission. Their mails were never queued.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from audit import trail
from audit.models import Event
from doa.enums import (
    CaseStatus,
    ClosingCode,
    FailureKind,
    Finding,
    Remedy,
    ReplacementTrack,
    ReturnTrack,
    Symptom,
)
from doa.models import Case, CaseCounter, CaseLine
from warranty.models import Unit

CHUNK = 2000
OPEN_ONES = (
    CaseStatus.SUBMITTED,
    CaseStatus.REGISTERED,
    CaseStatus.IN_REVIEW,
    CaseStatus.DECIDED,
)
"""The states of the cases that are not closed, in turn; of ten cases nine are closed."""
SYMPTOMS = tuple(Symptom)


def seed_cases(count: int, *, last_day: date) -> int:
    """Make `count` cases for the units of the base, by serial number; return how many are new.

    The same number twice adds nothing. Raises: ValueError if there are fewer units.
    """
    have = Unit.unscoped.filter(huawei_shipment__number__startswith="SEED-")
    if have.count() < count:
        raise ValueError(f"--cases: there are {have.count():,} units. Give that many at most.")
    known = set(Case.unscoped.filter(created_by="seed").values_list("reference", flat=True))
    units = have.select_related("huawei_shipment__consignee").order_by("serial", "pk")
    made: list[tuple[Case, CaseLine]] = []
    new = 0
    for n, unit in enumerate(units[:count].iterator(CHUNK), start=1):
        reference = f"DOA-{last_day.year}-{n:05}"
        if reference in known:
            continue
        made.append(_case(n, reference, unit))
        if len(made) == CHUNK:
            new += _store(made)
            made = []
    new += _store(made)
    counter, _ = CaseCounter.objects.get_or_create(prefix="DOA", year=last_day.year)
    CaseCounter.objects.filter(pk=counter.pk, last__lt=count).update(last=count)
    return new


def _case(n: int, reference: str, unit: Unit) -> tuple[Case, CaseLine]:
    shipped_on = unit.huawei_shipment.shipped_on
    at = datetime.combine(shipped_on + timedelta(days=20), time(15, n % 60), tzinfo=UTC)
    status = CaseStatus.CLOSED if n % 10 else OPEN_ONES[n // 10 % len(OPEN_ONES)]
    symptom = SYMPTOMS[n % len(SYMPTOMS)]
    case = Case(
        reference=reference,
        organization=unit.huawei_shipment.consignee,
        status=status,
        title=f"Sample case: {symptom.label.lower()}",
        contact_name="Sample contact",
        created_at=at,
        created_by="seed",
        changed_at=at,
        submitted_at=at,
        **_times(status, n, at),
    )
    line = CaseLine(
        unit=unit,
        is_open=status.is_open,
        symptom=symptom,
        description="Sample description.",
        failure_kind=FailureKind.FIRST_BOOT,
        failed_at=at - timedelta(hours=2),
        time_zone="UTC",
        is_new=True,
        delivery_project=False,
        **_decision(status, n, at),
    )
    return case, line


def _times(status: CaseStatus, n: int, at: datetime) -> dict[str, Any]:
    """Return what the steps up to a state have left on a case."""
    hour = timedelta(hours=1)
    times: dict[str, Any] = {}
    if status != CaseStatus.SUBMITTED:
        times |= {"sr_number": f"SEED-{n:07}", "called_at": at, "registered_at": at + hour}
    if status in (CaseStatus.IN_REVIEW, CaseStatus.DECIDED, CaseStatus.CLOSED):
        times |= {"taken_at": at + 2 * hour}
    if status in (CaseStatus.DECIDED, CaseStatus.CLOSED):
        times |= {"decided_at": at + (3 + n % 40) * hour}
    if status == CaseStatus.CLOSED:
        times |= {
            "closed_at": at + timedelta(days=20),
            "resolved_at": at + timedelta(days=3),
            "closing_code": ClosingCode.REPLACED if n % 4 else ClosingCode.REFUSED,
        }
    return times


def _decision(status: CaseStatus, n: int, at: datetime) -> dict[str, Any]:
    """Return what is decided about the unit of a case, and where its two tracks are."""
    if status not in (CaseStatus.DECIDED, CaseStatus.CLOSED):
        return {}
    is_granted = bool(n % 4)
    said: dict[str, Any] = {
        "remedy": Remedy.DOA_REPLACEMENT if is_granted else Remedy.NONE,
        "rule": "D1" if is_granted else "",
        "decided_at": at + timedelta(hours=3 + n % 40),
    }
    if status == CaseStatus.CLOSED and is_granted:
        said |= {
            "replacement_track": ReplacementTrack.DELIVERED,
            "delivered_on": (at + timedelta(days=5)).date(),
            "return_track": ReturnTrack.INSPECTED,
            "finding": Finding.FAULT_CONFIRMED if n % 5 else Finding.NO_FAULT_FOUND,
        }
    return said


@transaction.atomic
def _store(made: list[tuple[Case, CaseLine]]) -> int:
    cases = Case.unscoped.bulk_create([case for case, _ in made])
    for case, line in made:
        line.case = case
    CaseLine.unscoped.bulk_create([line for _, line in made])
    trail.record_all(_events(cases))
    return len(cases)


def _events(cases: list[Case]) -> Iterator[Event]:
    for case in cases:
        detail = {"before": "draft", "after": "submitted"}
        yield trail.event(
            "case.submitted", case, actor=trail.SYSTEM, at=case.created_at, detail=detail
        )
