"""Who is told of what: each holder once with its own count, and nobody for nothing."""

from collections import Counter
from datetime import date, timedelta

import pytest

from catalog.enums import MilestoneKind
from catalog.milestones import on_day
from lifecycle import mails, units, workflow
from lifecycle.enums import HoldingChange
from lifecycle.models import Announcement, Holding
from notifications.content import NothingToSay
from notifications.models import Message, Preference
from partners.enums import OrganizationKind
from tests.builders import (
    make_huawei,
    make_organization,
    make_part_number,
    make_unit,
    make_user,
    pass_on,
)
from tests.lifecycle.announced import AT, EOM, publish, revise
from warranty.models import Unit

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ANNOUNCED = "lifecycle/announced"


def told(template=ANNOUNCED):
    """Return the organization and the number of units of each mail, by code."""
    found = Message.unscoped.filter(template=template).order_by("organization__code")
    return [(m.organization.code, mails.announced(m).context["count"]) for m in found]


def test_each_holder_gets_one_mail_with_its_own_count():
    part, other = make_part_number(), make_part_number()
    one, two = make_organization("A1"), make_organization("B2")
    for _ in range(3):
        make_unit(one, part_number=part)
    make_unit(two, part_number=part)
    make_unit(two, part_number=other)
    publish(part)
    assert told() == [("A1", 3), ("B2", 1)]


def test_who_holds_a_unit_is_told_and_not_who_shipped_it_on():
    part, distributor, reseller = make_part_number(), make_organization("D"), make_organization("V")
    make_unit(distributor, part_number=part)
    pass_on(make_unit(distributor, part_number=part), reseller, shipped_on=date(2026, 2, 1))
    publish(part)
    assert told() == [("D", 1), ("V", 1)]


def test_for_an_end_customer_the_one_who_shipped_to_it_is_told():
    part, seller = make_part_number(), make_organization("D")
    customer = make_organization("C", OrganizationKind.END_CUSTOMER)
    pass_on(make_unit(seller, part_number=part), customer, shipped_on=date(2026, 2, 1))
    publish(part)
    assert told() == [("D", 1)]


def test_units_at_end_customers_count_beside_their_sellers_own():
    part, seller, reseller = make_part_number(), make_organization("D"), make_organization("V")
    customer = make_organization("C", OrganizationKind.END_CUSTOMER)
    for to in (None, customer, reseller, reseller):
        unit = make_unit(seller, part_number=part)
        if to:
            pass_on(unit, to, shipped_on=date(2026, 2, 1))
    counted = units.counted_by_holder(Unit.unscoped.all())
    rows = Unit.unscoped.annotate(held=units.holder()).values_list("held")
    assert counted == dict(Counter(pk for (pk,) in rows)) == {seller.pk: 2, reseller.pk: 2}


def test_what_huawei_sold_directly_mails_nobody():
    part = make_part_number()
    make_unit(make_organization("C", OrganizationKind.END_CUSTOMER), part_number=part)
    make_unit(make_huawei(), part_number=part)
    publish(part)
    assert told() == []


def test_telling_twice_tells_once():
    part = make_part_number()
    make_unit(make_organization("A1"), part_number=part)
    announcement = publish(part)
    workflow.tell(announcement, at=AT + HOUR)
    Holding.unscoped.update(told_at=None)
    workflow.tell(announcement, at=AT + HOUR)
    assert told() == [("A1", 1)]


def test_who_has_switched_the_kind_off_gets_nothing():
    part, holder = make_part_number(), make_organization("A1")
    make_unit(holder, part_number=part)
    Preference.objects.create(address=holder.email, kind="announcement", is_on=False)
    publish(part)
    assert Message.unscoped.get().status == "skipped"


def test_who_reads_once_a_week_hears_on_monday_in_one_mail():
    first, second, holder = make_part_number(), make_part_number(), make_organization("A1")
    for part in (first, second):
        make_unit(holder, part_number=part)
    Preference.objects.create(address=holder.email, kind="announcement", is_weekly=True)
    at = AT + timedelta(days=1)
    publish(first, number="PN-2026-1", at=at)
    publish(second, number="PN-2026-2", at=at + HOUR)
    mail = Message.unscoped.get()
    assert mail.template == "lifecycle/digest"
    assert mail.due_at.date() == date(2026, 11, 23)
    rows = mails.digest(mail).context["rows"]
    assert [(row["announcement"].number, row["count"]) for row in rows] == [
        ("PN-2026-2", 1),
        ("PN-2026-1", 1),
    ]


def test_subscribers_who_hold_nothing_read_of_all_of_it_on_monday():
    part, stranger = make_part_number(), make_organization("S1")
    make_unit(make_organization("A1"), part_number=part)
    reader = make_user(stranger)
    assert workflow.subscribe(user=reader, organization=stranger, at=AT)
    assert not workflow.subscribe(user=reader, organization=stranger, at=AT)
    at = AT + timedelta(days=1)
    publish(part, at=at)
    publish(make_part_number(), number="PN-2026-2", at=at)
    mail = Message.unscoped.get(organization=stranger)
    assert (mail.template, mail.recipient) == ("lifecycle/digest", reader.email)
    assert [row["count"] for row in mails.digest(mail).context["rows"]] == [0, 0]


def test_who_has_unsubscribed_reads_nothing_of_what_others_hold():
    stranger = make_organization("S1")
    reader = make_user(stranger)
    workflow.subscribe(user=reader, organization=stranger, at=AT)
    assert workflow.unsubscribe(user=reader, organization=stranger, at=AT)
    assert not workflow.unsubscribe(user=reader, organization=stranger, at=AT)
    publish(make_part_number())
    assert not Message.unscoped.exists()


def test_a_subscriber_who_holds_units_is_told_at_once_and_not_twice():
    part, holder = make_part_number(), make_organization("A1")
    make_unit(holder, part_number=part)
    workflow.subscribe(user=make_user(holder), organization=holder, at=AT)
    publish(part)
    assert Message.unscoped.get().template == ANNOUNCED


def test_a_revision_tells_only_those_for_whom_it_changes_something():
    moved, same = make_part_number(), make_part_number()
    one, two = make_organization("A1"), make_organization("B2")
    make_unit(one, part_number=moved)
    make_unit(two, part_number=same)
    first = publish(moved, same)
    Message.unscoped.all().delete()
    own = {moved.product.pk: {MilestoneKind.EOM: on_day(EOM + timedelta(days=1))}}
    second = revise(first, moved, same, own_dates=own, at=AT + HOUR)
    assert told() == [("A1", 1)]
    changes = dict(
        Holding.unscoped.filter(announcement=second).values_list("organization__code", "change")
    )
    assert changes == {"A1": HoldingChange.CHANGED, "B2": HoldingChange.SAME}


def test_who_is_no_longer_affected_is_told_so():
    kept, dropped = make_part_number(), make_part_number()
    one, two = make_organization("A1"), make_organization("B2")
    make_unit(one, part_number=kept)
    make_unit(two, part_number=dropped)
    first = publish(kept, dropped)
    Message.unscoped.all().delete()
    revise(first, kept, at=AT + HOUR)
    mail = Message.unscoped.get()
    assert mail.organization == two
    assert mails.announced(mail).context["is_released"]


def test_a_mail_that_waits_while_a_revision_comes_out_says_what_holds_then():
    moved, same = make_part_number(), make_part_number()
    make_unit(make_organization("A1"), part_number=moved)
    make_unit(make_organization("B2"), part_number=same)
    first = publish(moved, same)
    waiting = {m.organization.code: m for m in Message.unscoped.filter(template=ANNOUNCED)}
    revise(first, same, at=AT + HOUR)
    with pytest.raises(NothingToSay):
        mails.announced(waiting["A1"])
    assert mails.announced(waiting["B2"]).context["announcement"].version == 2


def test_what_a_holder_has_read_stays_read_while_nothing_changes_for_it():
    part, holder = make_part_number(), make_organization("A1")
    make_unit(holder, part_number=part)
    first = publish(part)
    reader = make_user(holder)
    assert workflow.acknowledge(Holding.unscoped.get(), user=reader, at=AT)
    assert not workflow.acknowledge(Holding.unscoped.get(), user=make_user(holder), at=AT)
    second = revise(first, part, text="In other words.", at=AT + HOUR)
    assert Holding.unscoped.get(announcement=second).acknowledged_by == str(reader)
    third = revise(second, part, eom=EOM + timedelta(days=1), at=AT + 2 * HOUR)
    assert Holding.unscoped.get(announcement=third).acknowledged_at is None


def test_a_version_counts_as_told_once_every_holder_is():
    part = make_part_number()
    for _ in range(5):
        make_unit(make_organization(), part_number=part)
    announcement = publish(part, tell=False)
    assert Announcement.objects.untold().exists()
    assert workflow.tell(announcement, at=AT, size=2) == 5
    assert not Announcement.objects.untold().exists()
