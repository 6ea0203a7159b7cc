"""The answer about a unit as a page shows it: verdict, dates, why, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from catalog.policy import Warning, day_text, serial_warnings
from partners.models import Organization
from portal.anchors import Leg, anchors_at
from portal.chain import Link, chain_of
from portal.entitlements import SUPPORT_TONES, Entitlement, entitlements
from portal.history import Entry, history_of
from portal.lifecycle_facts import LIFE_CYCLE_POLICY, RULE, Lifecycle, lifecycle_of
from portal.support_facts import Support, support_of
from portal.timeline import Bar, Mark, Timeline
from portal.unit_facts import (
    is_told,
    shipments_of,
    unit_cover,
    unit_version,
)
from portal.verdict import TONES, Verdict, next_step, replaced_verdict, verdict_of
from support.enums import ContractStatus
from support.models import ContractLine
from support.policy import Window, support_anchor, support_window
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.models import InstallationReport, PolicyVersion, Unit
from warranty.policy import Cover, cap_on, day_number
from warranty.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason with the colour of its mark, and the document behind it."""

    tone: str
    reason: Reason
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything the page of one unit shows, as it stands `on` a day."""

    unit: Unit
    on: date
    version: PolicyVersion
    cover: Cover
    window: Window
    support: Support
    lifecycle: Lifecycle
    verdict: Verdict
    entitlements: tuple[Entitlement, ...]
    whys: tuple[Why, ...]
    legs: tuple[Leg, ...]
    reports: tuple[InstallationReport, ...]
    history: tuple[Entry, ...]
    warnings: tuple[Warning, ...]
    timeline: Timeline
    chain: tuple[Link, ...]
    day_90: date

    @property
    def is_sample_term(self) -> bool:
        """Tell whether the term shown is a sample and not the vendor's."""
        product = self.unit.product
        return product.warranty_months is None or product.is_sample_term


def answer_for(
    unit: Unit, *, on: date, organization: Organization, is_today: bool = True
) -> Answer:
    """Return what `organization` is told about a unit that it may see.

    `unit` comes with `for_answer()` and `with_first_signature()`.
    Source: policy sections 0 to 4.
    """
    version = unit_version(unit)
    terms = version.terms()
    legs = list(shipments_of(unit))
    cover = unit_cover(unit, terms, on=on)
    window = _window(unit, version)
    reports = _reports(unit)
    support = support_of(unit, on=on)
    lifecycle = lifecycle_of(unit, on=on)
    step = next_step(legs, organization, terms, cover=cover, support=support)
    day_90 = cap_on(shipped_on=unit.huawei_shipment.shipped_on, terms=terms)
    return Answer(
        unit=unit,
        on=on,
        version=version,
        cover=cover,
        window=window,
        support=support,
        lifecycle=lifecycle,
        verdict=_verdict(unit, cover, support, step, is_today),
        entitlements=tuple(entitlements(cover, window, support, terms, lifecycle)),
        whys=tuple(_all_whys(unit, cover, window, support, lifecycle, reports)),
        legs=tuple(
            Leg(leg, tuple(anchors_at(leg, unit, cover, window)))
            for leg in legs
            if is_told(leg, unit, organization)
        ),
        reports=tuple(r for r in reports if _may_read(r, organization)),
        history=tuple(history_of(unit, legs, reports, organization)),
        warnings=serial_warnings(
            unit.serial, unit.part_number.number, unit.huawei_shipment.shipped_on
        ),
        timeline=_timeline(unit, cover, window, support, lifecycle, is_today, day_90),
        day_90=day_90,
        chain=tuple(chain_of(unit, organization)),
    )


def _verdict(unit: Unit, cover: Cover, support: Support, step: str, is_today: bool) -> Verdict:
    replaced = getattr(unit, "replacement", None)
    if replaced is not None and replaced.replaced_on <= support.on:
        return replaced_verdict(replaced)
    return verdict_of(cover, support, step, is_today)


def _window(unit: Unit, version: PolicyVersion) -> Window:
    onward = unit.distributor_shipment
    anchor = support_anchor(
        huawei_shipped_on=unit.huawei_shipment.shipped_on,
        distributor_shipped_on=onward.shipped_on if onward else None,
        is_distributor_date_expected=onward is None and unit.consignee.kind == "distributor",
    )
    return support_window(anchor=anchor, terms=version.terms())


def _reports(unit: Unit) -> list[InstallationReport]:
    reports = InstallationReport.unscoped.filter(units=unit).select_related("organization")
    return list(reports.order_by("signed_on", "pk"))


def _may_read(report: InstallationReport, organization: Organization) -> bool:
    return organization.is_huawei or report.organization_id == organization.pk


def _whys(cover: Cover, unit: Unit, reports: list[InstallationReport]) -> Iterator[Why]:
    shipped = f"Shipment {unit.huawei_shipment.number}"
    deciding = next((r for r in reports if r.pk == unit.signed_report_id), None)
    signed = f"Installation report {deciding.number}" if deciding else shipped
    is_void = cover.status is WarrantyStatus.VOID
    for place, reason in enumerate(cover.reasons):
        is_signed = reason.rule == WarrantyRule.W2
        tone = "info" if is_void and place else TONES[cover.status]
        yield Why(tone=tone, reason=reason, document=signed if is_signed else shipped)


def _support_whys(window: Window, support: Support, unit: Unit) -> Iterator[Why]:
    """Yield why each contract runs from when to when; without one, when one may start."""
    if not support.kept:
        for reason in window.reasons:
            yield Why(tone="info", reason=reason, document=f"Shipment {unit.latest_shipment}")
    for line in support.kept:
        document = "" if line.is_renewal else f"Shipment {line.anchor_shipment}"
        for reason in line.reasons():
            named = replace(reason, sentence=f"{line.contract.level}: {reason.sentence}")
            yield Why(tone=SUPPORT_TONES[line.status(support.on)], reason=named, document=document)
    for reason in support.remarks():
        yield Why(tone="warn", reason=reason)


def _all_whys(
    unit: Unit,
    cover: Cover,
    window: Window,
    support: Support,
    lifecycle: Lifecycle,
    reports: list[InstallationReport],
) -> Iterator[Why]:
    yield from _whys(cover, unit, reports)
    yield from _support_whys(window, support, unit)
    yield from _lifecycle_whys(cover, support, lifecycle)


def _lifecycle_whys(cover: Cover, support: Support, lifecycle: Lifecycle) -> Iterator[Why]:
    """Yield what the product may still expect, and which cover is longer than that."""
    for reason in lifecycle.reasons():
        yield Why(tone=lifecycle.tone, reason=reason, document=lifecycle.causes)
    longest = max([cover.ends_on, *(line.ends_on for line in support.kept)])
    if said := lifecycle.cut_short(longest):
        yield Why(tone="warn", reason=Reason(RULE, said, LIFE_CYCLE_POLICY))


def _timeline(
    unit: Unit,
    cover: Cover,
    window: Window,
    support: Support,
    lifecycle: Lifecycle,
    is_today: bool,
    day_90: date,
) -> Timeline:
    onward, on = unit.distributor_shipment, support.on
    return Timeline(
        huawei_on=unit.huawei_shipment.shipped_on,
        cap_on=day_90,
        distributor_on=onward.shipped_on if onward else None,
        distributor=onward.shipped_by.name if onward else "",
        support_latest_on=window.latest_on,
        waiting_label="not started",
        warranty=_bar(cover, unit.huawei_shipment.shipped_on),
        support_label="no contract registered",
        today=on,
        today_label=f"{'Today' if is_today else 'As of'}, {day_text(on)}",
        support=tuple(_support_bar(line, on) for line in support.kept),
        milestones=tuple(
            Mark(day=when.day, label=f"{kind.label}, {when.text}")
            for kind, when in lifecycle.dates.items()
            if when.day
        ),
    )


def _bar(cover: Cover, shipped_on: date) -> Bar:
    number = day_number(shipped_on=shipped_on, day=cover.starts_on)
    words = {
        WarrantyStatus.PENDING: ("wait", "expected from", "to"),
        WarrantyStatus.ACTIVE: ("ok", "from", "ends"),
        WarrantyStatus.EXPIRED: ("off", "from", "ended"),
        WarrantyStatus.VOID: ("off", "void, from", "would have ended"),
    }
    tone, starts, ends = words[cover.status]
    is_own = number >= 0
    start_day = f"{day_text(cover.starts_on)}, {f'day {number}' if is_own else 'inherited'}"
    return Bar(
        starts_on=max(cover.starts_on, shipped_on),
        ends_on=max(cover.ends_on, shipped_on),
        tone=tone,
        start_day=start_day,
        start_label=f"{starts} {start_day}",
        end_label=f"{ends} {day_text(cover.ends_on)}",
    )


def _support_bar(line: ContractLine, on: date) -> Bar:
    status = line.status(on)
    is_over = status is ContractStatus.EXPIRED
    start_day = f"{day_text(line.starts_on)}, day {(line.starts_on - line.anchor_on).days}"
    level = str(line.contract.level)
    return Bar(
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        tone="off" if is_over else "info",
        start_day=start_day,
        start_label=f"{level} from {day_text(line.starts_on)}",
        end_label=f"{'ended' if is_over else 'ends'} {day_text(line.ends_on)}",
    )
