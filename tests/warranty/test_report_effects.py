"""What a report does to a unit, said before anybody stores it: both sides of each boundary."""

from datetime import date, timedelta

import pytest

from tests.builders import CAP_ON, SHIPPED_ON
from warranty.effects import check_signature, could_change, grouped, report_effect
from warranty.enums import EffectKind
from warranty.policy import SignedBeforeShipment, SignedInFuture, Terms

TERMS = Terms(version="2018-01")


def day(number):
    return SHIPPED_ON + timedelta(days=number)


def effect(*, signed, today=200, counted=None, service=True, void=False):
    return report_effect(
        shipped_on=SHIPPED_ON,
        installation_service=service,
        signed_on=day(signed),
        counted_on=None if counted is None else day(counted),
        months=12,
        is_void=void,
        today=day(today),
        terms=TERMS,
    )


@pytest.mark.parametrize(
    ("signed", "kind", "after"),
    [
        (0, EffectKind.MOVES, date(2026, 1, 10)),
        (89, EffectKind.MOVES, date(2026, 4, 9)),
        (90, EffectKind.SAME_DAY, CAP_ON),
        (91, EffectKind.LATE, CAP_ON),
    ],
)
def test_a_signature_counts_up_to_day_90(signed, kind, after):
    found = effect(signed=signed)
    assert (found.kind, found.before, found.after) == (kind, CAP_ON, after)


@pytest.mark.parametrize(("today", "kind"), [(89, EffectKind.STARTS), (90, EffectKind.MOVES)])
def test_from_day_90_on_a_report_moves_a_start_and_says_that_it_shortens_cover(today, kind):
    found = effect(signed=45, today=today)
    assert found.kind is kind
    assert ("shortens cover" in found.headline) is (kind is EffectKind.MOVES)


def test_a_start_names_its_day_and_what_happens_without_the_report():
    found = effect(signed=45, today=50)
    assert found.headline == "warranty starts on 24 Feb 2026 (day 45)"
    assert found.note == (
        "The term ends on 23 Feb 2027. Without this report warranty starts on 10 Apr 2026 (day 90)."
    )


def test_a_moved_start_names_both_days_and_both_ends():
    found = effect(signed=60)
    assert found.headline == (
        "warranty has started on 10 Apr 2026 (day 90) and moves back to 11 Mar 2026 (day 60), "
        "which shortens cover"
    )
    assert "ends on 10 Mar 2027 instead of 9 Apr 2027" in found.note


def test_a_late_signature_leaves_day_90():
    found = effect(signed=104)
    assert found.headline == "warranty stays at 10 Apr 2026 (day 90)"
    assert found.note.startswith("This report was signed on day 104, after day 90.")


@pytest.mark.parametrize(("today", "verb"), [(89, "starts"), (90, "started")])
def test_without_installation_service_no_signature_counts(today, verb):
    found = effect(signed=10, today=today, service=False)
    assert not found.changes
    assert found.headline == f"no effect, warranty {verb} on 10 Apr 2026 (day 90)"
    assert "Installation service was not purchased" in found.note


@pytest.mark.parametrize(
    ("signed", "kind", "after"),
    [(19, EffectKind.MOVES, 19), (20, EffectKind.EARLIER, 20), (30, EffectKind.EARLIER, 20)],
)
def test_of_several_signatures_the_earliest_counts(signed, kind, after):
    found = effect(signed=signed, counted=20)
    assert (found.kind, found.after) == (kind, day(after))


def test_a_late_signature_on_file_does_not_stand_in_the_way_of_one_in_time():
    assert effect(signed=30, counted=95).after == day(30)


def test_a_void_warranty_stays_void():
    found = effect(signed=30, void=True)
    assert (found.changes, found.headline) == (False, "no effect, the warranty is void")


def test_withdrawing_tells_the_way_back():
    assert "moves from 24 Feb 2026 (day 45) to 10 Apr 2026 (day 90)" in effect(signed=45).undone
    assert "waits again, until 10 Apr 2026 (day 90)" in effect(signed=45, today=60).undone
    assert effect(signed=95).undone.startswith("warranty stays as it is")


def test_units_with_the_same_effect_stand_together_and_changes_come_first():
    rows = [("A", effect(signed=95)), ("B", effect(signed=45)), ("C", effect(signed=45))]
    first, last = grouped(rows)
    assert first.headline.startswith("2 units: warranty has started")
    assert (first.serials, last.serials) == (("B", "C"), ("A",))
    assert last.headline == "1 unit: warranty stays at 10 Apr 2026 (day 90)"


@pytest.mark.parametrize(
    ("change", "could"),
    [
        ({}, True),
        ({"starts_on": SHIPPED_ON}, False),
        ({"installation_service": False}, False),
        ({"is_void": True}, False),
        ({"today": day(-1)}, False),
    ],
)
def test_a_report_is_offered_only_where_one_could_change_the_start(change, could):
    facts = {
        "shipped_on": SHIPPED_ON,
        "installation_service": True,
        "starts_on": CAP_ON,
        "is_void": False,
        "today": day(0),
    }
    assert could_change(**facts | change) is could


def test_a_signature_lies_between_shipment_and_today():
    shipments = [("A", day(0)), ("B", day(2))]
    check_signature(shipments, signed_on=day(2), today=day(2))
    with pytest.raises(SignedBeforeShipment, match=r"Huawei shipped B \(shipped 12 Jan 2026"):
        check_signature(shipments, signed_on=day(1), today=day(2))
    with pytest.raises(SignedInFuture, match="after today"):
        check_signature(shipments, signed_on=day(3), today=day(2))
    with pytest.raises(SignedInFuture):
        check_signature([], signed_on=day(3), today=day(2))


def test_a_refusal_names_ten_units_and_counts_the_others():
    shipments = [(f"S{number:02d}", day(5)) for number in range(12)]
    with pytest.raises(SignedBeforeShipment, match=r"S09 \(shipped 15 Jan 2026\) and 2 more"):
        check_signature(shipments, signed_on=day(1), today=day(9))
