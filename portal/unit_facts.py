"""A unit's answer as the API gives it."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from doa.enums import DoaRule
from doa.models import CaseLine
from partners.clock import business_day
from partners.enums import OrganizationKind
from partners.models import Organization
from partners.prepared import Later, LaterOrganization, Prepared
from portal.lifecycle_facts import lifecycle_of, with_lifecycle
from portal.policy import warranty_dict
from portal.support_facts import support_of, with_support
from warranty.enums import WarrantyRule
from warranty.models import PolicyVersion, Shipment, ShipmentLine, Unit
from warranty.policy import Cover, Terms, cover, inherited_cover, warranty_start

APPLICANTS = frozenset({OrganizationKind.DISTRIBUTOR, OrganizationKind.VAP})
"""Who applies for a unit dead on arrival (policy section 4, D5)."""


def unit_facts(unit: Unit, *, on: date, organization: Organization) -> dict[str, Any]:
    """Return what `organization` is told about a unit, as it stands `on` a day.

    `unit` comes with `for_facts()`, or `for_answer()` and `with_first_signature()`.
    """
    terms = unit_terms(unit)
    legs = list(shipments_of(unit))
    return {
        "serial": unit.serial,
        "part_number": unit.part_number.number,
        "model": unit.product.model,
        "shipments": [_shipment(leg) for leg in legs if is_told(leg, unit, organization)],
        "warranty": warranty_dict(unit_cover(unit, terms, on=on)),
        "support": support_of(unit, on=on).as_dicts(),
        "replaced_by": _link(unit, "replacement", "new"),
        "replaces": _link(unit, "origin", "old"),
        "doa": {
            **dead_on_arrival(legs, organization, terms),
            "may_apply": organization.kind in APPLICANTS,
            "open_case": open_case_of(unit, organization),
        },
        "lifecycle": lifecycle_of(unit, on=on).as_dict(),
        "policy_version": terms.version,
    }


def _link(unit: Unit, name: str, end: str) -> dict[str, str] | None:
    """Return the other unit of a replacement, when and how it came about; None without one."""
    link = getattr(unit, name, None)
    if link is None:
        return None
    return {
        "serial": getattr(link, end).serial,
        "replaced_on": link.replaced_on.isoformat(),
        "remedy": link.kind,
    }


def units_seen_by(organization: Organization, *, serial: str) -> list[Unit]:
    """Return the units of a serial number that `organization` may see, for `unit_facts`."""
    units = _units(is_huawei=organization.is_huawei)
    return units(organization=organization.pk, serial=serial)


@cache
def _units(*, is_huawei: bool) -> Prepared:
    organization: Any = LaterOrganization("organization", is_huawei=is_huawei)
    units = Unit.objects.for_organization(organization).with_serial(Later("serial"))
    kept = Subquery(_open_lines(OuterRef("pk"))[:1])
    units = units.for_facts().annotate(open_case=kept)
    return Prepared(with_lifecycle(with_support(units)))


def unit_terms(unit: Unit) -> Terms:
    """Return the numbers of the policy version of this unit.

    No query after `for_facts()` or `for_rows()`.
    """
    applying = getattr(unit, "terms_applying", None)
    if applying is not None:
        return Terms(**applying)
    in_force = getattr(unit, "terms_in_force", None)
    if in_force is not None and not hasattr(unit, "warranty"):
        return Terms(**in_force)
    return unit_version(unit).terms()


def unit_version(unit: Unit) -> PolicyVersion:
    """Return the policy version of this unit, joined already if its warranty has started."""
    if hasattr(unit, "warranty"):
        return unit.warranty.policy_version
    return PolicyVersion.objects.in_force(unit.huawei_shipment.shipped_on)


def unit_cover(unit: Unit, terms: Terms, *, on: date, names_others: bool = True) -> Cover:
    """Apply the policy to the dates of the unit, as known on that day.

    `names_others` tells whether the reasons may name the unit that it replaced.
    """
    stored = getattr(unit, "warranty", None)
    is_void = bool(stored and stored.voided_at and business_day(stored.voided_at) <= on)
    reason = stored.void_reason if stored else ""
    if stored and stored.inherited_from_id:
        return inherited_cover(
            starts_on=stored.starts_on,
            ends_on=stored.ends_on,
            rule=WarrantyRule(stored.rule),
            serial=stored.inherited_from.serial if names_others else "another unit",
            on=on,
            is_void=is_void,
            void_reason=reason,
        )
    start = warranty_start(
        shipped_on=unit.huawei_shipment.shipped_on,
        installation_service=unit.installation_service,
        signatures=[unit.signed_on] if unit.signed_on else [],
        today=on,
        terms=terms,
    )
    months = unit.product.warranty_months or terms.default_warranty_months
    if stored:
        months = stored.months
    return cover(start=start, months=months, on=on, is_void=is_void, void_reason=reason)


def shipments_of(unit: Unit) -> Iterator[Shipment]:
    """Yield the shipments of a unit, Huawei's first; one query, if it was shipped on at all."""
    yield unit.huawei_shipment
    if unit.distributor_shipment_id is not None:
        for line in _onward_lines()(unit=unit.pk):
            yield line.shipment


@cache
def _onward_lines() -> Prepared:
    lines = ShipmentLine.unscoped.filter(unit=Later("unit")).select_related(
        "shipment__shipped_by", "shipment__consignee"
    )
    return Prepared(lines.order_by("shipment__shipped_on", "pk"))


def is_told(shipment: Shipment, unit: Unit, organization: Organization) -> bool:
    """Tell whether a leg is shown: the two that anchor dates, and those of its two ends."""
    anchors = (unit.huawei_shipment_id, unit.distributor_shipment_id)
    ends = (shipment.shipped_by_id, shipment.consignee_id)
    return shipment.pk in anchors or organization.is_huawei or organization.pk in ends


def _shipment(shipment: Shipment) -> dict[str, str]:
    return {
        "leg": shipment.leg,
        "number": shipment.number,
        "shipped_on": shipment.shipped_on.isoformat(),
        "shipped_by": shipment.shipped_by.code,
        "consignee": shipment.consignee.code,
    }


def open_case_of(unit: Unit, organization: Organization) -> str | None:
    """Return the reference of the case that keeps this unit, where `organization` sees it."""
    known = vars(unit)  # `open_case` is added by units_seen_by()
    found = known["open_case"] if "open_case" in known else _open_line(unit.pk)
    if found is None or not (organization.is_huawei or found["organization"] == organization.pk):
        return None
    return str(found["reference"])


def _open_lines(unit: Any) -> Any:
    """Return the case that keeps a unit, at most one, with who applies in it."""
    lines = CaseLine.unscoped.filter(unit=unit, is_open=True)
    return lines.annotate(
        found=JSONObject(reference="case__reference", organization="case__organization")
    ).values_list("found", flat=True)


def _open_line(unit: int) -> dict[str, Any] | None:
    found: dict[str, Any] | None = _open_lines(unit).first()
    return found


def dead_on_arrival(
    legs: list[Shipment], organization: Organization, terms: Terms
) -> dict[str, Any]:
    """Say who applies for this unit, and when it is dead on arrival.

    Distributors and VAPs apply by calling the TAC; everybody else is referred to
    the distributor of the latest shipment. Source: policy section 4, D1 to D5.
    """
    if organization.kind in APPLICANTS:
        route, applicants = "application", [organization]
    else:
        latest = legs[-1]
        ends = (latest.shipped_by, latest.consignee)
        route, applicants = "referral", [o for o in ends if o.kind in APPLICANTS][:1]
    return {
        "route": route,
        "applicants": [{"code": o.code, "name": o.name, "kind": o.kind} for o in applicants],
        "call": terms.tac_number,
        "rules": [{"rule": rule.value, "text": rule.label.partition(": ")[2]} for rule in DoaRule],
    }
