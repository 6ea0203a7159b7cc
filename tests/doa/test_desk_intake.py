"""An application by telephone: everything on one page, the verdict before anything is kept."""

from datetime import timedelta

from django.urls import reverse

from audit.models import Event
from doa.enums import CaseStatus, Intake
from doa.models import Case, CaseCounter
from notifications.models import Message
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.doa.desk import CaseDesk


class IntakeTests(CaseDesk):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        make.load_service_levels()
        cls.unit = make.make_unit(cls.distributor)
        cls.address = reverse("admin:doa_case_intake")
        yesterday = clock.business_today() - timedelta(days=1)
        cls.said = {
            "organization": "d1",
            "contact_name": "Ana Ruiz",
            "contact_phone": "+1 214 555 0100",
            "contact_email": "ana@d1.test",
            "serials": cls.unit.serial.lower(),
            "symptom": "no_boot",
            "description": "It stops after the memory test.",
            "failure_kind": "first_boot",
            "powered_on_day": yesterday.isoformat(),
            "powered_on_time": "09:15",
            "failed_day": yesterday.isoformat(),
            "failed_time": "09:20",
            "time_zone": "America/New_York",
            "is_new": "yes",
            "delivery_project": "no",
            "site": "Dallas DC 2",
            "ship_to": "1 Main Street\nDallas TX 75201",
            "ship_to_country": "us",
            "sr_number": "SR-88",
            "called_at": f"{clock.now() - timedelta(hours=7):%Y-%m-%dT%H:%M}",
        }

    def enter(self, step, **values):
        return self.client.post(self.address, {**self.said, **values, step: "1"})

    def stored(self):
        models = (Case.unscoped, CaseCounter.objects, Event.objects, Message.unscoped)
        return [model.count() for model in models]

    def test_the_verdict_is_shown_and_nothing_is_kept(self):
        before = self.stored()
        page = self.enter("look")
        self.assertContains(page, "The rules give: DOA replacement, D1.")
        self.assertContains(page, "Nothing is missing.")
        self.assertContains(page, "It stops after the memory test.")
        self.assertEqual(self.stored(), before)

    def test_it_is_handed_in_and_registered_in_one_go(self):
        response = self.enter("register")
        case = Case.unscoped.get()
        self.assertRedirects(response, reverse("admin:doa_case_change", args=[case.pk]))
        self.assertEqual((case.status, case.sr_number), (CaseStatus.REGISTERED, "SR-88"))
        self.assertEqual((case.intake, case.applicant), (Intake.PHONE, None))
        self.assertEqual(case.organization, self.distributor)
        line = self.line(case)
        self.assertEqual(f"{line.powered_on:%H:%M %Z}"[:7], "09:15 E")
        mail = Message.unscoped.get(template="doa/registered")
        self.assertEqual(mail.recipient, "ana@d1.test")

    def test_it_is_handed_in_without_a_call_or_kept_as_a_draft(self):
        self.enter("submit", sr_number="", called_at="")
        self.assertEqual(Case.unscoped.get().status, CaseStatus.SUBMITTED)
        self.said |= {"serials": make.make_unit(self.distributor).serial, "symptom": ""}
        self.enter("draft", sr_number="", called_at="")
        self.assertEqual(Case.unscoped.latest("pk").status, CaseStatus.DRAFT)

    def test_all_that_is_missing_is_named_at_once_and_nothing_is_kept(self):
        before = self.stored()
        missing = ("contact_name", "symptom", "failure_kind", "is_new", "site", "ship_to")
        page = self.enter("register", **dict.fromkeys(missing, ""))
        for name in missing:
            self.assertTrue(page.context["form"].errors[name], name)
        self.assertContains(page, "There is a problem")
        self.assertContains(page, "It stops after the memory test.")
        self.assertEqual(self.stored(), before)

    def test_what_cannot_be_is_refused_beside_its_field(self):
        taken = self.make(CaseStatus.REGISTERED)
        reseller = make.make_organization("VAR1", "var")
        busy = self.line(taken).unit.serial
        before = self.stored()
        for name, values, said in (
            ("organization", {"organization": "NOBODY"}, "No partner has this code"),
            ("organization", {"organization": reseller.code}, "does not apply"),
            ("serials", {"serials": "2102NOSUCH"}, "is not among your units"),
            ("serials", {"serials": busy}, "has an open case already"),
            ("sr_number", {"sr_number": taken.sr_number}, "has the number"),
            ("failed_day", {"failed_day": ""}, "Write the date"),
            ("ship_to_country", {"ship_to_country": "U1"}, "Write two letters"),
            ("called_at", {"called_at": ""}, "Write the time of the call"),
        ):
            with self.subTest(said):
                page = self.enter("register", **values)
                self.assertIn(said, str(page.context["form"].errors.get(name)))
                self.assertEqual(self.stored(), before)

    def test_a_unit_of_another_partner_reads_like_one_that_never_was(self):
        foreign = make.make_unit(make.make_organization("D9")).serial
        told = [
            str(self.enter("look", serials=serial).context["form"].errors["serials"])
            for serial in (foreign, "2102TESTX00000000000")
        ]
        self.assertEqual(
            told[0].replace(foreign, "S"), told[1].replace("2102TESTX00000000000", "S")
        )
        self.assertEqual(cases.Case.unscoped.count(), 0)
