"""What a stranger is told about a unit: its cover and why, and nothing of who holds it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from catalog.policy import USUAL_LENGTHS, day_text
from portal.lifecycle_facts import Lifecycle, lifecycle_of
from portal.unit_facts import unit_cover, unit_version
from portal.verdict import OVER, TONES, dates_sentence
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.models import PolicyVersion, Unit
from warranty.policy import Cover
from warranty.reasons import Reason, void_reason

DISTRIBUTOR_APPLIES = (
    "If it fails, your distributor applies for you. Tell them what happened; we know who they are."
)
NOT_COVERED = (
    "Ask for a repair quote, or tell us if you think a date is wrong. What a HiCare or CoCare "
    "contract covers, its holder sees."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A way on: the words of its link, and what the message is then about.

    Without a subject it leads to the form for a unit that has failed.
    """

    label: str
    about: str = ""


REFER = Step(label="It is dead: tell my distributor")
E_MAIL = Step(label="E-mail my distributor", about="claim")
UNKNOWN = Step(label="E-mail my distributor", about="unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnswer:
    """The page's words about one unit that has left the distributors' stock."""

    serial: str
    model: str
    tone: str
    title: str
    text: str
    next_step: str
    cover: Cover
    lifecycle: Lifecycle
    reasons: tuple[Reason, ...]
    version: PolicyVersion

    @property
    def steps(self) -> tuple[Step, ...]:
        return _AFTER if self.cover.status in OVER else (REFER, E_MAIL)

    @property
    def service_ends_first(self) -> str:
        """Say when service and support end, where that is before the warranty does."""
        return self.lifecycle.ends_before(self.cover.ends_on)

    @property
    def has_ended(self) -> bool:
        return self.cover.status is WarrantyStatus.EXPIRED

    @property
    def is_void(self) -> bool:
        return self.cover.status is WarrantyStatus.VOID

    @property
    def is_latest_start(self) -> bool:
        """Tell whether the start shown is the latest one, and a report may bring it forward."""
        pending = self.cover.status is WarrantyStatus.PENDING
        return pending and self.cover.rule is WarrantyRule.W3


def units_told(serial: str, part_number: str) -> list[Unit]:
    """Return the units that a stranger may ask about, of a serial number as stored.

    What is in a distributor's stock is left out by the query itself, so that it
    costs and answers the same as a serial number that does not exist.
    """
    units = Unit.unscoped.with_serial(serial).sold_on()
    if part_number:
        units = units.filter(part_number__number=part_number)
    return list(units.for_answer().with_first_signature())


def public_answer(unit: Unit, *, today: date) -> PublicAnswer:
    """Say whether the unit is covered today, until when, and what to do next."""
    version = unit_version(unit)
    cover = unit_cover(unit, version.terms(), on=today, names_others=False)
    lifecycle = lifecycle_of(unit, on=today)
    if hasattr(unit, "replacement") and unit.replacement.replaced_on <= today:
        return _replaced(unit, cover, lifecycle, version)
    return PublicAnswer(
        serial=unit.serial,
        model=unit.product.model,
        tone=TONES[cover.status],
        title=_TITLES[cover.status],
        text=dates_sentence(cover),
        next_step=NOT_COVERED if cover.status in OVER else DISTRIBUTOR_APPLIES,
        cover=cover,
        lifecycle=lifecycle,
        reasons=(*_reasons(cover), *lifecycle.reasons()),
        version=version,
    )


def _replaced(
    unit: Unit, cover: Cover, lifecycle: Lifecycle, version: PolicyVersion
) -> PublicAnswer:
    """Say that a unit is out of use, and not which one is in its place."""
    return PublicAnswer(
        serial=unit.serial,
        model=unit.product.model,
        tone="wait",
        title="This unit was replaced",
        text=f"It was replaced on {day_text(unit.replacement.replaced_on)} and is out of use.",
        next_step="Check the serial number on the label of the unit that came in its place.",
        cover=cover,
        lifecycle=lifecycle,
        reasons=tuple(_reasons(cover)),
        version=version,
    )


_TITLES = {
    WarrantyStatus.PENDING: "Warranty has not started",
    WarrantyStatus.ACTIVE: "Covered today by warranty",
    WarrantyStatus.EXPIRED: "Not covered by warranty today",
    WarrantyStatus.VOID: "Not covered by warranty today",
}
_AFTER = (
    Step(label="Ask for a quote", about="quote"),
    Step(label="Report a wrong date", about="date"),
)


def _reasons(cover: Cover) -> Iterator[Reason]:
    """Yield the reasons; why a warranty is void stays between Huawei and the holder."""
    reasons = iter(cover.reasons)
    if cover.status is WarrantyStatus.VOID:
        next(reasons)
        yield void_reason("")
    yield from reasons


def odd_length(serial: str) -> str:
    """Say that a serial number has an unusual length; it may be right all the same."""
    if len(serial) in USUAL_LENGTHS:
        return ""
    return f"Serial numbers have 12, 16 or 20 characters. You entered {len(serial)}."
