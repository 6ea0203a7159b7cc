"""The night on any database, through the ORM and the policy's own functions.

SQLite has one writer at a time, so that nobody starts a unit between the reading and
the writing here. `postgresql` does the same in one statement.
"""

from collections import Counter

from audit import trail
from audit.models import Event
from warranty import policy
from warranty.enums import WarrantyRule
from warranty.models import Unit, Warranty
from warranty.nights.batches import Batch, Outcome

CHUNK = 2000
"""How many units are held in memory together."""


def start_units(batch: Batch) -> Outcome:
    """Start what is due in the batch, each with its event."""
    due = (
        Unit.unscoped.filter(huawei_shipment__in=batch.shipment_ids, warranty=None)
        .select_related("part_number__product", *Unit.CHAIN)
        .with_first_signature()
        .order_by("pk")
    )
    started: Counter[int] = Counter()
    while units := list(due[:CHUNK]):
        warranties = [_warranty(unit, batch) for unit in units]
        Warranty.unscoped.bulk_create(warranties, batch_size=1000)
        trail.record_all(_event(warranty, batch) for warranty in warranties)
        started.update(unit.partner.pk for unit in units)
    return Outcome(due=started.total(), started=dict(started))


def _warranty(unit: Unit, batch: Batch) -> Warranty:
    start = policy.warranty_start(
        shipped_on=unit.huawei_shipment.shipped_on,
        installation_service=unit.installation_service,
        signatures=[unit.signed_on] if unit.signed_on else [],
        today=batch.notice_on,
        terms=batch.version.terms(),
    )
    months = unit.product.warranty_months or batch.version.default_warranty_months
    return Warranty(
        unit=unit,
        starts_on=start.starts_on,
        ends_on=policy.last_covered_day(starts_on=start.starts_on, months=months),
        rule=start.rule,
        months=months,
        policy_version=batch.version,
        report_id=unit.signed_report_id if start.rule == WarrantyRule.W2 else None,
        started_at=batch.at,
        notice_on=batch.notice_on,
    )


def _event(warranty: Warranty, batch: Batch) -> Event:
    shipped_on = warranty.unit.huawei_shipment.shipped_on
    cap_on = policy.cap_on(shipped_on=shipped_on, terms=batch.version.terms())
    after = {
        "starts_on": warranty.starts_on.isoformat(),
        "ends_on": warranty.ends_on.isoformat(),
        "rule": str(warranty.rule),
    }
    detail = {"before": None, "after": after, "cap_on": cap_on.isoformat(), "cause": batch.cause}
    return trail.event(
        "warranty.started", warranty.unit, actor=batch.actor, at=batch.at, detail=detail
    )
