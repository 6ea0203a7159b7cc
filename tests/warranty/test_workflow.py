"""Reports, corrections and voids: what they date, what they leave, whom they tell."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.test import TestCase

from audit.models import Event
from audit.transitions import IllegalTransition
from notifications.models import Message
from tests import builders as make
from tests.builders import CAP_ON, SHIPPED_ON, at_noon
from warranty import policy, workflow
from warranty.enums import ReportStatus, WarrantyRule
from warranty.models import InstallationReport, Unit, Warranty


def day(number: int) -> date:
    return SHIPPED_ON + timedelta(days=number)


class WarrantyCase(TestCase):
    def setUp(self):
        self.staff = make.make_staff()
        self.holder = make.make_organization("VAP1", "vap")
        self.agent = make.make_user(self.holder)

    def unit(self, **fields):
        fields.setdefault("installation_service", True)
        return make.make_unit(self.holder, **fields)

    def accept(self, unit, *, signed, accepted):
        report = make.make_report([unit], signed_on=day(signed))
        workflow.accept_report(report, user=self.staff, at=at_noon(day(accepted)))
        return report

    def start_of(self, unit):
        warranty = Warranty.unscoped.filter(pk=unit.pk).first()
        return warranty and (warranty.starts_on, warranty.rule)

    def stored(self, unit, *, starts_on=CAP_ON, rule=WarrantyRule.W1):
        return Warranty.unscoped.create(
            unit=unit,
            starts_on=starts_on,
            ends_on=policy.last_covered_day(starts_on=starts_on, months=12),
            rule=rule,
            months=12,
            policy_version=make.make_policy(),
            started_at=at_noon(starts_on),
        )


class AcceptReportTests(WarrantyCase):
    def test_starts_the_warranty_on_the_signature_up_to_day_90(self):
        for signed, starts_on in [(0, day(0)), (89, day(89)), (90, day(90))]:
            with self.subTest(signed=signed):
                unit = self.unit()
                self.accept(unit, signed=signed, accepted=95)
                self.assertEqual(self.start_of(unit), (starts_on, "W2"))

    def test_leaves_a_unit_signed_on_day_91_to_the_night(self):
        unit = self.unit()
        self.accept(unit, signed=91, accepted=95)
        self.assertIsNone(self.start_of(unit))

    def test_changes_nothing_without_installation_service(self):
        unit = self.unit(installation_service=False)
        self.accept(unit, signed=10, accepted=11)
        self.assertIsNone(self.start_of(unit))

    def test_moves_a_day_90_start_to_an_earlier_signature_and_tells_the_parties(self):
        unit = self.unit()
        self.stored(unit, rule=WarrantyRule.W3)
        self.accept(unit, signed=60, accepted=100)
        self.assertEqual(self.start_of(unit), (day(60), "W2"))
        moved = Event.objects.get(name="warranty.moved")
        self.assertEqual(moved.detail["before"]["starts_on"], CAP_ON.isoformat())
        self.assertEqual(moved.detail["after"]["starts_on"], day(60).isoformat())
        self.assertIn("accepted", moved.detail["cause"])
        templates = sorted(Message.unscoped.values_list("template", flat=True))
        self.assertEqual(templates, ["warranty/corrected", "warranty/report_accepted"])

    def test_keeps_the_instant_of_the_first_start_when_it_moves(self):
        unit = self.unit()
        first = self.stored(unit, rule=WarrantyRule.W3)
        self.accept(unit, signed=60, accepted=100)
        self.assertEqual(Warranty.unscoped.get(pk=unit.pk).started_at, first.started_at)

    def test_takes_the_earliest_of_several_signatures(self):
        unit = self.unit()
        self.accept(unit, signed=30, accepted=31)
        self.accept(unit, signed=20, accepted=32)
        self.accept(unit, signed=40, accepted=41)
        self.assertEqual(self.start_of(unit), (day(20), "W2"))

    def test_covers_only_the_serials_on_the_report(self):
        units = [self.unit() for _ in range(5)]
        report = make.make_report(units[:3], signed_on=day(15))
        workflow.accept_report(report, user=self.staff, at=at_noon(day(16)))
        self.assertEqual([bool(self.start_of(u)) for u in units], [True] * 3 + [False] * 2)

    def test_is_refused_to_a_partner_and_leaves_no_trace(self):
        unit = self.unit()
        report = make.make_report([unit], signed_on=day(15))
        with self.assertRaises(PermissionDenied):
            workflow.accept_report(report, user=self.agent, at=at_noon(day(16)))
        report.refresh_from_db()
        self.assertEqual(report.status, ReportStatus.SUBMITTED)
        self.assertEqual((Event.objects.count(), Message.unscoped.count()), (0, 0))

    def test_happens_once(self):
        unit = self.unit()
        report = self.accept(unit, signed=15, accepted=16)
        with self.assertRaises(IllegalTransition):
            workflow.accept_report(report, user=self.staff, at=at_noon(day(17)))
        self.assertEqual(Event.objects.filter(name="report.accepted").count(), 1)


class SubmitReportTests(WarrantyCase):
    def submit(self, unit, *, signed, today):
        return workflow.submit_report(
            number="IR-1",
            organization=self.holder,
            signed_on=day(signed),
            signed_by="Site engineer",
            units=[unit],
            user=self.agent,
            at=at_noon(day(today)),
        )

    def test_takes_a_signature_from_the_day_of_shipment_to_today(self):
        for n, (signed, today) in enumerate([(0, 0), (0, 5), (5, 5)]):
            with self.subTest(signed=signed, today=today):
                report = workflow.submit_report(
                    number=f"IR-{n}",
                    organization=self.holder,
                    signed_on=day(signed),
                    signed_by="Site engineer",
                    units=[self.unit()],
                    user=self.agent,
                    at=at_noon(day(today)),
                )
                self.assertEqual(report.status, ReportStatus.SUBMITTED)

    def test_refuses_other_days_and_stores_nothing(self):
        for signed, refusal in [
            (-1, policy.SignedBeforeShipment),
            (6, policy.SignedInFuture),
        ]:
            with self.subTest(signed=signed), self.assertRaises(refusal):
                self.submit(self.unit(), signed=signed, today=5)
        self.assertEqual(InstallationReport.unscoped.count(), 0)
        self.assertEqual(Event.objects.count(), 0)

    def test_does_not_start_anything_before_it_is_accepted(self):
        unit = self.unit()
        self.submit(unit, signed=3, today=5)
        self.assertIsNone(self.start_of(unit))


class WithdrawReportTests(WarrantyCase):
    def test_puts_the_start_back_to_day_90_when_that_has_passed(self):
        unit = self.unit()
        report = self.accept(unit, signed=20, accepted=21)
        workflow.withdraw_report(report, user=self.staff, at=at_noon(day(90)), reason="Forged.")
        self.assertEqual(self.start_of(unit), (CAP_ON, "W3"))

    def test_takes_the_start_back_before_day_90_and_wakes_the_night(self):
        unit = self.unit()
        report = self.accept(unit, signed=20, accepted=21)
        unit.huawei_shipment.pending = False
        unit.huawei_shipment.save()
        workflow.withdraw_report(report, user=self.staff, at=at_noon(day(89)), reason="Forged.")
        self.assertIsNone(self.start_of(unit))
        unit.huawei_shipment.refresh_from_db()
        self.assertTrue(unit.huawei_shipment.pending)
        self.assertEqual(Event.objects.filter(name="warranty.unstarted").count(), 1)

    def test_falls_back_to_the_next_earliest_signature(self):
        unit = self.unit()
        first = self.accept(unit, signed=20, accepted=21)
        self.accept(unit, signed=30, accepted=31)
        workflow.withdraw_report(first, user=self.staff, at=at_noon(day(40)), reason="Forged.")
        self.assertEqual(self.start_of(unit), (day(30), "W2"))

    def test_needs_a_reason(self):
        report = self.accept(self.unit(), signed=20, accepted=21)
        with self.assertRaises(workflow.ReasonMissing):
            workflow.withdraw_report(report, user=self.staff, at=at_noon(day(40)), reason="  ")
        report.refresh_from_db()
        self.assertEqual(report.status, ReportStatus.ACCEPTED)


class CorrectShipmentDateTests(WarrantyCase):
    def correct(self, unit, shipped_on, *, today, user=None, reason="Typed wrongly"):
        return workflow.correct_shipment_date(
            unit.huawei_shipment,
            shipped_on=shipped_on,
            reason=reason,
            user=user or self.staff,
            at=at_noon(today),
        )

    def test_moves_the_start_keeps_the_old_value_and_tells_the_holder(self):
        unit = self.unit(installation_service=False)
        self.stored(unit)
        self.correct(unit, date(2026, 1, 20), today=date(2026, 5, 1))
        self.assertEqual(self.start_of(unit), (date(2026, 4, 20), "W1"))
        corrected = Event.objects.get(name="shipment.date_corrected")
        self.assertEqual(corrected.detail["before"], "2026-01-10")
        self.assertEqual(corrected.detail["reason"], "Typed wrongly")
        message = Message.unscoped.get()
        self.assertEqual(message.template, "warranty/corrected")
        self.assertEqual((message.recipient, message.organization), (self.agent.email, self.holder))

    def test_takes_back_a_start_that_now_lies_ahead(self):
        unit = self.unit(installation_service=False)
        self.stored(unit)
        self.correct(unit, date(2026, 2, 1), today=date(2026, 5, 1))
        self.assertEqual(Warranty.unscoped.count(), 0)

    def test_keeps_a_start_that_is_today(self):
        unit = self.unit(installation_service=False)
        self.stored(unit)
        self.correct(unit, date(2026, 1, 31), today=date(2026, 5, 1))
        self.assertEqual(self.start_of(unit), (date(2026, 5, 1), "W1"))

    def test_drops_a_signature_that_the_new_date_overtakes(self):
        unit = self.unit()
        self.accept(unit, signed=5, accepted=6)
        self.correct(unit, day(6), today=day(7))
        self.assertIsNone(self.start_of(unit))

    def test_refuses_a_date_after_today_the_same_date_and_legs_out_of_order(self):
        unit = self.unit()
        make.pass_on(unit, make.make_organization(), shipped_on=day(10))
        for shipped_on in [day(21), day(0), day(11)]:
            with self.subTest(shipped_on=shipped_on), self.assertRaises(workflow.Ineffective):
                self.correct(unit, shipped_on, today=day(20))
        self.correct(unit, day(10), today=day(20))
        unit.huawei_shipment.refresh_from_db()
        self.assertEqual(unit.huawei_shipment.shipped_on, day(10))

    def test_is_refused_to_a_partner_and_without_a_reason(self):
        unit = self.unit()
        with self.assertRaises(PermissionDenied):
            self.correct(unit, day(1), today=day(20), user=self.agent)
        with self.assertRaises(workflow.ReasonMissing):
            self.correct(unit, day(1), today=day(20), reason=" ")
        unit.huawei_shipment.refresh_from_db()
        self.assertEqual(unit.huawei_shipment.shipped_on, SHIPPED_ON)
        self.assertEqual(Event.objects.count(), 0)


class CorrectInstallationServiceTests(WarrantyCase):
    def correct(self, unit, purchased, *, today):
        return workflow.correct_installation_service(
            unit, purchased=purchased, reason="Order found", user=self.staff, at=at_noon(today)
        )

    def test_counts_a_purchase_recorded_up_to_day_90(self):
        unit = self.unit(installation_service=False)
        self.accept(unit, signed=10, accepted=11)
        self.correct(unit, True, today=CAP_ON)
        self.assertEqual(self.start_of(unit), (day(10), "W2"))

    def test_refuses_a_purchase_recorded_on_day_91(self):
        unit = self.unit(installation_service=False)
        with self.assertRaisesMessage(workflow.Ineffective, "changes nothing"):
            self.correct(unit, True, today=day(91))
        self.assertFalse(Unit.unscoped.get(pk=unit.pk).installation_service)

    def test_moves_a_signed_start_back_to_day_90_when_nothing_was_purchased(self):
        unit = self.unit()
        self.accept(unit, signed=10, accepted=11)
        self.correct(unit, False, today=day(100))
        self.assertEqual(self.start_of(unit), (CAP_ON, "W1"))


class VoidTests(WarrantyCase):
    def test_ends_cover_with_a_reason_and_gives_it_back(self):
        unit = self.unit()
        self.stored(unit)
        workflow.void_warranty(unit, reason="Opened", user=self.staff, at=at_noon(day(100)))
        self.assertEqual(Warranty.unscoped.get(pk=unit.pk).void_reason, "Opened")
        workflow.reinstate_warranty(unit, reason="Error", user=self.staff, at=at_noon(day(101)))
        self.assertIsNone(Warranty.unscoped.get(pk=unit.pk).voided_at)
        names = list(Event.objects.order_by("pk").values_list("name", flat=True))
        self.assertEqual(names[0], "warranty.voided")
        self.assertIn("warranty.reinstated", names)

    def test_survives_a_correction_of_the_date(self):
        unit = self.unit(installation_service=False)
        self.stored(unit)
        workflow.void_warranty(unit, reason="Opened", user=self.staff, at=at_noon(day(100)))
        workflow.correct_shipment_date(
            unit.huawei_shipment,
            shipped_on=day(5),
            reason="Typed wrongly",
            user=self.staff,
            at=at_noon(day(110)),
        )
        warranty = Warranty.unscoped.get(pk=unit.pk)
        self.assertEqual((warranty.starts_on, warranty.void_reason), (day(95), "Opened"))

    def test_refuses_what_has_not_started_and_what_is_void_already(self):
        unit = self.unit()
        with self.assertRaises(workflow.Ineffective):
            workflow.void_warranty(unit, reason="Opened", user=self.staff, at=at_noon(day(1)))
        self.stored(unit)
        workflow.void_warranty(unit, reason="Opened", user=self.staff, at=at_noon(day(100)))
        with self.assertRaises(workflow.Ineffective):
            workflow.void_warranty(unit, reason="Again", user=self.staff, at=at_noon(day(101)))
        self.assertEqual(Event.objects.filter(name="warranty.voided").count(), 1)

    def test_is_refused_to_a_partner(self):
        unit = self.unit()
        self.stored(unit)
        with self.assertRaises(PermissionDenied):
            workflow.void_warranty(unit, reason="Mine", user=self.agent, at=at_noon(day(100)))
        self.assertIsNone(Warranty.unscoped.get(pk=unit.pk).voided_at)
