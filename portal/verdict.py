"""The first sentences of an answer: is it covered, until when, and what to do."""

from dataclasses import dataclass

from catalog.policy import day_text
from doa.enums import Remedy
from doa.remedies import choose_remedy
from partners.models import Organization
from portal.support_facts import Support
from portal.unit_facts import dead_on_arrival
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.models import Shipment, UnitReplacement
from warranty.policy import Cover, Terms
from warranty.reasons import void_reason

TONES = {
    WarrantyStatus.PENDING: "info",
    WarrantyStatus.ACTIVE: "ok",
    WarrantyStatus.EXPIRED: "wait",
    WarrantyStatus.VOID: "stop",
}
"""The colour family of each state of a warranty."""


OVER = (WarrantyStatus.EXPIRED, WarrantyStatus.VOID)
QUOTE = "If it fails, ask for a repair quote, or tell us if you think a date is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person wants to know first: the state, in a title and two sentences."""

    tone: str
    title: str
    text: str
    next_step: str


def next_step(
    legs: list[Shipment],
    organization: Organization,
    terms: Terms,
    *,
    cover: Cover,
    support: Support,
) -> str:
    """Say what to do when the unit fails, from where `organization` stands.

    Source: policy section 5.
    """
    remedy = choose_remedy(
        doa=None, warranty=cover.status, has_active_contract=bool(support.active)
    ).kind
    if remedy is Remedy.NONE:
        return QUOTE
    return _route(legs, organization, terms, claim=support.claim(remedy))


def _route(legs: list[Shipment], organization: Organization, terms: Terms, *, claim: str) -> str:
    doa = dead_on_arrival(legs, organization, terms)
    names = " or ".join(applicant["name"] for applicant in doa["applicants"])
    if doa["route"] == "application":
        return (
            f"If it is dead on arrival (first boot, or within {terms.doa_hours} hours of first "
            f"power-on), call the TAC on {doa['call']}. {claim}"
        )
    if organization.is_huawei and names:
        return f"If it fails, {names} applies by calling the TAC on {doa['call']}."
    if names:
        return f"If it fails, contact {names}, who applies for you."
    return f"If it fails, call the TAC on {doa['call']} and quote the serial number."


def verdict_of(cover: Cover, support: Support, step: str, is_today: bool) -> Verdict:
    """Return the state first, the dates second, the next step third."""
    day = "today" if is_today else "on this day"
    families = support.families
    title = _covered(cover, day, families) if families else _by_warranty(cover, day)
    return Verdict(
        tone="ok" if families else TONES[cover.status],
        title=title,
        text=_sentence(cover, support),
        next_step=step,
    )


def replaced_verdict(link: UnitReplacement) -> Verdict:
    """Return the verdict on a unit that is out of use: where the one in use is."""
    return Verdict(
        tone="wait",
        title=f"Replaced by {link.new.serial}",
        text=(
            f"It was replaced on {day_text(link.replaced_on)} "
            f"({link.get_kind_display()}, {link.cause}). This unit is closed."
        ),
        next_step=f"Look up {link.new.serial}. Its page says what covers it.",
    )


def _by_warranty(cover: Cover, day: str) -> str:
    titles = {
        WarrantyStatus.PENDING: "Warranty has not started",
        WarrantyStatus.ACTIVE: f"Covered {day} by warranty",
        WarrantyStatus.EXPIRED: f"Not covered {day}: the warranty has ended",
        WarrantyStatus.VOID: f"Not covered {day}: the warranty is void",
    }
    return titles[cover.status]


def _covered(cover: Cover, day: str, families: str) -> str:
    titles = {
        WarrantyStatus.PENDING: f"Covered {day} by {families}: the warranty has not started",
        WarrantyStatus.ACTIVE: f"Covered {day} by warranty and {families}",
        WarrantyStatus.EXPIRED: f"Covered {day} by {families}: the warranty has ended",
        WarrantyStatus.VOID: f"Covered {day} by {families}: the warranty is void",
    }
    return titles[cover.status]


def _sentence(cover: Cover, support: Support) -> str:
    """Return what holders read: the dates, and beside them the support contract."""
    is_void = cover.status is WarrantyStatus.VOID
    dates = cover.reasons[0].sentence if is_void else dates_sentence(cover)
    if not support.kept and cover.status in (WarrantyStatus.VOID, WarrantyStatus.PENDING):
        return dates
    return f"{dates} {support.sentence}"


def dates_sentence(cover: Cover) -> str:
    """Return the dates in words that anybody may read."""
    if cover.status is WarrantyStatus.PENDING and cover.rule is WarrantyRule.W3:
        return (
            "It starts when an installation report is signed, "
            f"and on {day_text(cover.cap_on)} (day 90) at the latest."
        )
    if cover.status is WarrantyStatus.PENDING:
        return f"It starts on {day_text(cover.starts_on)} and ends on {day_text(cover.ends_on)}."
    if cover.status is WarrantyStatus.ACTIVE:
        return (
            f"Warranty from {day_text(cover.starts_on)} until {day_text(cover.ends_on)}, "
            "both days covered."
        )
    if cover.status is WarrantyStatus.EXPIRED:
        return f"Warranty ran from {day_text(cover.starts_on)} until {day_text(cover.ends_on)}."
    return void_reason("").sentence
