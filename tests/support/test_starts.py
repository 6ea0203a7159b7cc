"""The start of support: chosen, moved, following the shipments; contracts cancelled."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied

from audit.models import Event
from support import workflow
from support.models import ContractLine
from support.planning import LATER, StartChoice
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_contract,
    make_organization,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from tests.support.test_registering import AT, DAY_90, PASSED_ON, ContractCase

DAY = timedelta(days=1)


class StartCase(ContractCase):
    def setUp(self):
        super().setUp()
        self.user = make_user(self.vap)

    def choose(self, contract, starts_on, *, on=date(2026, 3, 1), user=None, **which):
        return workflow.choose_start(
            contract, starts_on=starts_on, user=user or self.user, at=at_noon(on), **which
        )


class ChoosingTests(StartCase):
    def setUp(self):
        super().setUp()
        self.unit_ = self.unit()
        self.contract = make_contract([self.unit_], at=AT, start=LATER)

    def line(self):
        return self.contract.lines.get()

    def test_may_be_the_first_and_the_last_day_of_the_window(self):
        for day in (DAY_90, PASSED_ON):
            with self.subTest(day):
                self.choose(self.contract, day)
                self.assertEqual(self.line().starts_on, day)
        self.assertEqual(self.line().ends_on, date(2027, 2, 18))

    def test_may_not_be_the_day_before_or_the_day_after(self):
        for day, named in ((PASSED_ON - DAY, "19 Feb 2026"), (DAY_90 + DAY, "20 May 2026")):
            with self.subTest(day), self.assertRaisesMessage(workflow.ContractRefused, named):
                self.choose(self.contract, day)
        self.assertIsNone(self.line().start_chosen_at)
        self.assertFalse(Event.objects.filter(name="contract.start_chosen").exists())

    def test_is_chosen_until_day_90_and_not_after(self):
        with self.assertRaisesMessage(workflow.ContractRefused, "20 May 2026"):
            self.choose(self.contract, DAY_90, on=DAY_90 + DAY)
        self.choose(self.contract, DAY_90, on=DAY_90)
        self.assertEqual(self.line().starts_on, DAY_90)

    def test_a_chosen_start_moves_until_its_day_has_passed_then_by_staff_alone(self):
        chosen = date(2026, 4, 1)
        self.choose(self.contract, chosen)
        self.choose(self.contract, chosen, on=chosen)
        with self.assertRaisesMessage(workflow.ContractRefused, "has passed"):
            self.choose(self.contract, DAY_90, on=chosen + DAY)
        moved = {"starts_on": DAY_90, "at": at_noon(chosen + DAY)}
        with self.assertRaises(PermissionDenied):
            workflow.move_start(self.contract, reason="Late site", user=self.user, **moved)
        with self.assertRaises(workflow.ReasonMissing):
            workflow.move_start(self.contract, reason="", user=make_staff(), **moved)
        workflow.move_start(self.contract, reason="Late site", user=make_staff(), **moved)
        self.assertEqual(self.line().starts_on, DAY_90)
        detail = Event.objects.filter(name="support.start_chosen").latest("pk").detail
        self.assertEqual(detail["before"]["starts_on"], "2026-04-01")
        self.assertEqual(detail["reason"], "Late site")

    def test_staff_stays_inside_the_window_too(self):
        with self.assertRaisesMessage(workflow.ContractRefused, "20 May 2026"):
            workflow.move_start(
                self.contract,
                starts_on=DAY_90 + DAY,
                reason="Late site",
                user=make_staff(),
                at=AT,
            )

    def test_stays_once_service_was_used_under_it(self):
        workflow.note_service(self.line(), reason="RMA 1", user=make_staff(), at=AT)
        with self.assertRaisesMessage(workflow.ContractRefused, "Service was used"):
            self.choose(self.contract, DAY_90)
        with self.assertRaisesMessage(workflow.ContractRefused, "noted before"):
            workflow.note_service(self.line(), reason="RMA 2", user=make_staff(), at=AT)

    def test_does_not_run_into_the_next_contract(self):
        unit = self.unit()
        first = make_contract([unit], at=AT, start=StartChoice(on=date(2026, 3, 19)), months=1)
        make_contract([unit], at=AT, start=StartChoice(on=DAY_90), months=1)
        self.choose(first, date(2026, 4, 19))  # until 18 May
        self.choose(first, date(2026, 4, 20))  # until 19 May
        with self.assertRaisesMessage(workflow.ContractRefused, "allow the overlap"):
            self.choose(first, date(2026, 4, 21))

    def test_of_some_units_leaves_the_others(self):
        units = [self.unit(), self.unit()]
        contract = make_contract(units, at=AT, start=LATER)
        line = contract.lines.get(unit=units[0])
        self.choose(contract, DAY_90, line_ids=[line.pk])
        starts = list(contract.lines.order_by("unit").values_list("starts_on", flat=True))
        self.assertEqual(starts, [DAY_90, PASSED_ON])

    def test_of_a_cancelled_contract_stays(self):
        workflow.cancel_contract(self.contract, reason="Sold", user=self.user, at=AT)
        with self.assertRaisesMessage(workflow.ContractRefused, "is cancelled"):
            self.choose(self.contract, DAY_90)

    def test_of_a_renewal_stays_even_for_staff(self):
        renewal = workflow.renew_contract(
            self.contract, self.order("HC-R"), user=self.user, at=at_noon(date(2027, 1, 1))
        )
        with self.assertRaisesMessage(workflow.ContractRefused, "A renewal starts"):
            workflow.move_start(renewal, starts_on=DAY_90, reason="Wish", user=make_staff(), at=AT)


class CancellingTests(StartCase):
    def test_needs_a_reason_and_happens_once(self):
        contract = make_contract([self.unit()], at=AT)
        with self.assertRaises(workflow.ReasonMissing):
            workflow.cancel_contract(contract, reason=" ", user=self.user, at=AT)
        workflow.cancel_contract(contract, reason="Sold", user=self.user, at=AT)
        with self.assertRaisesMessage(workflow.ContractRefused, "cancelled already"):
            workflow.cancel_contract(contract, reason="Again", user=self.user, at=AT)
        contract.refresh_from_db()
        self.assertEqual((contract.cancelled_on, contract.cancel_reason), (AT.date(), "Sold"))


class FollowingTests(StartCase):
    """Contracts of units that a distributor holds: they count from Huawei for the time being."""

    def setUp(self):
        super().setUp()
        self.distributor = make_organization("D1")
        self.held = make_unit(self.distributor)

    def contract(self, start=LATER):
        return make_contract([self.held], at=AT, start=start)

    def test_an_open_start_follows_the_distributors_shipment(self):
        contract = self.contract()
        pass_on(self.held, self.vap, shipped_on=PASSED_ON)
        self.assertEqual(workflow.follow_shipments(at=AT), 1)
        line = contract.lines.get()
        self.assertEqual((line.anchor_on, line.starts_on), (PASSED_ON, PASSED_ON))
        self.assertEqual((line.latest_start_on, line.ends_on), (DAY_90, date(2027, 2, 18)))
        self.assertFalse(line.is_provisional)
        detail = Event.objects.get(name="support.anchor_moved").detail
        self.assertEqual(detail["before"]["starts_on"], SHIPPED_ON.isoformat())

    def test_a_chosen_start_stays_where_the_new_window_allows_it(self):
        contract = self.contract(StartChoice(on=date(2026, 3, 5)))
        pass_on(self.held, self.vap, shipped_on=PASSED_ON)
        workflow.follow_shipments(at=AT)
        self.assertEqual(contract.lines.get().starts_on, date(2026, 3, 5))

    def test_a_chosen_start_before_the_new_window_moves_to_its_first_day(self):
        contract = self.contract(StartChoice(on=PASSED_ON - DAY))
        pass_on(self.held, self.vap, shipped_on=PASSED_ON)
        workflow.follow_shipments(at=AT)
        self.assertEqual(contract.lines.get().starts_on, PASSED_ON)

    def test_a_corrected_date_of_shipment_moves_the_window(self):
        unit = self.unit()
        contract = make_contract([unit], at=AT, start=LATER)
        unit.distributor_shipment.shipped_on = PASSED_ON - DAY
        unit.distributor_shipment.save()
        workflow.follow_shipments(at=AT)
        self.assertEqual(contract.lines.get().starts_on, PASSED_ON - DAY)

    def test_a_second_run_finds_nothing(self):
        self.contract()
        self.assertEqual(workflow.follow_shipments(at=AT), 0)
        pass_on(self.held, self.vap, shipped_on=PASSED_ON)
        runs = [workflow.follow_shipments(at=AT) for _ in range(2)]
        self.assertEqual(runs, [1, 0])
        self.assertEqual(Event.objects.filter(name="contract.anchor_moved").count(), 1)

    def test_a_cancelled_contract_stays_as_it_was(self):
        contract = self.contract()
        workflow.cancel_contract(contract, reason="Sold", user=make_staff(), at=AT)
        pass_on(self.held, self.vap, shipped_on=PASSED_ON)
        self.assertEqual(workflow.follow_shipments(at=AT), 0)
        self.assertEqual(ContractLine.unscoped.get().anchor_on, SHIPPED_ON)
