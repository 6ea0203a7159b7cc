"""One unit taking the place of another, and the term that goes with it (policy section 6)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from audit import trail
from audit.trail import Actor
from warranty import policy
from warranty.enums import ReplacementKind
from warranty.models import PolicyVersion, Unit, UnitReplacement, Warranty
from warranty.workflow.recompute import Change, recompute, term_of


class ReplacementRefused(ValueError):
    """A unit cannot take the place of another."""


def replace_unit(
    *,
    old: Unit,
    new: Unit,
    kind: ReplacementKind,
    replaced_on: date,
    cause: str,
    actor: Actor,
    at: datetime,
) -> UnitReplacement:
    """Close `old` and put `new` in its place, in the caller's transaction.

    A DOA replacement has a fresh clock from its own shipment, and whether installation
    service was purchased goes over to it. A unit given in exchange or under support goes
    on with the term of the old one. `cause` names the case.

    Source: policy section 6. Raises: ReplacementRefused.
    """
    with transaction.atomic():
        old, new = _locked(old, new)
        _require_free(old, new)
        version = PolicyVersion.objects.in_force(old.huawei_shipment.shipped_on)
        is_exchange = kind == ReplacementKind.WARRANTY_EXCHANGE
        link = UnitReplacement(
            old=old,
            new=new,
            kind=kind,
            replaced_on=replaced_on,
            floor_days=version.exchange_floor_days if is_exchange else 0,
            cause=cause,
            recorded_at=at,
        )
        _insert(link)
        _record(link, actor=actor, at=at)
        if kind.inherits_term:
            _inherit(link, actor=actor, at=at)
        else:
            _start_afresh(link, actor=actor, at=at)
    return link


def _locked(old: Unit, new: Unit) -> tuple[Unit, Unit]:
    """Lock both in key order. Raises: ReplacementRefused if they are one."""
    if old.pk == new.pk:
        raise ReplacementRefused(f"{old} cannot replace itself. Name the serial number sent out.")
    units = {
        unit.pk: unit
        for unit in Unit.unscoped.filter(pk__in=[old.pk, new.pk])
        .select_for_update(of=("self",), no_key=True)
        .select_related("huawei_shipment")
        .order_by("pk")
    }
    return units[old.pk], units[new.pk]


def _require_free(old: Unit, new: Unit) -> None:
    """Accept a unit that nothing has replaced and one that is new to every chain.

    What replaces is not replaced itself, so a chain never comes back to its beginning.
    """
    for link in UnitReplacement.unscoped.filter(old__in=[old, new]).select_related("new", "old"):
        raise ReplacementRefused(f"{link.old} was replaced by {link.new} already.")
    for link in UnitReplacement.unscoped.filter(new=new).select_related("new", "old"):
        raise ReplacementRefused(f"{link.new} has replaced {link.old} already.")


def _insert(link: UnitReplacement) -> None:
    try:
        with transaction.atomic():
            link.save(force_insert=True)
    except IntegrityError:
        raise ReplacementRefused(
            f"{link.old} or {link.new} has been replaced meanwhile. Reload the page."
        ) from None


def _record(link: UnitReplacement, *, actor: Actor, at: datetime) -> None:
    """Leave an event on either unit that names the other."""
    told = {"kind": link.kind, "on": link.replaced_on.isoformat(), "cause": link.cause}
    trail.record("unit.replaced", link.old, actor=actor, at=at, by=link.new.serial, **told)
    trail.record("unit.replaces", link.new, actor=actor, at=at, other=link.old.serial, **told)


def _start_afresh(link: UnitReplacement, *, actor: Actor, at: datetime) -> None:
    """Hand on whether installation service was purchased; the clock is the new unit's own."""
    if link.new.installation_service != link.old.installation_service:
        link.new.installation_service = link.old.installation_service
        link.new.save(update_fields=["installation_service"])
        recompute([link.new.pk], cause=f"replaces {link.old}", actor=actor, at=at)


def _inherit(link: UnitReplacement, *, actor: Actor, at: datetime) -> None:
    """Give the new unit the term of the old one, begun or not.

    A start that lies ahead is written down for both, so that no night starts the closed
    unit, and none starts the new one by its own shipment.
    """
    term = Warranty.unscoped.filter(pk=link.old.pk).first()
    if term is None:
        term = term_of(link.old.pk, at=at)
        term.save(force_insert=True)
    before = Warranty.unscoped.filter(pk=link.new.pk).first()
    after = _inherited(link, term)
    after.save(force_insert=before is None)
    change = Change(link.new, before, after)
    detail = change.detail(f"replaces {link.old}")
    trail.record(change.event, link.new, actor=actor, at=at, **detail)


def _inherited(link: UnitReplacement, term: Warranty) -> Warranty:
    return Warranty(
        unit_id=link.new_id,
        inherited_from_id=link.old_id,
        starts_on=term.starts_on,
        ends_on=policy.inherited_end(
            ends_on=term.ends_on, replaced_on=link.replaced_on, floor_days=link.floor_days
        ),
        rule=term.rule,
        months=term.months,
        policy_version_id=term.policy_version_id,
        report_id=term.report_id,
        started_at=link.recorded_at,
        voided_at=term.voided_at,
        void_reason=term.void_reason,
    )
