"""Support follows a unit to the one that replaces it."""

from datetime import date, timedelta

from django.urls import reverse

from audit.models import Event
from notifications.models import Message
from support import workflow
from support.models import ContractLine
from support.planning import LATER, StartChoice
from tests.builders import at_noon, make_contract, make_staff, make_user
from tests.support.test_registering import AT, DAY_90, PASSED_ON, ContractCase

DAY = timedelta(days=1)
ENDS_ON = date(2027, 2, 18)


class MovingTests(ContractCase):
    def setUp(self):
        super().setUp()
        self.old, self.new = self.unit(), self.unit()

    def move(self, *, on=date(2026, 6, 1), cause="DOA-2026-00001", new=None):
        return workflow.move_lines(
            old=self.old, new=new or self.new, user=make_staff(), at=at_noon(on), cause=cause
        )

    def test_the_line_covers_the_new_serial_and_its_days_stay(self):
        contract = make_contract([self.old], at=AT)
        (moved,) = self.move()
        line = contract.lines.get()
        self.assertEqual((line, line.unit, line.moved_from), (moved, self.new, self.old))
        self.assertEqual((line.starts_on, line.ends_on), (PASSED_ON, ENDS_ON))

    def test_both_units_and_the_contract_keep_it_and_the_holder_is_told(self):
        contract = make_contract([self.old], at=AT)
        self.move()
        names = ["support.moved_away", "support.moved_here", "contract.unit_replaced"]
        events = {e.name: e for e in Event.objects.filter(name__in=names)}
        self.assertEqual(events["support.moved_away"].record_id, self.old.pk)
        self.assertEqual(events["support.moved_here"].record_id, self.new.pk)
        self.assertEqual(events["contract.unit_replaced"].record_id, contract.pk)
        told = Message.unscoped.filter(template="support/unit_replaced")
        self.assertEqual([m.organization for m in told], [self.vap])

    def test_a_second_move_finds_nothing_left(self):
        make_contract([self.old], at=AT)
        self.move()
        self.assertEqual(self.move(), [])
        self.assertEqual(Event.objects.filter(name="contract.unit_replaced").count(), 1)

    def test_what_still_covers_on_its_last_day_moves_and_a_day_later_stays(self):
        contract = make_contract([self.old], at=AT)
        self.assertEqual(self.move(on=ENDS_ON + DAY), [])
        self.assertEqual(contract.lines.get().unit, self.old)
        self.assertEqual(len(self.move(on=ENDS_ON)), 1)

    def test_what_is_to_come_moves_and_what_was_cancelled_stays(self):
        future = make_contract([self.old], at=AT, start=StartChoice(on=DAY_90), months=1)
        gone = make_contract([self.old], at=AT, months=1)
        workflow.cancel_contract(gone, reason="Sold", user=make_user(self.vap), at=AT)
        self.move(on=date(2026, 3, 2))
        self.assertEqual(future.lines.get().unit, self.new)
        self.assertEqual(gone.lines.get().unit, self.old)

    def test_a_contract_that_covers_both_keeps_one_line_for_each(self):
        contract = make_contract([self.old, self.new], at=AT)
        self.assertEqual(self.move(), [])
        units = set(contract.lines.values_list("unit", flat=True))
        self.assertEqual(units, {self.old.pk, self.new.pk})

    def test_cover_that_the_new_unit_has_of_its_own_stands_beside_it(self):
        own = make_contract([self.new], at=AT, number="HC-OWN")
        moved = make_contract([self.old], at=AT)
        self.move()
        lines = ContractLine.unscoped.filter(unit=self.new)
        self.assertEqual({line.contract for line in lines}, {own, moved})
        self.assertTrue(moved.lines.get().overlap_allowed)

    def test_a_chain_of_replacements_carries_the_line_to_the_unit_in_use(self):
        contract, last = make_contract([self.old], at=AT), self.unit()
        self.move()
        workflow.move_lines(old=self.new, new=last, user=None, at=at_noon(DAY_90), cause="RMA 2")
        line = contract.lines.get()
        self.assertEqual((line.unit, line.moved_from, line.ends_on), (last, self.new, ENDS_ON))

    def test_the_start_of_a_moved_line_is_no_longer_chosen(self):
        contract = make_contract([self.old], at=AT, start=LATER)
        self.move(on=date(2026, 3, 2))
        with self.assertRaisesMessage(workflow.ContractRefused, "replaced another"):
            workflow.choose_start(
                contract, starts_on=DAY_90, user=make_user(self.vap), at=at_noon(date(2026, 3, 3))
            )
        self.assertEqual(contract.lines.get().starts_on, PASSED_ON)

    def test_a_later_shipment_date_leaves_a_moved_line_alone(self):
        contract = make_contract([self.old], at=AT)
        self.move()
        shipment = self.new.distributor_shipment
        shipment.shipped_on = date(2026, 4, 1)
        shipment.save()
        old = contract.lines.get().anchor_shipment
        old.shipped_on = date(2026, 2, 25)
        old.save()
        self.assertEqual(workflow.follow_shipments(at=AT), 0)
        self.assertEqual(contract.lines.get().ends_on, ENDS_ON)

    def test_a_renewal_follows_the_unit_in_use(self):
        contract = make_contract([self.old], at=AT)
        self.move()
        renewal = workflow.renew_contract(
            contract, self.order("HC-2"), user=make_user(self.vap), at=at_noon(ENDS_ON)
        )
        line = renewal.lines.get()
        self.assertEqual((line.unit, line.starts_on), (self.new, ENDS_ON + DAY))

    def test_a_unit_does_not_replace_itself(self):
        with self.assertRaises(ValueError):
            self.move(new=self.old)

    def test_the_page_of_the_contract_says_from_which_serial_it_moved(self):
        contract = make_contract([self.old], at=AT)
        self.move()
        self.client.force_login(make_user(self.vap))
        page = self.client.get(reverse("contract", args=[contract.reference]))
        self.assertContains(page, "moved from")
        self.assertContains(page, f"From serial number {self.old} to {self.new}.")
        for unit, said in ((self.old, "Support moved to"), (self.new, "Support moved here")):
            self.assertContains(self.client.get(f"/units/{unit}/"), said)
