"""Who gets which mail: what a manager reads of each member, and of nobody else's."""

import csv
import io
from datetime import date, time

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import outbox
from notifications.enums import MessageStatus
from notifications.models import MailHours, Message, Preference
from partners.enums import Role
from partners.models import User
from tests.builders import at_noon, make_organization, make_user

ENDING = "Support cover ending"


class MailingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1")
        cls.manager = make_user(cls.organization, Role.MANAGER, "ann@example.test")
        cls.viewer = make_user(cls.organization, Role.VIEWER, "bob@example.test")
        cls.stranger = make_user(make_organization("D2"), Role.MANAGER, "eve@example.test")

    def setUp(self):
        self.client.force_login(self.manager)

    def choose(self, user, kind="cover-ending", **chosen):
        Preference.objects.create(address=user.email, kind=kind, **chosen)

    def table(self):
        answer = self.client.get(reverse("mailing-csv"))
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def told(self, mail=ENDING):
        """Return what each member gets of one mail, and who decided it."""
        rows = [row for row in self.table() if row["mail"] == mail]
        return {row["email"][:3]: (row["gets"], row["decided_by"]) for row in rows}

    def test_says_the_usual_and_what_each_member_chose(self):
        self.assertEqual(self.told(), {"ann": ("On", "usual"), "bob": ("On", "usual")})
        self.choose(self.viewer, is_on=False)
        self.choose(self.viewer, "announcement", is_weekly=True)
        self.choose(self.stranger, is_on=False)
        self.assertEqual(self.told()["bob"], ("Off", "own choice"))
        self.assertEqual(self.told("Announcements about products")["bob"], ("Weekly", "own choice"))
        self.assertEqual(self.told("Call registered")["bob"], ("On", "always"))
        User.objects.filter(pk=self.viewer.pk).update(is_active=False)
        self.assertEqual(self.told("Call registered")["bob"], ("Off", "deactivated"))

    def test_what_it_says_is_what_the_outbox_does(self):
        self.choose(self.viewer, is_on=False)
        outbox.tell(
            "support/cover_ending",
            key="ends",
            organization=self.organization,
            context={},
            at=at_noon(date(2026, 5, 4)),
        )
        got = {m.recipient[:3]: m.status != MessageStatus.SKIPPED for m in Message.unscoped.all()}
        self.assertEqual(got, {who: word == "On" for who, (word, _) in self.told().items()})

    def test_quiet_hours_are_the_own_ones_or_the_usual(self):
        MailHours.objects.create(
            address=self.viewer.email, begins=time(18), weekends=True, time_zone="America/Denver"
        )
        MailHours.objects.create(address=self.manager.email, is_on=False)
        rows = {row["email"][:3]: row for row in self.table() if row["mail"] == ENDING}
        hours = {who: (row["quiet_hours"], row["time_zone"]) for who, row in rows.items()}
        own = ("18:00 to 08:00, and weekends", "America/Denver")
        self.assertEqual(hours, {"bob": own, "ann": ("None", "America/Chicago")})

    def test_warns_of_mail_that_nobody_gets(self):
        address, words = reverse("mailing"), "Nobody here gets this mail"
        self.choose(self.viewer, is_on=False)
        self.assertNotContains(self.client.get(address), words)
        self.choose(self.manager, is_on=False)
        page = self.client.get(address)
        self.assertContains(page, words)
        self.assertEqual([kind.label for kind in page.context["unread"]], [ENDING])

    def test_shows_nobody_of_another_organization_and_costs_no_more_for_many(self):
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                page = self.client.get(reverse("mailing"))
            counts.append(len(queries))
            self.assertNotContains(page, "eve@example.test")
            make_user(self.organization)
            make_user(self.organization)
        self.assertEqual(counts[0], counts[1])
        self.assertNotIn("eve", self.told())
