"""The life cycle of a product: every precision, every order, both sides of each day."""

from datetime import date

import pytest

from catalog.enums import LifecycleStatus, MilestoneKind, Precision
from catalog.milestones import (
    NOT_ANNOUNCED,
    TO_BE_ANNOUNCED,
    MilestoneDate,
    UnreadableMilestone,
    expectations,
    in_month,
    is_reached,
    kinds_changed,
    merged,
    next_after,
    on_day,
    out_of_order,
    reached_by,
    read_date,
    service_ends_on,
    status_on,
)

GA, EOM, EOFS, EOS = MilestoneKind
JUNE = date(2026, 6, 15)


def dates(**texts):
    """Return milestones as a person writes them: dates(eom="2026-06-30")."""
    return {MilestoneKind(k): read_date(t, MilestoneKind(k)) for k, t in texts.items()}


@pytest.mark.parametrize(
    ("text", "precision", "day", "shown", "iso"),
    [
        ("2026-06-30", Precision.DAY, date(2026, 6, 30), "30 Jun 2026", "2026-06-30"),
        (" 2026-06 ", Precision.MONTH, date(2026, 6, 30), "Jun 2026", "2026-06"),
        ("2028-02", Precision.MONTH, date(2028, 2, 29), "Feb 2028", "2028-02"),
        ("To be  announced", Precision.TO_BE_ANNOUNCED, None, "to be announced", "to be announced"),
        ("TBA", Precision.TO_BE_ANNOUNCED, None, "to be announced", "to be announced"),
        ("not announced", Precision.NOT_ANNOUNCED, None, "not announced", "not announced"),
    ],
)
def test_each_precision_is_read_and_shown_as_it_is_known(text, precision, day, shown, iso):
    found = read_date(text, EOS)
    assert (found.precision, found.day, found.text, found.iso) == (precision, day, shown, iso)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-06-31", "1999-12", "2101-01-01", "06/2026", "soon"]
)
def test_what_says_no_date_is_refused_with_what_to_write(text):
    with pytest.raises(UnreadableMilestone, match="Write YYYY-MM-DD, YYYY-MM or to be announced"):
        read_date(text, EOM)


def test_a_month_counts_as_its_last_day_and_for_availability_as_its_first():
    counted = {kind: in_month(JUNE, kind).day for kind in MilestoneKind}
    end = date(2026, 6, 30)
    assert counted == {GA: date(2026, 6, 1), EOM: end, EOFS: end, EOS: end}


@pytest.mark.parametrize(
    ("precision", "day"),
    [(Precision.DAY, None), (Precision.MONTH, None), (Precision.TO_BE_ANNOUNCED, JUNE),
     (Precision.NOT_ANNOUNCED, JUNE)],
)  # fmt: skip
def test_a_day_comes_with_its_precision_only(precision, day):
    with pytest.raises(ValueError, match="A day comes with"):
        MilestoneDate(precision, day)


@pytest.mark.parametrize(
    ("earlier", "later"), [("ga", "eom"), ("ga", "eofs"), ("ga", "eos"), ("eom", "eofs"),
                           ("eom", "eos"), ("eofs", "eos")],
)  # fmt: skip
def test_each_two_milestones_may_share_a_day_but_not_change_places(earlier, later):
    assert out_of_order(dates(**{earlier: "2026-06-15", later: "2026-06-15"})) == ()
    (said,) = out_of_order(dates(**{earlier: "2026-06-15", later: "2026-06-14"}))
    first, second = MilestoneKind(earlier).label.lower(), MilestoneKind(later).label
    assert said == f"{second} (14 Jun 2026) is before {first} (15 Jun 2026)."


def test_every_pair_in_the_wrong_order_is_named():
    said = out_of_order(dates(ga="2027-01-01", eom="2026-06-15", eos="2026-01-01"))
    assert len(said) == 3


def test_months_are_ordered_by_the_day_that_they_count_as():
    assert out_of_order(dates(eom="2026-06", eofs="2026-06-30")) == ()
    assert out_of_order(dates(ga="2026-06", eom="2026-06-01")) == ()
    assert out_of_order(dates(eom="2026-06", eofs="2026-06-29")) == (
        "End of full support (29 Jun 2026) is before "
        "end of marketing (Jun 2026, counted as 30 Jun 2026).",
    )


@pytest.mark.parametrize("words", ["to be announced", "not announced"])
def test_what_has_no_date_is_ignored_in_the_order(words):
    assert out_of_order(dates(ga="2026-01-01", eom=words, eofs="2027-01-01", eos=words)) == ()
    assert out_of_order(dates(ga="2028-01-01", eom=words, eofs="2027-01-01")) != ()


def test_orders_are_refused_on_the_day_of_the_end_of_marketing():
    assert not is_reached(EOM, on_day(JUNE), on=date(2026, 6, 14))
    assert is_reached(EOM, on_day(JUNE), on=JUNE)


@pytest.mark.parametrize("kind", [EOFS, EOS])
def test_the_last_day_of_support_is_still_given(kind):
    assert not is_reached(kind, on_day(JUNE), on=JUNE)
    assert is_reached(kind, on_day(JUNE), on=date(2026, 6, 16))


@pytest.mark.parametrize("kind", MilestoneKind)
def test_the_latest_day_that_is_reached_is_where_reaching_turns(kind):
    latest = reached_by(kind, on=JUNE)
    assert is_reached(kind, on_day(latest), on=JUNE)
    assert not is_reached(kind, on_day(latest.replace(day=latest.day + 1)), on=JUNE)


WHOLE = {"ga": "2020-01-01", "eom": "2026-01-01", "eofs": "2027-01-01", "eos": "2028-01-01"}


@pytest.mark.parametrize(
    ("milestones", "day", "status"),
    [
        ({}, "2026-06-15", "not_announced"),
        ({"eom": "not announced", "eos": "not announced"}, "2026-06-15", "not_announced"),
        ({"ga": "2026-06-16"}, "2026-06-15", "not_yet_available"),
        ({"ga": "2026-06-15"}, "2026-06-15", "available"),
        ({"ga": "to be announced"}, "2026-06-15", "not_announced"),
        ({"eom": "to be announced"}, "2026-06-15", "end_announced"),
        (WHOLE, "2019-12-31", "not_yet_available"),
        (WHOLE, "2025-12-31", "end_announced"),
        (WHOLE, "2026-01-01", "end_of_marketing"),
        (WHOLE, "2027-01-01", "end_of_marketing"),
        (WHOLE, "2027-01-02", "end_of_full_support"),
        (WHOLE, "2028-01-01", "end_of_full_support"),
        (WHOLE, "2028-01-02", "end_of_service_and_support"),
        ({"eom": "2026-06"}, "2026-06-29", "end_announced"),
        ({"eom": "2026-06"}, "2026-06-30", "end_of_marketing"),
        ({"eos": "2026-06"}, "2026-06-30", "end_announced"),
        ({"eos": "2026-06"}, "2026-07-01", "end_of_service_and_support"),
    ],
)
def test_a_product_stands_somewhere_on_every_day(milestones, day, status):
    assert status_on(dates(**milestones), on=date.fromisoformat(day)) == LifecycleStatus(status)


@pytest.mark.parametrize(
    ("milestones", "said"),
    [
        ({}, ("No end is announced. This does not say how long it is supported.",)),
        ({"eom": "2026-07-01", "eofs": "2027-07-01", "eos": "2028-07"},
         ("Orders are accepted until 30 Jun 2026.", "Full support until 1 Jul 2027.",
          "Service and support until the end of Jul 2028. Then all services stop.")),
        ({"eom": "2026-06-15", "eofs": "2026-06-15", "eos": "2026-06-15"},
         ("Orders are refused since 15 Jun 2026.", "Full support until 15 Jun 2026.",
          "Service and support until 15 Jun 2026. Then all services stop.")),
        ({"eom": "2026-05", "eofs": "2026-05", "eos": "2026-06-14"},
         ("Orders ended in May 2026.", "Full support ended in May 2026.",
          "Service and support ended on 14 Jun 2026.")),
        ({"eom": "2026-08", "eofs": "tba", "eos": "tba"},
         ("Orders end in Aug 2026.", "The end of full support is to be announced.",
          "The end of service and support is to be announced.")),
        ({"eom": "tba"}, ("The end of orders is to be announced.",)),
    ],
)  # fmt: skip
def test_what_a_unit_may_still_expect_is_said_in_sentences(milestones, said):
    assert expectations(dates(**milestones), on=JUNE) == said


def test_a_part_number_has_its_own_milestones_before_those_of_its_product():
    product = dates(eom="2026-01-01", eos="2030-01-01")
    both = merged(product, dates(eos="2029-01-01"))
    assert both == dates(eom="2026-01-01", eos="2029-01-01")
    assert service_ends_on(merged(product, {EOS: NOT_ANNOUNCED})) is None
    assert service_ends_on(product) == date(2030, 1, 1)
    assert service_ends_on({}) is None


def test_the_next_milestone_is_the_first_that_is_not_reached():
    whole = dates(**WHOLE)
    assert next_after(whole, on=date(2026, 1, 1)) == (EOFS, on_day(date(2027, 1, 1)))
    assert next_after(whole, on=date(2028, 1, 1)) == (EOS, on_day(date(2028, 1, 1)))
    assert next_after(whole, on=date(2028, 1, 2)) is None
    assert next_after({EOS: TO_BE_ANNOUNCED}, on=JUNE) is None


def test_what_is_taken_back_differs_and_what_was_never_said_does_not():
    assert list(kinds_changed({}, {EOM: NOT_ANNOUNCED})) == []
    assert list(kinds_changed(dates(eom="2026-06"), dates(eom="2026-06-30"))) == [EOM]
