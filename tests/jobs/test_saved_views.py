"""Views that people save: a question to a list under a name, for one person alone."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.models import SavedView
from jobs.workflow import MOST_VIEWS
from partners.enums import Role
from partners.models import Membership
from tests.builders import make_organization, make_unit, make_user

NEW = reverse("saved-view-new", args=["units"])
QUESTION = "?customer=R%26D+North&cover=none"


class SavedViewCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1")
        cls.ada = make_user(cls.organization, Role.VIEWER)
        cls.ben = make_user(cls.organization, Role.MANAGER)
        make_unit(cls.organization)

    def setUp(self):
        self.client.force_login(self.ada)

    def save(self, name="North", question=QUESTION, of="units"):
        address = reverse("saved-view-new", args=[of]) + question
        return self.client.post(address, {"name": name}, follow=True)

    def own(self, of="units", question=""):
        """Return the tabs that people named, and which of them is in front."""
        page = self.client.get(reverse(of) + question)
        return {t["label"]: t["is_current"] for t in page.context["tabs"] if "change" in t}


class KeepingTests(SavedViewCase):
    def test_a_question_becomes_a_tab_that_asks_it_again(self):
        page = self.client.get(reverse("units") + QUESTION + "&sort=-serial")
        self.assertContains(page, "Save this view")
        form = self.client.get(page.context["keep"])
        self.assertContains(form, "Customer: R&amp;D North")
        page = self.client.post(page.context["keep"], {"name": "North"}, follow=True)
        self.assertEqual(page.redirect_chain, [(reverse("units") + QUESTION, 302)])
        self.assertEqual(self.own(question=QUESTION + "&sort=-serial"), {"North": True})
        self.assertEqual(self.own(), {"North": False})
        self.assertEqual(self.own(of="shipments"), {})
        self.assertNotContains(page, "Save this view")
        self.assertNotContains(self.client.get(reverse("units") + "?cover=none"), "Save this view")

    def test_is_named_otherwise_and_deleted(self):
        page = self.save()
        self.save("South", "?customer=South")
        address = page.context["own_tab"][0]["change"]
        doubled = self.client.post(address, {"name": "SOUTH"})
        self.assertContains(doubled, "Choose another name", status_code=400)
        self.assertContains(doubled, "Your view “North”", status_code=400)
        renamed = self.client.post(address, {"name": " The  north "}, follow=True)
        self.assertEqual(renamed.redirect_chain, [(reverse("units") + QUESTION, 302)])
        self.assertEqual(self.own(), {"The north": False, "South": False})
        self.client.post(address, {"delete": "yes"})
        self.assertEqual(self.own(), {"South": False})
        self.assertEqual(self.client.get(address).status_code, 404)

    def test_what_cannot_be_kept_is_refused_and_leaves_nothing(self):
        self.save()
        for name, question, words in (
            ("", "?q=1", "This field is required"),
            ("a\x07b", "?q=1", "letters, digits and signs"),
            ("n" * 41, "?q=1", "at most 40"),
            ("NORTH", "?q=1", "Choose another name"),
            ("All", "", "Choose a filter"),
            ("All", "?sort=-serial", "Choose a filter"),
            ("Odd", "?colour=red", "has no filter “colour”"),
            ("Odd", "?warranty=perhaps", "Choose one of the words"),
            ("Odd", "?q=1&q=2", "twice"),
        ):
            with self.subTest(name=name, question=question):
                self.assertContains(self.save(name, question), words, status_code=400)
        self.assertEqual(self.own(), {"North": False})
        shown = self.client.get(NEW + "?colour=red", follow=True)
        self.assertContains(shown, "has no filter “colour”", status_code=400)

    def test_twenty_views_of_a_list_are_kept_and_no_more(self):
        views = [
            SavedView(
                user=self.ada,
                organization=self.organization,
                list="units",
                name=f"{n}",
                query=f"q={n}",
            )
            for n in range(MOST_VIEWS - 1)
        ]
        SavedView.objects.bulk_create(views)
        self.assertEqual(self.save("Last").status_code, 200)
        self.assertContains(self.save("Over"), "Delete one first", status_code=400)
        self.assertEqual(self.save("Other list", "?q=1", of="shipments").status_code, 200)
        self.assertEqual(SavedView.objects.count(), MOST_VIEWS + 1)

    def test_a_view_whose_filter_is_gone_says_so_and_can_be_deleted(self):
        self.save()
        SavedView.objects.update(query="colour=red")
        page = self.client.get(reverse("units") + "?colour=red")
        self.assertContains(page, "has no filter “colour”", status_code=400)
        self.assertContains(page, "Delete the view “North”", status_code=400)


class PrivacyTests(SavedViewCase):
    def test_nobody_else_sees_or_changes_a_view_nor_its_owner_elsewhere(self):
        address = self.save().context["own_tab"][0]["change"]
        never = reverse("saved-view", args=[999_999])
        elsewhere = make_organization("D2")
        stranger = make_user(elsewhere, Role.MANAGER)
        Membership.objects.filter(user=self.ada).update(organization=elsewhere)
        for user in (self.ben, stranger, self.ada):
            self.client.force_login(user)
            self.assertEqual(self.own(), {})
            for data in ({"name": "Mine"}, {"delete": "yes"}):
                answers = [self.client.post(a, data) for a in (address, never)]
                self.assertEqual([a.status_code for a in answers], [404, 404])
            self.assertEqual(self.client.get(address).status_code, 404)
        self.assertEqual(SavedView.objects.get().name, "North")

    def test_a_list_that_never_was_keeps_nothing(self):
        for of in ("never-was", "units-csv"):
            self.assertEqual(self.save(of=of).status_code, 404)

    def test_ten_views_cost_as_much_as_none(self):
        counts = []
        for number in (0, 10):
            for n in range(number):
                self.save(f"View {n}", f"?q={n}")
            self.client.get(reverse("units"))
            with CaptureQueriesContext(connection) as queries:
                self.client.get(reverse("units"))
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
