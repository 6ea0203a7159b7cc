"""Contracts registered and renewed: what is stored, what is refused, who may."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import TestCase

from audit.models import Event
from notifications.models import Message
from partners.enums import Role
from support import workflow
from support.models import ContractLine, SupportContract
from support.planning import LATER, StartChoice
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_contract,
    make_huawei,
    make_level,
    make_organization,
    make_shipment,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from warranty.policy import TermOutOfRange

AT = at_noon(date(2026, 3, 1))
DAY = timedelta(days=1)
PASSED_ON = date(2026, 2, 19)
DAY_90 = date(2026, 5, 20)


class ContractCase(TestCase):
    def setUp(self):
        self.vap = make_organization("VAP1", "vap")
        self.level = make_level()

    def order(self, number="HC-1", **fields):
        fields = {"level": self.level, "term_months": 12, "end_customer": "Hospital"} | fields
        return workflow.Order(number=number, **fields)

    def unit(self, **fields):
        """Make a unit that a distributor passed on to the partner on 19 Feb 2026."""
        unit = make_unit(make_organization(), **fields)
        pass_on(unit, self.vap, shipped_on=PASSED_ON)
        return unit

    def register(self, units, *, start=None, at=AT, user=None, organization=None, **fields):
        organization = organization or self.vap
        return workflow.register_contract(
            self.order(**fields),
            unit_ids=[unit.pk for unit in units],
            start=start or StartChoice(),
            organization=organization,
            user=user or make_user(organization),
            at=at,
        )

    def nothing_is_stored(self):
        self.assertFalse(SupportContract.unscoped.exists())
        self.assertFalse(ContractLine.unscoped.exists())
        self.assertFalse(Event.objects.filter(name__startswith="contract.").exists())
        self.assertFalse(Event.objects.filter(name__startswith="support.").exists())
        self.assertFalse(Message.unscoped.exists())


class RegisteringTests(ContractCase):
    def test_counts_from_the_distributors_shipment_and_ends_with_its_term(self):
        unit = self.unit()
        line = self.register([unit]).lines.get()
        self.assertEqual((line.anchor_on, line.starts_on), (PASSED_ON, PASSED_ON))
        self.assertEqual(line.ends_on, date(2027, 2, 18))
        self.assertEqual(line.latest_start_on, DAY_90)
        self.assertEqual(line.anchor_shipment, unit.distributor_shipment)
        self.assertFalse(line.is_provisional)

    def test_counts_from_huaweis_shipment_provisionally_while_a_distributor_holds_the_unit(self):
        distributor = make_organization("D1")
        line = self.register([make_unit(distributor)], organization=distributor).lines.get()
        self.assertEqual(line.anchor_on, SHIPPED_ON)
        self.assertTrue(line.is_provisional)

    def test_starts_on_the_first_and_the_last_day_of_the_window_and_not_beside_them(self):
        for n, day in enumerate((PASSED_ON, DAY_90)):
            with self.subTest(day):
                contract = self.register([self.unit()], number=f"HC-{n}", start=StartChoice(on=day))
                self.assertEqual(contract.lines.get().starts_on, day)
        for day, named in ((PASSED_ON - DAY, "19 Feb 2026"), (DAY_90 + DAY, "20 May 2026")):
            with self.subTest(day), self.assertRaisesMessage(workflow.ContractRefused, named):
                self.register([self.unit()], number="HC-9", start=StartChoice(on=day))
        self.assertFalse(SupportContract.unscoped.filter(number="HC-9").exists())

    def test_a_start_that_is_left_open_is_the_day_of_shipment_until_it_is_chosen(self):
        line = self.register([self.unit()], start=LATER).lines.get()
        self.assertEqual(line.starts_on, PASSED_ON)
        self.assertIsNone(line.start_chosen_at)

    def test_a_unit_may_have_a_day_of_its_own(self):
        first, second = self.unit(), self.unit()
        start = StartChoice(on=PASSED_ON, days={second.pk: DAY_90})
        lines = self.register([first, second], start=start).lines.order_by("unit")
        self.assertEqual([line.starts_on for line in lines], [PASSED_ON, DAY_90])

    def test_names_every_unit_in_the_way_and_stores_nothing(self):
        early, late = self.unit(), self.unit()
        late.distributor_shipment.shipped_on = date(2026, 3, 1)
        late.distributor_shipment.save()
        fine = self.unit()
        with self.assertRaises(workflow.ContractRefused) as refused:
            self.register([early, fine, late], start=StartChoice(on=date(2026, 2, 18)))
        refused_serials = {refusal.serial for refusal in refused.exception.refusals}
        self.assertEqual(refused_serials, {early.serial, fine.serial, late.serial})
        self.nothing_is_stored()

    def test_two_contracts_of_a_family_do_not_cover_a_unit_on_one_day(self):
        unit = self.unit()
        make_contract([unit], at=AT, months=1)  # until 18 Mar 2026
        for day, fits in ((date(2026, 3, 18), False), (date(2026, 3, 19), True)):
            with self.subTest(day), transaction.atomic():
                if fits:
                    self.register([unit], number="HC-2", start=StartChoice(on=day))
                    continue
                with self.assertRaisesMessage(workflow.ContractRefused, "allow the overlap"):
                    self.register([unit], number="HC-2", start=StartChoice(on=day))
        self.assertEqual(ContractLine.unscoped.filter(unit=unit).count(), 2)

    def test_the_other_family_may_cover_the_unit_as_well(self):
        unit = self.unit()
        make_contract([unit], at=AT)
        self.register([unit], level=make_level("9x5xNBD-Ship", "cocare"))
        self.assertEqual(ContractLine.unscoped.filter(unit=unit).count(), 2)

    def test_a_cancelled_contract_is_in_nobodys_way(self):
        unit = self.unit()
        first = make_contract([unit], at=AT)
        workflow.cancel_contract(first, reason="Typed twice", user=make_user(self.vap), at=AT)
        self.register([unit])

    def test_staff_may_let_contracts_overlap(self):
        unit = self.unit()
        first = make_contract([unit], at=AT)
        workflow.allow_overlap(first, reason="Project handover", user=make_staff(), at=AT)
        self.register([unit])
        with self.assertRaises(workflow.ContractRefused):
            self.register([unit], number="HC-3")  # the second does not allow it

    def test_a_number_is_taken_once_in_an_organization_and_free_in_another(self):
        self.register([self.unit()])
        with self.assertRaisesMessage(workflow.NumberTaken, "Write another number"):
            self.register([self.unit()])
        other = make_organization("VAP2", "vap")
        self.register([make_unit(other)], organization=other)

    def test_a_term_has_one_to_six_hundred_months(self):
        for months in (1, 600):
            self.register([self.unit()], number=f"HC-{months}", term_months=months)
        for months in (0, 601):
            with self.subTest(months), self.assertRaises(TermOutOfRange):
                self.register([self.unit()], number="HC-9", term_months=months)

    def test_refuses_no_units_and_a_level_that_is_not_offered(self):
        with self.assertRaisesMessage(workflow.ContractRefused, "at least one unit"):
            self.register([])
        self.level.valid_until = date(2026, 2, 28)
        self.level.save()
        with self.assertRaisesMessage(workflow.ContractRefused, "not offered today"):
            self.register([self.unit()])
        self.nothing_is_stored()

    def test_a_partner_holds_a_cocare_contract_and_huawei_does_not(self):
        cocare = make_level("9x5xNBD-Ship", "cocare")
        with self.assertRaisesMessage(workflow.ContractRefused, "Let the partner register it"):
            self.register(
                [self.unit()], level=cocare, organization=make_huawei(), user=make_staff()
            )
        self.assertEqual(self.register([self.unit()], level=cocare).organization, self.vap)

    def test_who_may(self):
        distributor, var = make_organization("D1"), make_organization("R1", "var")
        cases = [
            (self.vap, Role.VIEWER, False),
            (self.vap, Role.AGENT, True),
            (distributor, Role.AGENT, True),
            (var, Role.MANAGER, False),
        ]
        for n, (organization, role, may) in enumerate(cases):
            with self.subTest(organization=organization.kind, role=role):
                units, user = [make_unit(organization)], make_user(organization, role)
                given = {"organization": organization, "user": user, "number": f"HC-{n}"}
                if may:
                    self.register(units, **given)
                else:
                    with self.assertRaises(PermissionDenied):
                        self.register(units, **given)

    def test_keeps_who_when_and_what_in_the_trail_of_contract_and_unit(self):
        unit = self.unit()
        contract = self.register([unit])
        event = Event.objects.get(name="contract.registered")
        self.assertEqual((event.record_id, event.detail["units"]), (contract.pk, 1))
        event = Event.objects.get(name="support.registered")
        self.assertEqual(event.record_id, unit.pk)
        self.assertEqual(event.detail["ends_on"], "2027-02-18")
        self.assertNotIn(contract.number, str(event.detail))

    def test_the_database_holds_the_rules_that_a_race_would_break(self):
        line = self.register([self.unit()]).lines.get()
        broken = (
            {"ends_on": line.starts_on - DAY},
            {"starts_on": line.anchor_on - DAY},
        )
        for change in broken:
            with self.subTest(change), self.assertRaises(IntegrityError), transaction.atomic():
                ContractLine.unscoped.filter(pk=line.pk).update(**change)
        line.pk = None
        with self.assertRaises(IntegrityError), transaction.atomic():
            line.save()

    def test_many_units_cost_few_statements(self):
        shipment = make_shipment(self.vap)
        units = [make_unit(shipment=shipment) for _ in range(60)]
        make_level()
        user = make_user(self.vap)
        with self.assertNumQueries(19):
            self.register(units, user=user)


class RenewalTests(ContractCase):
    """A contract of a year from 19 Feb 2026: it ends on 18 Feb 2027, due on the 19th."""

    def setUp(self):
        super().setUp()
        self.held = self.unit()
        self.first = make_contract([self.held], at=AT, end_customer="Hospital")
        self.user = make_user(self.vap)

    def renew(self, on, number="HC-2", **fields):
        order = self.order(number, **fields)
        return workflow.renew_contract(self.first, order, user=self.user, at=at_noon(on))

    def test_starts_the_day_after_however_late_up_to_three_months(self):
        for on in (date(2026, 12, 1), date(2027, 2, 19), date(2027, 5, 19)):
            with self.subTest(on):
                renewal = self.renew(on, f"HC-{on}")
                line = renewal.lines.get()
                self.assertEqual(line.starts_on, date(2027, 2, 19))
                self.assertEqual(line.ends_on, date(2028, 2, 18))
                self.assertEqual(renewal.renews, self.first)
                workflow.cancel_contract(renewal, reason="Test", user=self.user, at=at_noon(on))

    def test_three_months_and_a_day_is_a_lapse_that_only_staff_reinstates(self):
        on = date(2027, 5, 20)
        with self.assertRaisesMessage(workflow.ContractRefused, "until 19 May 2027"):
            self.renew(on)
        self.assertEqual(SupportContract.unscoped.count(), 1)
        given = {"reason": "Paid late", "at": at_noon(on)}
        order = self.order("HC-2")
        with self.assertRaises(PermissionDenied):
            workflow.reinstate_contract(self.first, order, user=self.user, **given)
        with self.assertRaises(workflow.ReasonMissing):
            workflow.reinstate_contract(
                self.first, order, user=make_staff(), at=at_noon(on), reason=" "
            )
        renewal = workflow.reinstate_contract(self.first, order, user=make_staff(), **given)
        self.assertEqual(renewal.lines.get().starts_on, date(2027, 2, 19))
        self.assertEqual(renewal.organization, self.vap)
        self.assertEqual(
            Event.objects.get(name="contract.reinstated").detail["reason"], "Paid late"
        )

    def test_staff_may_reinstate_from_a_later_day_but_not_from_an_earlier_one(self):
        for n, (asked, starts_on) in enumerate(
            ((date(2027, 6, 1), date(2027, 6, 1)), (date(2027, 1, 1), date(2027, 2, 19)))
        ):
            with self.subTest(asked):
                renewal = workflow.reinstate_contract(
                    self.first,
                    self.order(f"HC-{n}"),
                    reason="Agreed",
                    user=make_staff(),
                    at=at_noon(date(2027, 6, 1)),
                    starts_on=asked,
                )
                self.assertEqual(renewal.lines.get().starts_on, starts_on)
                workflow.cancel_contract(renewal, reason="Test", user=make_staff(), at=AT)

    def test_is_not_renewed_twice(self):
        self.renew(date(2027, 2, 1))
        with self.assertRaisesMessage(workflow.ContractRefused, "from 19 Feb 2027"):
            self.renew(date(2027, 2, 1), "HC-3")

    def test_stays_in_its_family_and_a_cancelled_one_is_not_renewed(self):
        with self.assertRaisesMessage(workflow.ContractRefused, "a level of HiCare"):
            self.renew(date(2027, 2, 1), level=make_level("9x5xNBD-Ship", "cocare"))
        workflow.cancel_contract(self.first, reason="Sold", user=self.user, at=AT)
        with self.assertRaisesMessage(workflow.ContractRefused, "is cancelled"):
            self.renew(date(2027, 2, 1))
        self.assertEqual(SupportContract.unscoped.count(), 1)
