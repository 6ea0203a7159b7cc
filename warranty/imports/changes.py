"""What a file says anew about units that are known: service, customer, country, order."""

from dataclasses import dataclass, field
from datetime import date

from audit import trail
from warranty import policy
from warranty.imports.staging import execute, query
from warranty.imports.statements import Stamp
from warranty.models import PolicyVersion, Shipment, Unit
from warranty.workflow import recompute

SAID = """
CREATE TEMP TABLE import_unit AS
SELECT DISTINCT serial, part_number_id,
    max(CASE WHEN service THEN 1 ELSE 0 END) OVER mine AS service,
    first_value(end_customer) OVER (mine ORDER BY end_customer = '', leg, shipped_on DESC,
        line DESC) AS end_customer,
    first_value(site_country) OVER (mine ORDER BY site_country = '', leg, shipped_on DESC,
        line DESC) AS site_country,
    first_value(purchase_order) OVER (mine ORDER BY purchase_order = '', leg, shipped_on DESC,
        line DESC) AS purchase_order
FROM import_line WINDOW mine AS (PARTITION BY serial, part_number_id)"""
"""One row per unit: yes if any row says yes, else the last row that says something.

A distributor knows the site better than Huawei, and comes first in the alphabet.
"""

DIFFERING = """
SELECT u.id, p.unit_id IS NULL, i.service, i.end_customer, i.site_country, i.purchase_order
FROM import_unit i
JOIN warranty_unit u ON u.serial = i.serial AND u.part_number_id = i.part_number_id
LEFT JOIN (SELECT DISTINCT unit_id FROM import_passed_on) p ON p.unit_id = u.id
WHERE u.id > %s AND (
    (i.service = 1 AND NOT u.installation_service)
    OR (i.end_customer <> '' AND i.end_customer <> u.end_customer)
    OR (i.site_country <> '' AND i.site_country <> u.site_country)
    OR (i.purchase_order <> '' AND i.purchase_order <> u.purchase_order))
ORDER BY u.id LIMIT %s"""

Detail = dict[str, dict[str, object]]

CHUNK = 2000
"""How many units are held in memory together."""
LISTED = 100
"""How many changes are listed one by one."""
CAUSE = "installation service recorded"
_TEXTS = ("end_customer", "site_country", "purchase_order")


@dataclass(slots=True)
class Changes:
    """What was changed: units without a new row, services, and purchases that came too late.

    `listed` holds the first changes, field by field; `fields` counts them all.
    """

    count: int = 0
    with_service: list[int] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)
    listed: list[dict[str, object]] = field(default_factory=list)
    fields: int = 0
    caps: dict[date, date] = field(default_factory=dict)

    def note(self, unit: Unit, detail: Detail) -> None:
        """Count what changes in a unit, and list the first of it."""
        self.fields += len(detail)
        for name, change in detail.items():
            if len(self.listed) < LISTED:
                self.listed.append({"serial": unit.serial, "field": name, **change})

    def cap_on(self, shipped_on: date) -> date:
        """Return day 90 of a shipment, looked up once for each date."""
        if shipped_on not in self.caps:
            version = PolicyVersion.objects.in_force(shipped_on)
            terms = version.terms()
            self.caps[shipped_on] = policy.cap_on(shipped_on=shipped_on, terms=terms)
        return self.caps[shipped_on]


def update_units(stamp: Stamp, *, today: date) -> Changes:
    """Bring known units in line with the file, each with an event, a chunk at a time.

    Installation service may be added until day 90; recorded later it changes
    nothing (policy section 2), so it is not kept.
    """
    execute("DROP TABLE IF EXISTS import_unit")
    execute(SAID)
    changes, last = Changes(), 0
    while rows := query(DIFFERING, [last, CHUNK]):
        last = rows[-1][0]
        units = Unit.unscoped.select_related("huawei_shipment").in_bulk([row[0] for row in rows])
        details: dict[int, Detail] = {}
        for pk, is_old, service, *texts in rows:
            unit = units[pk]
            detail = _apply_texts(unit, texts)
            if service and not unit.installation_service:
                detail |= _apply_service(unit, today, changes)
            if detail:
                details[pk] = detail
                changes.note(unit, detail)
                changes.count += is_old
        _store([units[pk] for pk in details], details, stamp)
    if changes.with_service:
        recompute(changes.with_service, cause=CAUSE, actor=stamp.actor, at=stamp.at)
    return changes


def _apply_texts(unit: Unit, texts: list[str]) -> Detail:
    detail: Detail = {}
    for name, text in zip(_TEXTS, texts, strict=True):
        before = getattr(unit, name)
        if text and text != before:
            detail[name] = {"before": before, "after": text}
            setattr(unit, name, text)
    return detail


def _apply_service(unit: Unit, today: date, changes: Changes) -> Detail:
    if today > changes.cap_on(unit.huawei_shipment.shipped_on):
        changes.too_late.append(unit.serial)
        return {}
    unit.installation_service = True
    changes.with_service.append(unit.pk)
    return {"installation_service": {"before": False, "after": True}}


def _store(units: list[Unit], details: dict[int, Detail], stamp: Stamp) -> None:
    Unit.unscoped.bulk_update(units, ["installation_service", *_TEXTS], batch_size=500)
    served = [unit for unit in units if "installation_service" in details[unit.pk]]
    waiting = {unit.huawei_shipment_id for unit in served}
    Shipment.unscoped.filter(pk__in=waiting).update(pending=True)
    trail.record_all(
        trail.event("unit.changed", unit, actor=stamp.actor, at=stamp.at, detail=details[unit.pk])
        for unit in units
    )
