"""The first sentences of an answer: is it covered, until when, and what to do."""

from dataclasses import dataclass

from catalog.policy import day_text
from partners.models import Organization
from portal.unit_facts import dead_on_arrival
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.models import Shipment
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


def route_of(legs: list[Shipment], organization: Organization, terms: Terms) -> str:
    """Say whom to turn to when the unit fails, from where `organization` stands."""
    doa = dead_on_arrival(legs, organization, terms)
    names = " or ".join(applicant["name"] for applicant in doa["applicants"])
    if doa["route"] == "application":
        return (
            f"If it is dead on arrival (first boot, or within {terms.doa_hours} hours of first "
            f"power-on), call the TAC on {doa['call']}. Otherwise ask for a warranty exchange."
        )
    if organization.is_huawei and names:
        return f"If it fails, {names} applies by calling the TAC on {doa['call']}."
    if names:
        return f"If it fails, contact {names}, who applies for you."
    return f"If it fails, call the TAC on {doa['call']} and quote the serial number."


def verdict_of(cover: Cover, route: str, is_today: bool) -> Verdict:
    """Return the state first, the dates second, the next step third."""
    day = "today" if is_today else "on this day"
    titles = {
        WarrantyStatus.PENDING: "Warranty has not started",
        WarrantyStatus.ACTIVE: f"Covered {day} by warranty",
        WarrantyStatus.EXPIRED: f"Not covered {day}: the warranty has ended",
        WarrantyStatus.VOID: f"Not covered {day}: the warranty is void",
    }
    return Verdict(
        tone=TONES[cover.status],
        title=titles[cover.status],
        text=_sentence(cover),
        next_step=QUOTE if cover.status in OVER else route,
    )


def _sentence(cover: Cover) -> str:
    """Return what holders read: the dates, and beside them the support contract."""
    if cover.status is WarrantyStatus.VOID:
        return cover.reasons[0].sentence
    if cover.status is WarrantyStatus.PENDING:
        return dates_sentence(cover)
    return f"{dates_sentence(cover)} No support contract is registered."


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
