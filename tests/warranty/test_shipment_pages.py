"""Shipments in the portal: who finds which, what a page says of units, reports and sites."""

import re
from datetime import date

import pytest
from django.test import TestCase
from django.urls import reverse

from audit.models import Event
from jobs.models import Job
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests.entrance import sign_in
from tests.warranty.uploads import press, work
from warranty.enums import ReportStatus
from warranty.models import Shipment, ShipmentLine, Unit

DAY = date(2026, 2, 1)


def without_tokens(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


class ShipmentCase(TestCase):
    """Huawei ships four units to a distributor, which ships two on to a partner."""

    @classmethod
    def setUpTestData(cls):
        cls.dist = make.make_organization("DIST")
        cls.vap = make.make_organization("VAP", "vap", buys_from=cls.dist)
        cls.other = make.make_organization("OTHER")
        cls.first = make.make_shipment(cls.dist, number="H-1/7")
        cls.units = [
            make.make_unit(shipment=cls.first, serial=f"2102PAGE{n}", installation_service=n < 3)
            for n in range(4)
        ]
        cls.onward = make.pass_on(cls.units[0], cls.vap, shipped_on=DAY, number="D-1")
        ShipmentLine.unscoped.create(unit=cls.units[1], shipment=cls.onward)
        Unit.unscoped.filter(pk=cls.units[1].pk).update(
            consignee=cls.vap, distributor_shipment=cls.onward
        )

    def as_person_of(self, organization, role=Role.AGENT):
        person = make.make_user(organization, role)
        sign_in(self.client, person)
        return person

    def words(self, name, *arguments, **asked):
        response = self.client.get(reverse(name, args=arguments), asked)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()


class FewerThan(int):
    """Equal to every smaller number, so that queries are counted and not fixed."""

    def __eq__(self, other):
        return other < int(self)

    __hash__ = int.__hash__


class DetailTests(ShipmentCase):
    def test_says_both_days_and_how_far_reports_cover_the_units(self):
        make.make_report([self.units[0]], signed_on=DAY, status=ReportStatus.ACCEPTED)
        make.make_report([self.units[2]], signed_on=DAY)
        self.as_person_of(self.dist)
        page = self.words("shipment", self.first.reference)
        for words in (
            "10 Jan 2026",
            "10 Apr 2026",
            "1 of 3 units covered by an accepted report.",
            "1 waits for acceptance.",
            "starts on 10 Apr 2026 at the latest",
            "Not needed",
            f"{reverse('report-new')}?shipment={self.first.reference}",
        ):
            self.assertIn(words, page)

    def test_offers_a_report_only_where_one_is_missing_and_the_reader_may_hand_it_in(self):
        link = reverse("report-new")
        self.as_person_of(self.dist, Role.VIEWER)
        self.assertNotIn(link, self.words("shipment", self.first.reference))
        make.make_report(self.units[:3], signed_on=DAY)
        self.as_person_of(self.dist)
        self.assertNotIn(f"{link}?", self.words("shipment", self.first.reference))

    def test_shows_of_its_units_those_that_the_reader_may_see(self):
        Unit.unscoped.filter(pk=self.units[1].pk).update(consignee=self.other)
        self.as_person_of(self.vap, Role.VIEWER)
        page = self.words("shipment", self.onward.reference)
        self.assertIn("2102PAGE0", page)
        self.assertNotIn("2102PAGE1", page)
        self.assertIn("1 that you can see", page)
        for word in ("2102PAGE2", "2102PAGE3", "H-1/7"):
            self.assertNotIn(word, page)

    def test_numbers_are_unique_per_shipper_and_addresses_altogether(self):
        make.make_shipment(self.vap, shipped_by=self.other, number="D-1")
        references = set(Shipment.unscoped.filter(number="D-1").values_list("reference", flat=True))
        self.assertEqual(len(references), 2)
        self.as_person_of(self.vap)
        pages = {self.words("shipment", reference) for reference in references}
        self.assertEqual(len(pages), 2)

    def test_a_stranger_finds_nothing_under_its_address(self):
        self.as_person_of(self.other, Role.MANAGER)
        for name in ("shipment", "shipment-site"):
            for reference in (self.first.reference, self.onward.reference):
                address = reverse(name, args=[reference])
                self.assertEqual(self.client.get(address).status_code, 404)

    def test_costs_the_same_for_one_unit_and_for_three(self):
        self.as_person_of(self.other)
        counts, shipment = [], make.make_shipment(self.other)
        for _ in range(3):
            make.make_unit(shipment=shipment)
            with self.assertNumQueries(FewerThan(20)) as asked:
                self.words("shipment", shipment.reference)
            counts.append(len(asked))
        self.assertEqual(counts[0], counts[2])


class SiteTests(ShipmentCase):
    def record(self, shipment, **typed):
        typed = {"end_customer": "Harbor Lamp", "site_country": "us", **typed}
        return self.client.post(reverse("shipment-site", args=[shipment.reference]), typed)

    def customers(self):
        return list(Unit.unscoped.order_by("serial").values_list("end_customer", flat=True))

    def test_records_customer_country_and_order_with_one_event_a_unit(self):
        person = self.as_person_of(self.vap)
        self.assertEqual(self.record(self.onward, purchase_order="PO-1").status_code, 302)
        self.assertEqual(self.customers(), ["Harbor Lamp", "Harbor Lamp", "", ""])
        unit = Unit.unscoped.get(pk=self.units[0].pk)
        self.assertEqual((unit.site_country, unit.purchase_order), ("US", "PO-1"))
        events = Event.objects.filter(name="unit.changed")
        self.assertEqual(events.count(), 2)
        self.assertEqual(events[0].actor_id, person.pk)
        self.assertEqual(events[0].detail["end_customer"], {"before": "", "after": "Harbor Lamp"})

    def test_the_same_again_changes_nothing(self):
        self.as_person_of(self.vap)
        for _ in range(2):
            self.record(self.onward)
        self.assertEqual(Event.objects.filter(name="unit.changed").count(), 2)

    def test_keeps_what_somebody_downstream_recorded_unless_that_is_shown_and_ticked(self):
        self.as_person_of(self.vap)
        self.record(self.onward, end_customer="Clinic", serials="2102page0")
        self.as_person_of(self.dist)
        page = self.words("shipment-site", self.first.reference)
        self.assertIn("Clinic", page)
        self.assertIn(f"recorded by {self.vap.name}", page)
        self.record(self.first)
        self.assertEqual(self.customers(), ["Clinic", "Harbor Lamp", "Harbor Lamp", "Harbor Lamp"])
        key = page.split('name="replaced" value="')[1].split('"')[0]
        self.record(self.first, end_customer="Museum", replaced=key)
        self.assertEqual(self.customers()[0], "Museum")
        self.assertEqual(self.customers()[1], "Harbor Lamp")

    def test_what_was_recorded_after_the_page_was_read_is_not_overwritten(self):
        Unit.unscoped.filter(pk=self.units[0].pk).update(end_customer="Clinic")
        self.as_person_of(self.dist)
        page = self.words("shipment-site", self.first.reference)
        key = page.split('name="replaced" value="')[1].split('"')[0]
        Unit.unscoped.filter(pk=self.units[0].pk).update(end_customer="Library")
        answer = self.record(self.first, replaced=key)
        self.assertContains(answer, "has changed meanwhile", status_code=400)
        self.assertEqual(self.customers()[0], "Library")

    def test_refuses_a_serial_number_of_somebody_else_and_stores_nothing(self):
        self.as_person_of(self.vap)
        answer = self.record(self.onward, serials="2102PAGE0\n2102PAGE3")
        self.assertContains(
            answer, "Not among your units of this shipment: 2102PAGE3", status_code=400
        )
        self.assertEqual(self.customers(), [""] * 4)

    def test_refuses_what_can_not_be_stored(self):
        self.as_person_of(self.vap)
        for typed in (
            {"end_customer": ""},
            {"end_customer": "x" * 121},
            {"end_customer": "a\x1bb"},
            {"site_country": "USA"},
            {"site_country": ""},
            {"purchase_order": "x" * 41},
        ):
            with self.subTest(typed):
                self.assertEqual(self.record(self.onward, **typed).status_code, 400)
        self.assertEqual(self.customers(), [""] * 4)

    def test_is_not_for_viewers_nor_for_resellers_that_apply_for_nothing(self):
        var = make.make_organization(kind=OrganizationKind.VAR)
        shipment = make.pass_on(self.units[3], var, shipped_on=DAY)
        for organization, role in ((self.vap, Role.VIEWER), (var, Role.MANAGER)):
            self.as_person_of(organization, role)
            self.assertEqual(self.record(shipment).status_code, 403)


class OnwardTests(ShipmentCase):
    def check(self, **typed):
        typed = {
            "number": "D-2",
            "shipped_on": "2026-03-01",
            "consignee": "VAP",
            "serials": "2102-page2\n2102 PAGE 3",
            **typed,
        }
        return self.client.post(reverse("shipment-new"), typed)

    def test_is_previewed_and_saved_like_a_file(self):
        self.as_person_of(self.dist)
        answer = self.check(end_customer="=Clinic", site_country="us", installation_service="on")
        self.assertEqual(answer.status_code, 302)
        job = work()
        self.assertEqual((job.status, job.counts["new"], job.problems), ("previewed", 2, []))
        press(self.client, "save")
        work()
        unit = Unit.unscoped.get(serial="2102PAGE3")
        self.assertEqual((unit.consignee, unit.end_customer), (self.vap, "=Clinic"))
        self.assertEqual(unit.distributor_shipment.shipped_on, date(2026, 3, 1))

    def test_says_which_serial_numbers_are_not_yours_whether_or_not_they_exist(self):
        make.make_unit(self.other, serial="2102FOREIGN1")
        self.as_person_of(self.dist)
        answers = [
            without_tokens(self.check(serials=serial).content.decode()).replace(serial, "SERIAL")
            for serial in ("2102FOREIGN1", "2102UNKNOWN1")
        ]
        self.assertIn("SERIAL is not among your units.", answers[0])
        self.assertEqual(*answers)
        self.assertFalse(Job.unscoped.exists())

    def test_asks_for_the_part_number_where_the_serial_number_alone_does_not_tell(self):
        twin = make.make_unit(self.dist, serial="2102PAGE3")
        self.as_person_of(self.dist)
        answer = self.check()
        self.assertContains(answer, "Part number of 2102PAGE3", status_code=400)
        self.assertEqual(self.check(part_2102PAGE3="nonsense").status_code, 400)
        self.assertEqual(self.check(part_2102PAGE3=twin.part_number.number).status_code, 302)
        work()
        press(self.client, "save")
        work()
        twin.refresh_from_db()
        self.assertEqual(twin.consignee, self.vap)
        self.units[3].refresh_from_db()
        self.assertEqual(self.units[3].consignee, self.dist)

    def test_refuses_on_the_form_what_can_not_be_and_keeps_what_was_typed(self):
        self.as_person_of(self.dist)
        for typed, said in (
            ({"number": ""}, "Write the number on your shipment papers."),
            ({"number": "NÖ"}, "Write 1 to 40 letters"),
            ({"shipped_on": "2999-01-01"}, "is not between 2000 and 2100"),
            ({"shipped_on": "2099-01-01"}, "lies after today"),
            ({"consignee": ""}, "Choose who receives the shipment"),
            ({"consignee": "OTHER"}, "Choose from the list, or write the code"),
            ({"other_code": "NOBODY"}, "Choose from the list or write a code, not both."),
            ({"consignee": "", "other_code": "NOBODY"}, "No organization has the code"),
            ({"consignee": "", "other_code": "DIST"}, "A shipment goes to somebody else."),
            ({"serials": "  \n"}, "Paste the serial numbers"),
            ({"serials": "21/02"}, "Line 1: A serial number has only"),
        ):
            with self.subTest(typed):
                answer = self.check(**typed)
                self.assertEqual(answer.status_code, 400)
                self.assertIn(said, answer.content.decode())
        self.assertFalse(Job.unscoped.exists())

    def test_a_code_of_another_organization_is_taken_if_it_exists(self):
        self.as_person_of(self.dist)
        self.assertEqual(self.check(consignee="", other_code="OTHER").status_code, 302)

    def test_what_the_form_can_not_see_is_refused_by_the_preview_with_the_serial_number(self):
        self.as_person_of(self.dist)
        self.check(shipped_on="2026-01-09")
        job = work()
        self.assertEqual(job.status, "refused")
        self.assertIn("2102PAGE2", job.problems[0]["message"])

    def test_is_for_distributors(self):
        for organization in (self.vap, make.make_organization(kind=OrganizationKind.GAP)):
            self.as_person_of(organization, Role.MANAGER)
            self.assertEqual(self.check().status_code, 403)
        sign_in(self.client, make.make_staff())
        self.assertEqual(self.client.get(reverse("shipment-new")).status_code, 403)


@pytest.mark.django_db
def test_a_navigation_without_permission_has_no_shipments(client):
    sign_in(client, make.make_user())
    assert reverse("shipments") not in client.get("/").content.decode()
