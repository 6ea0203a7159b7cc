"""What happened to a unit, newest first, in the words a person reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from audit.models import Event
from catalog.policy import day_text
from partners.models import Organization
from warranty import claims
from warranty.enums import DisputeSubject
from warranty.models import Dispute, InstallationReport, Shipment, Unit

LONGEST = 60
"""How many entries a page shows at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. `on` is a day on paper, `at` an instant; one is None."""

    tone: str
    icon: str
    title: str
    text: str
    actor: str = ""
    at: datetime | None = None
    on: date | None = None


TITLES = {
    "unit.replaced": ("wait", "box", "Replaced by another unit"),
    "unit.replaces": ("info", "box", "Came in the place of another unit"),
    "unit.changed": ("wait", "file", "Details changed"),
    "unit.service_corrected": ("warn", "cal", "Installation service corrected"),
    "unit.serial_corrected": ("warn", "file", "Serial number corrected"),
    "unit.part_number_corrected": ("warn", "file", "Part number corrected"),
    "warranty.started": ("ok", "check", "Warranty started"),
    "warranty.moved": ("warn", "cal", "Warranty start moved"),
    "warranty.unstarted": ("warn", "cal", "Warranty start taken back"),
    "warranty.voided": ("stop", "x", "Warranty voided"),
    "warranty.reinstated": ("ok", "check", "Warranty reinstated"),
    "shipment.date_corrected": ("warn", "cal", "Shipment date corrected"),
    "support.registered": ("ok", "check", "Support contract registered"),
    "support.renewed": ("ok", "check", "Support contract renewed"),
    "support.reinstated": ("ok", "check", "Support contract reinstated"),
    "support.start_chosen": ("info", "cal", "Support start chosen"),
    "support.anchor_moved": ("warn", "cal", "Support counts from another shipment date"),
    "support.moved_away": ("info", "box", "Support moved to the unit that replaced this one"),
    "support.moved_here": (
        "info",
        "box",
        "Support moved here from the unit that this one replaced",
    ),
    "support.term_kept": ("info", "cal", "Support kept for the whole term"),
    "support.cancelled": ("stop", "x", "Support contract cancelled"),
    "report.submitted": ("info", "file", "Installation report handed in"),
    "report.accepted": ("ok", "file", "Installation report accepted"),
    "report.sent_back": ("warn", "file", "Installation report sent back"),
    "report.withdrawn": ("warn", "file", "Installation report withdrawn"),
    "report.signature_corrected": ("warn", "cal", "Day of signature corrected"),
    "dispute.opened": ("info", "msg", "Reported as wrong"),
    "dispute.accepted": ("ok", "msg", "Dispute accepted"),
    "dispute.answered": ("wait", "msg", "Dispute answered"),
    "dispute.withdrawn": ("wait", "msg", "Dispute withdrawn"),
}
"""How each event is shown; an event that is not named here is told by a shipment."""


def history_of(
    unit: Unit,
    legs: Iterable[Shipment],
    reports: Iterable[InstallationReport],
    organization: Organization,
) -> Iterator[Entry]:
    """Yield what happened to the unit and its papers, newest first; one query.

    Papers of another organization are told without naming who filed them; its disputes
    are not told at all.
    """
    legs = list(legs)
    disputes = Dispute.objects.for_organization(organization).filter(unit=unit)
    events = Event.objects.filter(
        Q(record_type="warranty.unit", record_id=unit.pk)
        | Q(record_type="warranty.shipment", record_id__in=[leg.pk for leg in legs])
        | Q(record_type="warranty.installationreport", record_id__in=[r.pk for r in reports])
        | Q(record_type="warranty.dispute", record_id__in=disputes.values("pk")),
        name__in=TITLES,
    )
    for event in events.newest_first()[:LONGEST]:
        yield _entry(event, organization)
    for leg in sorted(legs, key=lambda leg: (leg.shipped_on, leg.pk), reverse=True):
        yield Entry(
            tone="wait",
            icon="box",
            title=f"Shipped by {leg.shipped_by} to {leg.consignee}",
            text=f"Shipment {leg.number}.",
            on=leg.shipped_on,
        )


def _entry(event: Event, organization: Organization) -> Entry:
    tone, icon, title = TITLES[event.name]
    is_own = organization.is_huawei or event.organization_id in (None, organization.pk)
    return Entry(
        tone=tone,
        icon=icon,
        title=title,
        text=" ".join(_sentences(event)),
        actor=event.actor_label if is_own else "",
        at=event.at,
    )


def _sentences(event: Event) -> Iterator[str]:
    """Yield what the event keeps, as sentences: old and new dates, the cause, the reason."""
    detail = event.detail
    if event.name.startswith("report."):
        yield f"{event.record_label}."
    if event.name in ("warranty.started", "warranty.moved", "warranty.unstarted"):
        yield from _moved(detail)
    if event.name == "unit.replaced":
        yield f"{detail['by']} is in use since {_day(detail['on'])}."
    if event.name == "unit.replaces":
        yield f"It replaced {detail['other']} on {_day(detail['on'])}."
    if event.name.startswith("support."):
        yield from _support(detail)
    if event.name in ("shipment.date_corrected", "report.signature_corrected"):
        yield f"From {_day(detail['before'])} to {_day(detail['after'])}."
    if event.name in ("unit.serial_corrected", "unit.part_number_corrected"):
        yield f"From {detail['before']} to {detail['after']}."
    if event.name.startswith("dispute."):
        yield f"{event.record_label}."
    if event.name == "dispute.opened":
        yield from _disputed(detail)
    if detail.get("cause") and not detail["cause"].startswith("day 90"):
        yield f"Cause: {detail['cause'].rstrip('.')}."
    if detail.get("reason"):
        yield f"Reason: {detail['reason'].rstrip('.')}."


def _disputed(detail: dict) -> Iterator[str]:
    subject = DisputeSubject(detail["subject"])
    on_file, claimed = (claims.in_words(subject, detail[name]) for name in ("on_file", "claimed"))
    yield f"{subject.label}: {on_file} on file, {claimed} by the document."


def _moved(detail: dict) -> Iterator[str]:
    after = detail.get("after") or (detail if "starts_on" in detail else None)
    if after:
        yield (
            f"Starts {_day(after['starts_on'])} by rule {after['rule']}, "
            f"ends {_day(after['ends_on'])}."
        )
    if detail.get("before"):
        yield f"Before: {_day(detail['before']['starts_on'])} by rule {detail['before']['rule']}."


def _support(detail: dict) -> Iterator[str]:
    yield f"{detail['level']}."
    after = detail.get("after") or (detail if "starts_on" in detail else None)
    if after:
        yield f"Starts {_day(after['starts_on'])}, ends {_day(after['ends_on'])}."
    if detail.get("before"):
        yield f"Before: starts {_day(detail['before']['starts_on'])}."


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))
