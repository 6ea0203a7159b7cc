"""What staff says in the directory of distributors: at the desk, once, and with a trail."""

from django.test import Client, TestCase
from django.urls import reverse

from audit.models import Event
from audit.trail import SYSTEM
from partners import workflow
from partners.models import DistributorEntry
from tests import builders as make
from tests.builders import CAP_ON, at_noon
from tests.entrance import sign_in

BY = {"actor": SYSTEM, "at": at_noon(CAP_ON)}
ADD = reverse("admin:partners_distributorentry_add")


class WorkflowTests(TestCase):
    def setUp(self):
        self.entry = make.make_entry(make.make_organization("D1"), states="TX AK OK TX")

    def test_states_are_kept_once_and_by_name(self):
        self.assertEqual(DistributorEntry.objects.get().states, "AK OK TX")

    def test_a_change_keeps_what_was_before_and_none_leaves_no_event(self):
        self.entry.states, self.entry.is_listed = "TX AK", False
        workflow.save_entry(self.entry, **BY)
        workflow.save_entry(self.entry, **BY)
        added, changed = Event.objects.order_by("pk")
        self.assertEqual(added.name, "partners.distributor_entry.added")
        self.assertEqual(changed.name, "partners.distributor_entry.changed")
        changes = {
            "states": {"before": "AK OK TX", "after": "AK TX"},
            "is_listed": {"before": True, "after": False},
        }
        self.assertEqual(changed.detail, {"changes": changes})

    def test_nobody_else_has_an_entry(self):
        for kind in ("huawei", "vap", "var", "gap", "end_customer"):
            with self.subTest(kind), self.assertRaises(workflow.NotADistributor):
                make.make_entry(make.make_organization(kind, kind))
        self.assertEqual(DistributorEntry.objects.get(), self.entry)


class DeskTests(TestCase):
    def setUp(self):
        make.make_policy()
        self.distributor = make.make_organization("D1", name="Meridian Example")
        sign_in(self.client, make.make_staff("staff@example.test"))

    def values(self, **fields):
        return {
            "organization": self.distributor.pk,
            "phone": "555-555-0100",
            "email": "desk@dist.example",
            "hours": "Monday to Friday, 8:00 to 17:00",
            "states": ["TX", "OK"],
            "is_listed": "on",
            **fields,
        }

    def test_staff_list_a_distributor_and_take_it_off_again(self):
        self.assertEqual(self.client.post(ADD, self.values()).status_code, 302)
        entry = DistributorEntry.objects.get()
        self.assertEqual((entry.states, entry.is_listed), ("OK TX", True))
        self.assertContains(Client().get("/distributors/?state=OK"), "Meridian Example")
        page = reverse("admin:partners_distributorentry_change", args=[entry.pk])
        self.assertContains(self.client.get(page), 'value="TX" id="id_states_43" checked')
        values = self.values(is_listed="", organization="")
        self.assertEqual(self.client.post(page, values).status_code, 302)
        self.assertNotContains(Client().get("/distributors/"), "Meridian Example")
        event = Event.objects.get(name="partners.distributor_entry.changed")
        self.assertEqual(event.actor_label, "Staff")
        self.assertEqual(list(event.detail["changes"]), ["is_listed"])
        trail = reverse("admin:partners_distributorentry_history", args=[entry.pk])
        self.assertContains(self.client.get(trail), "Staff")

    def test_what_cannot_be_dialled_or_chosen_is_refused_and_kept_on_the_form(self):
        partner = make.make_organization("V1", "vap")
        for fields, words in (
            ({"phone": "555-0100"}, "Write the ten digits of a number in the United States"),
            ({"email": "desk"}, "Enter a valid email address."),
            ({"states": []}, "This field is required."),
            ({"states": ["TX", "ZZ"]}, "ZZ is not one of the available choices."),
            ({"organization": partner.pk}, "Select a valid choice."),
        ):
            with self.subTest(words):
                page = self.client.post(ADD, self.values(**fields))
                self.assertContains(page, words)
                self.assertContains(page, "Monday to Friday, 8:00 to 17:00")
        self.assertFalse(DistributorEntry.objects.exists())

    def test_the_later_of_two_people_sees_what_the_earlier_saved(self):
        entry = make.make_entry(self.distributor)
        page = reverse("admin:partners_distributorentry_change", args=[entry.pk])
        self.client.post(page, self.values(phone="555-555-0111", shown="1"))
        late = self.client.post(page, self.values(phone="555-555-0122", shown="1"))
        self.assertContains(late, "phone from 555-555-0100 to 555-555-0111")
        self.assertContains(late, "555-555-0122")
        self.assertContains(late, 'name="shown" value="2"')
        entry.refresh_from_db()
        self.assertEqual(entry.phone, "555-555-0111")
        self.client.post(page, self.values(phone="555-555-0122", shown="2"))
        entry.refresh_from_db()
        self.assertEqual(entry.phone, "555-555-0122")

    def test_an_entry_is_taken_off_the_list_and_never_deleted(self):
        entry = make.make_entry(self.distributor)
        page = reverse("admin:partners_distributorentry_delete", args=[entry.pk])
        self.assertEqual(self.client.post(page, {"post": "yes"}).status_code, 403)
        self.assertTrue(DistributorEntry.objects.exists())
