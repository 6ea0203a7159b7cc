"""Setting milestones: all or none, each with what stood before, earlier values kept."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import Event
from catalog.enums import MilestoneKind, Precision
from catalog.milestones import NOT_ANNOUNCED, MilestoneDate, in_month, on_day, read_date
from catalog.models import Milestone, PartNumber
from catalog.workflow import CauseMissing, MilestoneRow, MilestonesRefused, set_milestones
from tests.builders import at_noon, make_organization, make_part_number, make_staff, make_user

pytestmark = pytest.mark.django_db

GA, EOM, EOFS, EOS = MilestoneKind
AT = at_noon(date(2026, 3, 2))


def row(part_number, kind, text, *, own=False):
    return MilestoneRow(
        product=part_number.product,
        part_number=part_number if own else None,
        kind=kind,
        date=read_date(text, kind),
    )


def state(rows, *, user=None, at=AT, cause="Announcement EOM-2026-001"):
    return set_milestones(rows, user=user or make_staff(), at=at, cause=cause)


def current(part_number):
    found = Milestone.objects.by_part_number([part_number])[part_number.pk]
    return {kind.value: when.iso for kind, when in found.items()}


@pytest.mark.parametrize(
    ("text", "precision", "day"),
    [
        ("2026-06-15", Precision.DAY, date(2026, 6, 15)),
        ("2026-06", Precision.MONTH, date(2026, 6, 30)),
        ("to be announced", Precision.TO_BE_ANNOUNCED, None),
    ],
)
def test_each_precision_is_kept_with_the_day_that_it_counts_as(text, precision, day):
    part = make_part_number()
    state([row(part, EOM, text)])
    kept = Milestone.objects.get()
    assert (kept.precision, kept.day, kept.date.iso) == (precision, day, text)
    assert (kept.cause, kept.set_at, kept.replaced_at) == ("Announcement EOM-2026-001", AT, None)


def test_a_month_may_be_given_by_any_of_its_days():
    part = make_part_number()
    tenth = MilestoneDate(Precision.MONTH, date(2026, 6, 10))
    state([MilestoneRow(product=part.product, kind=EOS, date=tenth)])
    assert Milestone.objects.get().date == in_month(date(2026, 6, 10), EOS)


def test_a_date_that_moves_leaves_the_earlier_one_to_be_read_and_an_event_with_both():
    part = make_part_number()
    state([row(part, EOS, "2028-06")])
    later = AT + timedelta(days=30)
    (change,) = state([row(part, EOS, "2029-01-31")], at=later, cause="Revision 2")
    assert (change.before.iso, change.after.iso) == ("2028-06", "2029-01-31")
    newest, oldest = Milestone.objects.about(part)
    assert (oldest.date.iso, oldest.replaced_at) == ("2028-06", later)
    assert (newest.date.iso, newest.cause, newest.replaced_at) == ("2029-01-31", "Revision 2", None)
    event = Event.objects.about("catalog.product", part.product_id)[0]
    assert (event.name, event.detail) == (
        "milestone.set",
        {
            "milestone": "End of service and support",
            "before": "2028-06",
            "after": "2029-01-31",
            "cause": "Revision 2",
        },
    )


def test_what_stands_already_changes_nothing():
    part = make_part_number()
    rows = [row(part, EOM, "2026-06"), row(part, EOS, "tba")]
    assert len(state(rows)) == 2
    assert state(rows, at=AT + timedelta(days=1)) == ()
    assert (Milestone.objects.count(), Event.objects.count()) == (2, 2)


def test_a_milestone_that_is_taken_back_is_not_announced_again():
    part = make_part_number()
    state([row(part, EOM, "2026-06")])
    state([row(part, EOM, "not announced")], at=AT + timedelta(days=1), cause="Withdrawn")
    assert current(part) == {"eom": "not announced"}
    assert state([row(part, EOFS, "not announced")]) == ()


def test_a_part_number_has_its_own_before_its_products():
    part = make_part_number("02350001")
    other = PartNumber.objects.create(number="02350002", product=part.product)
    state(
        [row(part, EOM, "2026-06"), row(part, EOS, "2030-06"), row(part, EOS, "2029-06", own=True)]
    )
    assert current(part) == {"eom": "2026-06", "eos": "2029-06"}
    assert current(other) == {"eom": "2026-06", "eos": "2030-06"}


def test_milestones_out_of_order_are_refused_with_every_product_named_and_nothing_kept():
    good, bad, worse = (make_part_number(f"0235000{n}") for n in range(3))
    with pytest.raises(MilestonesRefused) as refusal:
        state(
            [
                row(good, EOM, "2026-06"),
                row(bad, EOM, "2026-06"),
                row(bad, EOS, "2026-06-29"),
                row(worse, EOFS, "2026-06-30"),
                row(worse, EOM, "2026-07-01"),
            ]
        )
    first, second = refusal.value.refusals
    assert first.startswith(f"{bad.product}: End of service and support (29 Jun 2026) is before")
    assert second.startswith(f"{worse.product}: End of full support (30 Jun 2026) is before")
    assert (Milestone.objects.count(), Event.objects.count()) == (0, 0)


def test_the_order_holds_against_what_stands_already():
    part = make_part_number()
    state([row(part, EOM, "2026-06-15")])
    with pytest.raises(MilestonesRefused, match="before end of marketing"):
        state([row(part, EOFS, "2026-06-14")])
    state([row(part, EOFS, "2026-06-15")])
    assert current(part) == {"eom": "2026-06-15", "eofs": "2026-06-15"}


def test_a_product_may_not_move_past_what_one_of_its_part_numbers_has_of_its_own():
    part = make_part_number("02350009")
    state([row(part, EOM, "2026-06-15"), row(part, EOS, "2026-12-31", own=True)])
    with pytest.raises(MilestonesRefused, match=r"^02350009: End of service and support"):
        state([row(part, EOM, "2027-01-01")])
    assert current(part) == {"eom": "2026-06-15", "eos": "2026-12-31"}


def test_a_milestone_given_twice_or_for_a_foreign_part_number_is_refused():
    part, stranger = make_part_number(), make_part_number()
    foreign = MilestoneRow(
        product=part.product, part_number=stranger, kind=EOM, date=on_day(date(2026, 6, 1))
    )
    for rows, said in [
        ([row(part, EOM, "2026-06"), row(part, EOM, "2026-07")], "given twice"),
        ([foreign], "is no part number of"),
        ([MilestoneRow(product=part.product, kind=EOM, date=on_day(date(1999, 1, 1)))], "2000"),
    ]:
        with pytest.raises(MilestonesRefused, match=said):
            state(rows)
    assert not Milestone.objects.exists()


def test_a_milestone_needs_a_cause_and_somebody_who_may():
    part = make_part_number()
    rows = [row(part, EOM, "2026-06")]
    with pytest.raises(CauseMissing):
        state(rows, cause="  ")
    with pytest.raises(PermissionDenied, match="Announcing life-cycle milestones"):
        state(rows, user=make_user(make_organization(), "manager"))
    assert (Milestone.objects.count(), Event.objects.count()) == (0, 0)


def test_two_hundred_products_cost_a_dozen_queries(django_assert_max_num_queries):
    user = make_staff()
    user.joined_memberships()
    for count in (2, 200):
        rows = [row(make_part_number(), EOS, "2030-06") for _ in range(count)]
        with django_assert_max_num_queries(12):
            assert len(state(rows, user=user)) == count


def test_part_numbers_past_a_milestone_are_found_on_both_sides_of_the_day():
    own, of_product, expressly_not = make_part_number(), make_part_number(), make_part_number()
    state([row(own, EOS, "2030-01-01"), row(own, EOS, "2026-06-15", own=True)])
    state([row(of_product, EOS, "2026-06-15"), row(expressly_not, EOS, "2026-06-15")])
    state([row(expressly_not, EOS, "not announced", own=True)])
    last = date(2026, 6, 15)
    assert set(PartNumber.objects.past(EOS, on=last)) == set()
    assert set(PartNumber.objects.past(EOS, on=last + timedelta(days=1))) == {own, of_product}
    assert current(expressly_not) == {"eos": NOT_ANNOUNCED.iso}


@pytest.mark.parametrize(
    "wrong",
    [
        {"precision": "day", "day": None},
        {"precision": "to_be_announced", "day": date(2026, 6, 1)},
        {"kind": "eol"},
        {"precision": "roughly"},
        {"replaced_at": AT - timedelta(seconds=1)},
    ],
)
def test_the_database_holds_what_a_milestone_is(wrong):
    fields = {"kind": "eom", "precision": "day", "day": date(2026, 6, 1), "cause": "c"}
    fields |= {"set_at": AT, "set_by": "x", "product": make_part_number().product}
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.create(**fields | wrong)


def test_one_milestone_of_a_kind_stands_at_a_time():
    part = make_part_number()
    fields = {"kind": "eom", "precision": "to_be_announced", "cause": "c"}
    fields |= {"set_at": AT, "set_by": "x", "product": part.product}
    for more in ({}, {"part_number": part}):
        Milestone.objects.create(**fields, **more)
        with pytest.raises(IntegrityError), transaction.atomic():
            Milestone.objects.create(**fields, **more)
