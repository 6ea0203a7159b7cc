"""The public directory: whom to call in a state, and nothing about who sold which unit."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from audit.trail import SYSTEM
from partners.enums import OrganizationKind, UsState
from partners.models import DistributorEntry
from partners.workflow import save_organization
from tests import builders as make
from tests.builders import CAP_ON, at_noon

PAGE = "/distributors/"
TAC = 'href="tel:+18779482934">1-877-9HUAWEI</a>'


class DirectoryCase(TestCase):
    def setUp(self):
        make.make_policy()

    def listed(self, code="D1", name="Meridian Example", **fields):
        zone = fields.pop("time_zone", "America/Chicago")
        organization = make.make_organization(code, name=name, time_zone=zone)
        return make.make_entry(organization, **fields)

    def names(self, query=""):
        page = self.client.get(PAGE + query)
        self.assertEqual(page.status_code, 200)
        return re.findall(r"<h3>([^<]+)</h3>", page.content.decode())


class ListTests(DirectoryCase):
    def test_everybody_is_told_whom_to_call_and_when(self):
        self.listed(phone="1-555-555-0100", states="OK TX", time_zone="America/New_York")
        page = self.client.get(PAGE)
        self.assertContains(page, 'href="tel:+15555550100"')
        self.assertContains(page, "1-555-555-0100")
        self.assertContains(page, 'href="mailto:desk@dist.example"')
        self.assertContains(page, "Monday to Friday, 8:00 to 17:00")
        self.assertContains(page, "US Eastern time")
        self.assertContains(page, "Serves Oklahoma, Texas")
        self.assertNotIn("Set-Cookie", page.headers)

    def test_a_state_shows_who_serves_it_by_name(self):
        self.listed("D1", "Zephyr Example", states="TX")
        self.listed("D2", "Alder Example", states="NM TX")
        self.listed("D3", "Birch Example", states="NM")
        self.assertEqual(self.names("?state=TX"), ["Alder Example", "Zephyr Example"])
        self.assertEqual(self.names("?state=%20nm"), ["Alder Example", "Birch Example"])
        everyone = ["Alder Example", "Birch Example", "Zephyr Example"]
        self.assertEqual(self.names(), everyone)
        self.assertEqual(self.names("?state="), everyone)

    def test_the_chosen_state_stays_chosen_and_is_named(self):
        self.listed()
        page = self.client.get(f"{PAGE}?state=TX")
        self.assertContains(page, '<option value="TX" selected>Texas</option>', html=True)
        self.assertContains(page, "<title>Find a distributor in Texas | Ninety</title>")

    def test_all_states_are_said_in_two_words(self):
        self.listed(states=" ".join(UsState.values))
        self.assertContains(self.client.get(PAGE), "Serves all states")

    def test_a_zone_without_a_word_of_its_own_is_named_as_it_is(self):
        self.listed(time_zone="America/Boise")
        self.assertContains(self.client.get(PAGE), "America/Boise time")

    def test_more_distributors_cost_no_more_questions(self):
        self.listed("D1")
        with CaptureQueriesContext(connection) as one:
            self.client.get(PAGE)
        for number in range(2, 9):
            self.listed(f"D{number}")
        with self.assertNumQueries(len(one)):
            self.client.get(PAGE)
        self.assertLessEqual(len(one), 2)


class EmptyTests(DirectoryCase):
    def test_a_state_that_nobody_serves_leads_to_the_tac_and_to_all(self):
        self.listed()
        page = self.client.get(f"{PAGE}?state=AK")
        self.assertContains(page, "No distributor in this state. Call the TAC on")
        self.assertContains(page, f'<a class="nw" {TAC}, or see <a href="/distributors/">')
        self.assertNotContains(page, "Meridian")

    def test_an_empty_directory_says_so_and_asks_for_no_state(self):
        page = self.client.get(PAGE)
        self.assertContains(page, "No distributor is listed yet. Call the TAC on")
        self.assertContains(page, TAC)
        self.assertNotContains(page, "<select")

    def test_an_unknown_state_is_refused_in_words_that_lead_to_the_choice(self):
        for code in ("", "D1"):
            if code:
                self.listed(code)
            for typed in ("ZZ", "Texas", "TX OK", "%00"):
                with self.subTest(typed, code=code):
                    page = self.client.get(f"{PAGE}?state={typed}")
                    words = "There is no such state. Choose one from the list."
                    self.assertContains(page, words, status_code=400)
                    self.assertContains(page, "<title>Error: ", status_code=400)
                    self.assertContains(page, 'href="#id_state"', status_code=400)
                    self.assertContains(page, 'id="id_state"', status_code=400)
                    self.assertNotContains(page, "<h3>", status_code=400)


class SecrecyTests(DirectoryCase):
    def test_only_what_staff_lists_is_shown(self):
        self.listed("D1", "Listed Example")
        self.listed("D2", "Hidden Example", is_listed=False)
        make.make_organization("D3", name="Unmentioned Example")
        self.assertEqual(self.names(), ["Listed Example"])

    def test_who_is_no_distributor_any_more_is_not_shown(self):
        entry = self.listed()
        entry.organization.kind = OrganizationKind.VAP
        save_organization(entry.organization, actor=SYSTEM, at=at_noon(CAP_ON))
        self.assertEqual(self.names(), [])

    def test_it_says_the_same_whatever_was_shipped_to_whom(self):
        seller = self.listed().organization
        other = self.listed("D2", "Other Example").organization
        before = self.client.get(f"{PAGE}?state=TX").content
        unit = make.make_unit(seller, serial="2102DIRECTORY0000001")
        make.pass_on(unit, make.make_organization("VAP1", "vap"), shipped_on=CAP_ON)
        self.assertEqual(self.client.get(f"{PAGE}?state=TX").content, before)
        asked = self.client.get(f"{PAGE}?state=TX&sn={unit.serial}").content
        self.assertEqual(asked, before)
        self.assertIn(str(other).encode(), before)


class EntryTests(DirectoryCase):
    def test_an_entry_says_how_to_reach_somebody_somewhere(self):
        organization = make.make_organization("D1")
        for field in ("phone", "email", "hours", "states"):
            with self.subTest(field), pytest.raises(IntegrityError), transaction.atomic():
                make.make_entry(organization, **{field: ""})
        self.assertFalse(DistributorEntry.objects.exists())


class LeadingTests(DirectoryCase):
    def test_the_door_the_navigation_and_every_answer_of_the_check_lead_here(self):
        for page in ("/", "/check/?sn=2102NOSUCHUNIT000001"):
            with self.subTest(page):
                found = re.findall(
                    r'<a[^>]*href="/distributors/"', self.client.get(page).content.decode()
                )
                self.assertEqual(len(found), 2)
