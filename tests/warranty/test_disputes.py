"""Disputes: who may say what about which fact, and what deciding them does."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied

from audit.models import Event
from audit.transitions import IllegalTransition
from notifications.models import Message
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests.builders import CAP_ON, SHIPPED_ON, at_noon
from tests.warranty.test_workflow import WarrantyCase, day
from warranty import claims, facts, workflow
from warranty.enums import DisputeStatus, DisputeSubject, ReportStatus
from warranty.models import Dispute, FormerSerial, InstallationReport, Shipment, Unit, Warranty

AT = at_noon(CAP_ON + timedelta(days=5))
REASON = "The delivery note says so"


class DisputeCase(WarrantyCase):
    def open(self, unit, subject=DisputeSubject.HUAWEI_SHIPMENT, claimed="2026-01-20", **more):
        more.setdefault("user", self.agent)
        return make.make_dispute(unit, self.holder, subject=subject, claimed=claimed, at=AT, **more)

    def accept(self, dispute, at=AT):
        return workflow.accept_dispute(dispute, reason=REASON, user=self.staff, at=at)

    def status(self, dispute):
        return Dispute.unscoped.get(pk=dispute.pk).status


class OpenTests(DisputeCase):
    def test_keeps_what_is_on_file_what_is_claimed_and_the_document(self):
        unit = self.unit()
        dispute = self.open(unit)
        self.assertEqual((dispute.on_file, dispute.claimed), ("2026-01-10", "2026-01-20"))
        self.assertEqual(dispute.status, DisputeStatus.OPEN)
        self.assertEqual(dispute.document.attached_at, None)
        dispute.document.refresh_from_db()
        self.assertEqual(dispute.document.attached_at, AT)
        event = Event.objects.get(name="dispute.opened")
        self.assertEqual(event.detail["claimed"], "2026-01-20")

    def test_a_claimed_day_is_another_one_up_to_today(self):
        unit, today = self.unit(), CAP_ON + timedelta(days=5)
        for claimed, is_taken in [
            ("2026-01-10", False),
            ("2026-01-09", True),
            (today.isoformat(), True),
            ((today + timedelta(days=1)).isoformat(), False),
            ("2026-02-30", False),
            ("", False),
        ]:
            with self.subTest(claimed):
                try:
                    value = claims.check_claim(
                        DisputeSubject.HUAWEI_SHIPMENT, claimed, on_file="2026-01-10", today=today
                    )
                except claims.ClaimRefused:
                    value = ""
                self.assertEqual(bool(value), is_taken)
        self.assertEqual(facts.fact_of(unit, "huawei_shipment").value, "2026-01-10")

    def test_a_service_is_claimed_to_be_the_opposite(self):
        unit = self.unit(installation_service=False)
        dispute = self.open(unit, DisputeSubject.INSTALLATION_SERVICE, "")
        self.assertEqual((dispute.on_file, dispute.claimed), ("no", "yes"))

    def test_a_serial_is_compared_as_people_type_it(self):
        unit = self.unit(serial="2102ABC0000000000001")
        with self.assertRaises(claims.ClaimRefused):
            self.open(unit, DisputeSubject.SERIAL, " 2102-abc 0000000000001 ")
        dispute = self.open(unit, DisputeSubject.SERIAL, "2102-abc 0000000000002")
        self.assertEqual(dispute.claimed, "2102ABC0000000000002")

    def test_what_has_no_paper_can_not_be_disputed(self):
        unit = self.unit()
        for subject in (DisputeSubject.DISTRIBUTOR_SHIPMENT, DisputeSubject.REPORT):
            with self.subTest(subject), self.assertRaises(facts.NotOnFile):
                self.open(unit, subject)

    def test_one_fact_is_disputed_once_by_each_organization_until_decided(self):
        distributor = make.make_organization()
        unit = make.make_unit(distributor)
        make.pass_on(unit, self.holder, shipped_on=day(20))
        first = self.open(unit)
        with self.assertRaises(workflow.AlreadyDisputed):
            self.open(unit, claimed="2026-01-21")
        self.open(unit, DisputeSubject.DISTRIBUTOR_SHIPMENT, "2026-02-01")
        make.make_dispute(unit, distributor, at=AT)
        workflow.withdraw_dispute(first, user=self.agent, at=AT)
        self.open(unit, claimed="2026-01-21")
        self.assertEqual(Dispute.unscoped.open().count(), 3)

    def test_a_viewer_may_not_and_leaves_nothing(self):
        unit = self.unit()
        with self.assertRaises(PermissionDenied):
            self.open(unit, user=make.make_user(self.holder, Role.VIEWER))
        self.assertFalse(Dispute.unscoped.exists())
        self.assertFalse(Event.objects.filter(name__startswith="dispute.").exists())


class AcceptTests(DisputeCase):
    def test_corrects_huaweis_date_moves_the_start_and_tells_both(self):
        unit = self.unit(installation_service=False)
        self.stored(unit)
        dispute = self.open(unit, claimed="2026-01-12")
        self.accept(dispute)
        self.assertEqual(self.start_of(unit), (date(2026, 4, 12), "W1"))
        self.assertEqual(self.status(dispute), DisputeStatus.ACCEPTED)
        decided = Dispute.unscoped.get()
        self.assertEqual((decided.answer, decided.decided_at), (REASON, AT))
        corrected = Event.objects.get(name="shipment.date_corrected")
        self.assertEqual(corrected.detail["before"], "2026-01-10")
        templates = sorted(Message.unscoped.values_list("template", flat=True))
        self.assertEqual(templates, ["warranty/corrected", "warranty/dispute_decided"])

    def test_corrects_each_kind_of_fact(self):
        distributor = make.make_organization()
        unit = make.make_unit(distributor, serial="2102OLD", installation_service=True)
        make.pass_on(unit, self.holder, shipped_on=day(20))
        report = make.make_report([unit], signed_on=day(30), organization=self.holder)
        workflow.accept_report(report, user=self.staff, at=at_noon(day(31)))
        part = make.make_part_number("02359999")
        for subject, claimed in [
            (DisputeSubject.DISTRIBUTOR_SHIPMENT, day(25).isoformat()),
            (DisputeSubject.REPORT, day(40).isoformat()),
            (DisputeSubject.SERIAL, "2102NEW"),
            (DisputeSubject.PART_NUMBER, "02359999"),
            (DisputeSubject.INSTALLATION_SERVICE, ""),
        ]:
            self.accept(self.open(Unit.unscoped.get(pk=unit.pk), subject, claimed))
        unit = Unit.unscoped.get(pk=unit.pk)
        self.assertEqual((unit.serial, unit.part_number), ("2102NEW", part))
        self.assertEqual(unit.distributor_shipment.shipped_on, day(25))
        self.assertEqual(InstallationReport.unscoped.get().signed_on, day(40))
        self.assertFalse(unit.installation_service)
        self.assertEqual(self.start_of(unit), (CAP_ON, "W1"))

    def test_a_report_that_does_not_count_is_withdrawn(self):
        unit = self.unit()
        report = make.make_report([unit], signed_on=day(30))
        workflow.accept_report(report, user=self.staff, at=at_noon(day(31)))
        self.accept(self.open(unit, DisputeSubject.REPORT, ""))
        report.refresh_from_db()
        self.assertEqual(report.status, ReportStatus.WITHDRAWN)

    def test_what_the_record_says_already_needs_no_correction(self):
        shipment = make.make_shipment(self.holder)
        units = [make.make_unit(shipment=shipment) for _ in range(2)]
        disputes = [self.open(unit) for unit in units]
        for dispute in disputes:
            self.accept(dispute)
        self.assertEqual({self.status(d) for d in disputes}, {DisputeStatus.ACCEPTED})
        self.assertEqual(Event.objects.filter(name="shipment.date_corrected").count(), 1)

    def test_a_correction_that_is_refused_leaves_the_dispute_open_and_nothing_behind(self):
        unit = self.unit(installation_service=False)
        dispute = self.open(unit, DisputeSubject.INSTALLATION_SERVICE, "")
        before = (Event.objects.count(), Message.unscoped.count())
        with self.assertRaises(workflow.Ineffective):
            self.accept(dispute)
        self.assertEqual(self.status(dispute), DisputeStatus.OPEN)
        self.assertEqual((Event.objects.count(), Message.unscoped.count()), before)

    def test_needs_staff_and_a_reason(self):
        dispute = self.open(self.unit())
        with self.assertRaises(PermissionDenied):
            workflow.accept_dispute(dispute, reason=REASON, user=self.agent, at=AT)
        with self.assertRaises(workflow.ReasonMissing):
            workflow.accept_dispute(dispute, reason=" ", user=self.staff, at=AT)
        self.assertEqual(Shipment.unscoped.get().shipped_on, SHIPPED_ON)

    def test_a_decision_is_made_once(self):
        dispute = self.open(self.unit())
        workflow.answer_dispute(dispute, reason=REASON, user=self.staff, at=AT)
        for again in (self.accept, self.withdraw):
            with self.assertRaises(IllegalTransition):
                again(dispute)
        self.assertEqual(self.status(dispute), DisputeStatus.ANSWERED)
        self.assertEqual(Shipment.unscoped.get().shipped_on, SHIPPED_ON)

    def withdraw(self, dispute):
        workflow.withdraw_dispute(dispute, user=self.agent, at=AT)


class AnswerTests(DisputeCase):
    def test_leaves_the_record_and_tells_the_organization_why(self):
        dispute = self.open(self.unit())
        workflow.answer_dispute(dispute, reason=REASON, user=self.staff, at=AT)
        self.assertEqual(Shipment.unscoped.get().shipped_on, SHIPPED_ON)
        message = Message.unscoped.get()
        self.assertEqual(message.template, "warranty/dispute_decided")
        self.assertEqual(message.context["answer"], REASON)


class OnwardDateTests(DisputeCase):
    def setUp(self):
        super().setUp()
        self.distributor = make.make_organization("DIST")
        self.sold = make.make_unit(self.distributor)
        self.onward = make.pass_on(self.sold, self.holder, shipped_on=day(40))

    def correct(self, number, shipment=None):
        return workflow.correct_onward_date(
            shipment or self.onward, shipped_on=day(number), reason=REASON, user=self.staff, at=AT
        )

    def test_support_moves_and_the_warranty_does_not(self):
        self.stored(self.sold)
        (move,) = self.correct(30)
        self.assertEqual((move.before, move.after), (day(40), day(30)))
        self.assertEqual(self.start_of(self.sold), (CAP_ON, "W1"))
        event = Event.objects.get(name="shipment.date_corrected")
        self.assertEqual(event.detail["before"], day(40).isoformat())
        told = Message.unscoped.filter(template="warranty/record_corrected")
        self.assertEqual({m.organization_id for m in told}, {self.holder.pk, self.distributor.pk})
        self.assertIn("Support may start from 9 Feb 2026 to 10 May 2026", told[0].context["effect"])

    def test_lies_on_huaweis_day_or_later_and_not_after_today(self):
        with self.assertRaisesMessage(workflow.Ineffective, "before Huawei's on 10 Jan 2026"):
            self.correct(-1)
        with self.assertRaises(workflow.Ineffective):
            self.correct(96)
        self.correct(0)
        self.correct(95)

    def test_the_legs_of_a_unit_keep_their_order(self):
        later = make.pass_on(self.sold, make.make_organization(), shipped_on=day(60))
        with self.assertRaisesMessage(workflow.Ineffective, "their order would change"):
            self.correct(61)
        with self.assertRaisesMessage(workflow.Ineffective, "their order would change"):
            self.correct(39, later)
        self.assertEqual(self.correct(59), [])
        self.assertEqual(len(self.correct(59, later)), 1)

    def test_huaweis_date_stays_before_every_onward_leg(self):
        make.pass_on(self.sold, make.make_organization(), shipped_on=day(60))
        shipment = self.sold.huawei_shipment
        with self.assertRaisesMessage(workflow.Ineffective, "Correct that shipment first"):
            workflow.correct_shipment_date(
                shipment, shipped_on=day(41), reason=REASON, user=self.staff, at=AT
            )
        workflow.correct_shipment_date(
            shipment, shipped_on=day(40), reason=REASON, user=self.staff, at=AT
        )


class SerialTests(DisputeCase):
    def correct(self, unit, serial):
        return workflow.correct_serial(unit, serial=serial, reason=REASON, user=self.staff, at=AT)

    def test_the_old_serial_number_stays_known(self):
        unit = self.unit(serial="2102OLD")
        self.correct(unit, "2102-new")
        self.assertEqual(Unit.unscoped.get(pk=unit.pk).serial, "2102NEW")
        former = FormerSerial.objects.for_organization(self.holder).get()
        self.assertEqual((former.serial, former.until), ("2102OLD", AT))
        event = Event.objects.get(name="unit.serial_corrected")
        self.assertEqual((event.detail["before"], event.detail["after"]), ("2102OLD", "2102NEW"))
        stranger = make.make_organization(kind=OrganizationKind.VAR)
        self.assertFalse(FormerSerial.objects.for_organization(stranger).exists())

    def test_a_correction_taken_back_leaves_the_right_one_current(self):
        unit = self.unit(serial="2102OLD")
        self.correct(self.correct(unit, "2102NEW"), "2102OLD")
        self.assertEqual([f.serial for f in FormerSerial.unscoped.all()], ["2102NEW"])

    def test_is_refused_where_another_unit_of_the_part_number_has_it(self):
        part = make.make_part_number()
        unit = self.unit(serial="2102ONE", part_number=part)
        self.unit(serial="2102TWO", part_number=part)
        self.unit(serial="2102THREE")
        for serial in ("2102TWO", "2102ONE", "2102-?", ""):
            with self.subTest(serial), self.assertRaises(workflow.Ineffective):
                self.correct(unit, serial)
        self.assertFalse(FormerSerial.unscoped.exists())
        self.correct(unit, "2102THREE")

    def test_a_part_number_is_one_of_the_catalogue(self):
        unit = self.unit()
        make.make_part_number("02350042")
        for number in ("0000", unit.part_number.number):
            with self.subTest(number), self.assertRaises(workflow.Ineffective):
                self.part(unit, number)
        self.assertEqual(self.part(unit, " 02350042 ").part_number.number, "02350042")

    def part(self, unit, number):
        return workflow.correct_part_number(
            unit, part_number=number, reason=REASON, user=self.staff, at=AT
        )


class SignatureTests(DisputeCase):
    def test_a_corrected_signature_dates_the_start_again_and_tells(self):
        unit = self.unit()
        report = make.make_report([unit], signed_on=day(30))
        workflow.accept_report(report, user=self.staff, at=at_noon(day(31)))
        Message.unscoped.all().delete()
        self.correct(report, 91)
        self.assertEqual(self.start_of(unit), (CAP_ON, "W3"))
        self.correct(report, 90)
        self.assertEqual(self.start_of(unit), (CAP_ON, "W2"))
        self.assertEqual({m.template for m in Message.unscoped.all()}, {"warranty/corrected"})

    def correct(self, report, number):
        workflow.correct_signature(
            report, signed_on=day(number), reason=REASON, user=self.staff, at=AT
        )

    def test_lies_between_shipment_and_today_on_a_report_that_stands(self):
        unit = self.unit()
        report = make.make_report([unit], signed_on=day(30))
        for number in (-1, 30, 96):
            with self.subTest(number), self.assertRaises(workflow.Ineffective):
                self.correct(report, number)
        self.correct(report, 0)
        self.correct(report, 95)
        workflow.withdraw_report(report, reason=REASON, user=self.staff, at=AT)
        with self.assertRaises(workflow.Ineffective):
            self.correct(report, 20)


class ToldTests(DisputeCase):
    def test_holders_of_units_that_wait_are_told_of_a_corrected_date_too(self):
        unit = self.unit()
        workflow.correct_shipment_date(
            unit.huawei_shipment,
            shipped_on=day(3),
            reason=REASON,
            user=self.staff,
            at=at_noon(day(9)),
        )
        message = Message.unscoped.get()
        self.assertEqual(message.template, "warranty/record_corrected")
        self.assertEqual(message.context["before"], "10 Jan 2026")

    def test_the_holder_is_told_of_a_void_and_of_its_end(self):
        unit = self.unit()
        self.stored(unit)
        workflow.void_warranty(unit, reason="Seal broken", user=self.staff, at=AT)
        workflow.reinstate_warranty(unit, reason="Seal whole", user=self.staff, at=AT)
        told = Message.unscoped.order_by("pk").values_list("template", "organization")
        self.assertEqual(
            list(told),
            [
                ("warranty/voided", self.holder.pk),
                ("warranty/reinstated", self.holder.pk),
            ],
        )
        self.assertEqual(Warranty.unscoped.get().void_reason, "")
