"""The demonstration loads once, lets its people in and shows what it promises."""

import json
from datetime import date, timedelta
from io import StringIO

import time_machine
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import TestCase

from audit.models import Event
from audit.trail import SYSTEM
from doa.enums import ClaimKind, ClaimStatus, ReferralStatus
from doa.models import Claim, ClaimFile, Referral
from documents.storage import path_of
from lifecycle import plans
from lifecycle.models import Announcement
from partners import workflow
from partners.enums import OrganizationKind, Role, UsState
from partners.models import DistributorEntry, Membership, Organization, User
from portal import demo
from portal.demo.plan import CORRECTED, LANDMARKS, MOVED, PARTIAL, PASSED_ON, TWINS, VOID, Planner
from support.enums import Family
from support.models import ServicePaper, SupportContract
from tests.builders import at_noon, load_service_levels, make_policy
from warranty.enums import DisputeStatus, ReportStatus, WarrantyStatus
from warranty.models import Dispute, InstallationReport, Shipment, Unit, Warranty
from warranty.policy import warranty_status

TODAY = date(2026, 11, 20)


def latest_unit(number: str) -> Unit:
    """Return the unit of a shipment that the console names."""
    return Unit.unscoped.filter(huawei_shipment__number=number).order_by("pk").last()


def status(unit: Unit, on: date = TODAY) -> WarrantyStatus:
    """Return how the unit's stored warranty stands."""
    warranty = Warranty.unscoped.filter(pk=unit.pk).first()
    if warranty is None:
        return WarrantyStatus.PENDING
    return warranty_status(
        starts_on=warranty.starts_on,
        ends_on=warranty.ends_on,
        on=on,
        is_void=warranty.voided_at is not None,
    )


def sizes() -> dict[str, int]:
    return {
        "organizations": Organization.objects.count(),
        "people": User.objects.count(),
        "shipments": Shipment.unscoped.count(),
        "units": Unit.unscoped.count(),
        "reports": InstallationReport.unscoped.count(),
        "warranties": Warranty.unscoped.count(),
        "events": Event.objects.count(),
        "directory": DistributorEntry.objects.count(),
    }


class DemoTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_policy()
        load_service_levels()
        cls.was_new = demo.play(at=at_noon(TODAY))

    def test_each_contract_leads_to_the_service_documents_in_force(self):
        papers = ServicePaper.objects.all()
        self.assertEqual((papers.count(), papers.filter(is_sample=False).count()), (8, 0))
        for family in Family:
            in_force = ServicePaper.objects.in_force(family, on=TODAY)
            self.assertEqual([paper.version for paper in in_force], ["1.1", "1.1"])
            for paper in in_force:
                body = path_of(paper.document.reference).read_bytes()
                self.assertIn(b"Sample, invented", body)

    def test_adds_nothing_the_second_time(self):
        self.assertTrue(self.was_new)
        before = sizes()
        self.assertFalse(demo.play(at=at_noon(TODAY)))
        self.assertEqual(sizes(), before)

    def test_starts_what_has_become_due_by_the_next_day(self):
        unit = latest_unit("DEMO-LM-01")
        self.assertEqual(status(unit), WarrantyStatus.PENDING)
        demo.play(at=at_noon(TODAY + timedelta(days=1)))
        self.assertEqual(status(unit, TODAY + timedelta(days=1)), WarrantyStatus.ACTIVE)

    def test_lets_every_person_in_with_the_printed_password(self):
        for person in demo.PEOPLE:
            with self.subTest(person=person.email):
                user = authenticate(username=person.email, password=person.password)
                self.assertEqual((user.email, user.name), (person.email, person.name))
                membership = Membership.objects.get(user=user)
                self.assertEqual(membership.role, person.role)
                self.assertEqual(membership.organization.code, person.code)
                self.assertEqual(user.is_staff, person.role == Role.STAFF)

    def test_holds_the_cast_that_was_asked_for(self):
        kinds = [c.kind for c in demo.COMPANIES]
        for kind, count in [
            (OrganizationKind.HUAWEI, 1),
            (OrganizationKind.DISTRIBUTOR, 3),
            (OrganizationKind.VAP, 4),
            (OrganizationKind.VAR, 2),
            (OrganizationKind.GAP, 1),
        ]:
            self.assertEqual((kind, kinds.count(kind)), (kind, count))
        invented = [c for c in demo.COMPANIES if c.kind != OrganizationKind.HUAWEI]
        self.assertTrue(all("Example" in c.name for c in invented))
        self.assertTrue(2000 <= Unit.unscoped.count() <= 4000)

    def test_the_directory_lists_its_distributors_with_numbers_that_are_nobodys(self):
        listed = DistributorEntry.objects.listed()
        self.assertEqual(len(listed), 3)
        for entry in listed:
            self.assertRegex(entry.phone, r"^\d{3}-555-01\d\d$")
            self.assertTrue(entry.email.endswith(".example"), entry.email)
        served = {state for entry in listed for state in entry.serves}
        self.assertTrue({UsState.TX, UsState.NY} <= served)
        self.assertNotIn(UsState.AK, served)

    def test_staff_may_take_one_off_the_directory_for_good(self):
        entry = DistributorEntry.objects.listed()[0]
        entry.is_listed = False
        workflow.save_entry(entry, actor=SYSTEM, at=at_noon(TODAY))
        demo.play(at=at_noon(TODAY))
        self.assertNotIn(entry, DistributorEntry.objects.listed())

    def test_holds_a_dispute_to_decide_and_one_that_is_answered(self):
        disputes = {d.status: d for d in Dispute.unscoped.select_related("document")}
        self.assertEqual(set(disputes), {DisputeStatus.OPEN, DisputeStatus.ANSWERED})
        self.assertIn("Day 0 is the day", disputes[DisputeStatus.ANSWERED].answer)
        self.assertEqual(disputes[DisputeStatus.OPEN].document.media_type, "application/pdf")

    def test_a_distributor_has_a_contract_that_ends_soon_and_a_plan_of_replacement(self):
        meridian = Organization.objects.get(code="MERIDIAN")
        contract = SupportContract.unscoped.get(organization=meridian)
        ends = set(contract.lines.values_list("ends_on", flat=True))
        self.assertTrue(all(TODAY < day <= TODAY + timedelta(days=60) for day in ends), ends)
        announcement = Announcement.objects.get(number=f"PN-{TODAY.year}-104")
        counted = plans.counted(announcement, meridian)
        kept = plans.plans_of(announcement.number, meridian)
        self.assertEqual(kept.planned(counted), sum(counted.values()))
        days = {kept.of(customer).planned_on for customer in counted}
        self.assertEqual(len(days), 2)

    def test_a_distributor_has_referrals_of_a_reseller_to_answer(self):
        referrals = Referral.unscoped.filter(distributor__code="MERIDIAN")
        self.assertEqual([each.status for each in referrals], [ReferralStatus.OPEN] * 3)
        self.assertEqual({each.organization.code for each in referrals}, {"TINWHISTLE"})
        self.assertEqual({each.unit.consignee.code for each in referrals}, {"TINWHISTLE"})

    def test_a_distributor_has_a_claim_to_decide_and_one_that_is_settled(self):
        claims = {each.kind: each for each in Claim.unscoped.filter(organization__code="MERIDIAN")}
        dented, spare = claims[ClaimKind.CARGO], claims[ClaimKind.SPARE_PART]
        self.assertEqual((dented.status, dented.is_late), (ClaimStatus.OPEN, False))
        self.assertEqual(dented.unit.consignee.code, "MERIDIAN")
        self.assertEqual((spare.status, spare.unit), (ClaimStatus.SETTLED, None))
        self.assertEqual(ClaimFile.unscoped.values("claim").distinct().count(), 2)

    def test_shows_each_landmark(self):
        self.assertEqual(status(latest_unit("DEMO-LM-02")), WarrantyStatus.ACTIVE)
        self.assertEqual(status(latest_unit("DEMO-LM-07")), WarrantyStatus.EXPIRED)
        self.assertEqual(status(latest_unit(VOID)), WarrantyStatus.VOID)
        partial = Unit.unscoped.filter(huawei_shipment__number=PARTIAL).order_by("pk")
        waiting = [status(unit) == WarrantyStatus.PENDING for unit in partial]
        self.assertEqual(waiting, [False, False, False, True, True])
        moved = Warranty.unscoped.get(unit=latest_unit(MOVED))
        shipped_on = TODAY - timedelta(days=LANDMARKS[MOVED].days_ago)
        self.assertEqual(moved.starts_on, shipped_on + timedelta(days=60))
        corrected = Warranty.unscoped.get(unit=latest_unit(CORRECTED))
        shipped_on = TODAY - timedelta(days=LANDMARKS[CORRECTED].days_ago - 3)
        self.assertEqual(corrected.starts_on, shipped_on + timedelta(days=90))
        self.assertEqual(latest_unit(PASSED_ON).distributor_shipment.shipped_by.code, "MERIDIAN")
        twins = {latest_unit(number).serial for number in TWINS}
        self.assertEqual(len(twins), 1)

    def test_leaves_reports_for_staff_to_decide(self):
        statuses = set(InstallationReport.unscoped.values_list("status", flat=True))
        self.assertEqual(
            statuses, {ReportStatus.SUBMITTED, ReportStatus.ACCEPTED, ReportStatus.SENT_BACK}
        )

    def test_every_report_carries_its_paper(self):
        for report in InstallationReport.unscoped.select_related("document"):
            body = path_of(report.document.reference).read_bytes()
            self.assertTrue(body.startswith(b"%PDF-1.4"))
            self.assertIn(report.number.encode(), body)
            start = int(body.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
            self.assertTrue(body[start:].startswith(b"xref"))

    def test_starts_no_warranty_late_and_leaves_none_due(self):
        due = Unit.unscoped.filter(
            warranty=None, huawei_shipment__shipped_on__lte=TODAY - timedelta(days=90)
        )
        self.assertEqual(due.count(), 0)

    def test_tells_on_the_console_who_may_sign_in_and_what_to_look_at(self):
        printed = StringIO()
        with time_machine.travel(at_noon(TODAY), tick=False):
            call_command("load_demo", stdout=printed)
            said = StringIO()
            call_command("load_demo", "--json", stdout=said)
        for person in demo.PEOPLE:
            self.assertIn(person.email, printed.getvalue())
            self.assertIn(person.password, printed.getvalue())
        for number in LANDMARKS:
            self.assertIn(latest_unit(number).serial, printed.getvalue())
        self.assertIn("invented", printed.getvalue())
        self.assertEqual(json.loads(said.getvalue())["units"], Unit.unscoped.count())


class PlanTests(TestCase):
    def test_is_the_same_for_the_same_day_and_never_ahead_of_it(self):
        for today in (TODAY, date(2028, 2, 29), date(2027, 1, 1)):
            with self.subTest(today=today):
                plan = Planner(today).draw()
                self.assertEqual(plan, Planner(today).draw())
                days = [d.shipped_on for d in plan.dispatches]
                days += [p.accepted_on or p.submitted_on for p in plan.papers]
                self.assertLessEqual(max(days), today)
                numbers = [d.number for d in plan.dispatches]
                self.assertEqual(len(numbers), len(set(numbers)))
