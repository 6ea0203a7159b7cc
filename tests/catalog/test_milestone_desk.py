"""Milestones at the desk: seen, previewed, set with a reason, refused by name."""

from django.test import TestCase
from django.urls import reverse

from audit.models import Event
from catalog.models import Milestone
from tests.builders import make_organization, make_part_number, make_staff, make_user
from tests.catalog.test_set_milestones import EOM, EOS, row, state
from tests.entrance import sign_in


class MilestoneDeskTests(TestCase):
    def setUp(self):
        self.part = make_part_number("02350001", model="CE6881")
        self.url = reverse("admin:catalog_product_milestones", args=[self.part.product_id])
        sign_in(self.client, make_staff("lifecycle@example.test"))

    def fill(self, **values):
        shown = self.client.get(self.url).context["shown"]
        return self.client.post(self.url, {"reason": "Notice 7", "shown": shown} | values)

    def test_a_product_offers_setting_its_milestones(self):
        page = self.client.get(reverse("admin:catalog_product_change", args=[self.part.product_id]))
        self.assertContains(page, self.url)
        self.assertContains(self.client.get(self.url), "not announced")

    def test_what_will_change_is_shown_and_nothing_is_stored_before_it_is_confirmed(self):
        page = self.fill(eom="2026-06", eos="to be announced")
        self.assertContains(page, "2 milestones of CE6881 will change.")
        self.assertContains(page, "30 Jun 2026")
        self.assertEqual((Milestone.objects.count(), Event.objects.count()), (0, 0))

    def test_milestones_are_set_with_their_reason(self):
        self.fill(eom="2026-06", eos="to be announced", confirm="1")
        stated = {m.kind: (m.date.iso, m.cause) for m in Milestone.objects.current()}
        self.assertEqual(
            stated, {"eom": ("2026-06", "Notice 7"), "eos": ("to be announced", "Notice 7")}
        )
        page = self.client.get(self.url)
        self.assertContains(page, "Jun 2026. Notice 7")
        trail = reverse("admin:catalog_product_history", args=[self.part.product_id])
        self.assertContains(self.client.get(trail), "2026-06")

    def test_a_part_number_that_differs_is_set_on_its_own(self):
        self.fill(eos="2030-01-31", part_number="02350001", confirm="1")
        self.assertEqual(Milestone.objects.get().part_number, self.part)
        self.assertContains(self.client.get(self.url), "02350001: End of service and support")

    def test_dates_out_of_order_come_back_on_the_form_and_are_not_stored(self):
        state([row(self.part, EOM, "2026-06-15")])
        page = self.fill(eos="2026-06-14", confirm="1")
        self.assertContains(page, "is before end of marketing (15 Jun 2026). Move one of the dates")
        self.assertEqual(Milestone.objects.count(), 1)

    def test_what_can_not_be_read_says_what_to_write(self):
        for values, said in [
            ({"eom": "June 2026"}, "Write YYYY-MM-DD, YYYY-MM or to be announced."),
            ({}, "Write at least one milestone."),
            ({"eom": "2026-06", "part_number": "9"}, "Choose one that is."),
        ]:
            with self.subTest(values):
                self.assertContains(self.fill(**values), said)
        self.assertFalse(Milestone.objects.exists())

    def test_earlier_values_are_listed_beside_what_stands(self):
        state([row(self.part, EOS, "2030-06")])
        state([row(self.part, EOS, "2031-06")], cause="Revision 2")
        listed = reverse("admin:catalog_milestone_changelist")
        for asked, shown, hidden in [
            ("now", "Jun 2031", "Jun 2030"),
            ("before", "Jun 2030", "Jun 2031"),
        ]:
            page = self.client.get(listed, {"stands": asked, "q": "CE6881"})
            self.assertContains(page, shown)
            self.assertNotContains(page, hidden)

    def test_a_partner_does_not_get_in(self):
        self.client.logout()
        sign_in(self.client, make_user(make_organization(), "manager"))
        self.assertNotEqual(self.client.get(self.url).status_code, 200)
