"""Invitations: sent by who may, taken up once, by whom they are for, and telling nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.urls import reverse

from accounts import workflow
from accounts.models import Invitation
from accounts.policy import INVITATIONS_A_DAY
from audit.models import Event
from audit.trail import SYSTEM
from notifications.models import Message
from partners import workflow as partners
from partners.enums import Role
from partners.models import Membership, User
from tests.accounts.test_sign_in import without_tokens
from tests.builders import make_huawei, make_organization, make_staff, make_user
from tests.entrance import link_in_mail, sign_in

pytestmark = pytest.mark.portable

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NEW = "meadow-lantern-orbit-7"
NINA = "nina@example.test"


class InvitationCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1", name="Bluepeak Systems")
        cls.manager = make_user(cls.organization, Role.MANAGER, "ada@example.test")

    def setUp(self):
        self.enterContext(time_machine.travel(AT, tick=False))
        sign_in(self.client, self.manager)
        self.visitor = self.client_class()

    def invite(self, email=NINA, role="agent"):
        return self.client.post(reverse("invite"), {"email": email, "role": role})

    def invited(self, email=NINA, role="agent"):
        """Invite somebody and return the link of the mail."""
        self.assertEqual(self.invite(email, role).status_code, 302)
        return link_in_mail(to=email)

    def accept(self, link, name="Nina", password=NEW):
        return self.visitor.post(link, {"name": name, "new_password": password})

    def is_dead(self, link):
        answer = self.visitor.get(link)
        return answer.status_code == 404 and b"This link no longer works" in answer.content


class FlowTests(InvitationCase):
    def test_from_invitation_to_membership(self):
        link = self.invited()
        page = self.visitor.get(link)
        self.assertContains(page, "Bluepeak Systems")
        self.assertContains(page, 'autocomplete="new-password"')
        answer = self.accept(link)
        self.assertRedirects(answer, reverse("sign-in"), fetch_redirect_response=False)
        member = Membership.objects.get(user__email=NINA)
        self.assertEqual((member.role, member.joined_at), ("agent", AT))
        self.assertTrue(member.user.check_password(NEW))
        names = list(Event.objects.order_by("pk").values_list("name", flat=True))
        expected = ["accounts.invitation.sent", "partners.user.created"]
        expected += ["partners.membership.granted", "accounts.invitation.accepted"]
        self.assertEqual(names, expected)

    def test_a_link_works_once(self):
        link = self.invited()
        self.accept(link)
        self.assertTrue(self.is_dead(link))
        self.accept(link, name="Eve", password="another-one-altogether")
        self.assertTrue(User.objects.get(email=NINA).check_password(NEW))

    def test_a_link_works_for_seven_days(self):
        link = self.invited()
        with time_machine.travel(AT + timedelta(days=7) - timedelta(seconds=1), tick=False):
            self.assertFalse(self.is_dead(link))
        with time_machine.travel(AT + timedelta(days=7), tick=False):
            self.assertTrue(self.is_dead(link))
            self.accept(link)
        self.assertFalse(User.objects.filter(email=NINA).exists())

    def test_looking_uses_nothing_up(self):
        link = self.invited()
        for _ in range(3):
            self.visitor.get(link)
            self.visitor.head(link)
        self.assertEqual(self.accept(link).status_code, 302)

    def test_the_same_page_answers_every_link_that_does_not_count(self):
        used, withdrawn = self.invited(), self.invited("otto@example.test")
        self.accept(used)
        invitation = Invitation.unscoped.get(email="otto@example.test")
        workflow.withdraw(invitation, actor=SYSTEM, at=AT)
        forged = used[:-2] + ("x/" if used[-2] != "x" else "y/")
        links = (used, withdrawn, forged)
        answers = [without_tokens(self.client_class().get(link)) for link in links]
        self.assertEqual(answers[0][0], 404)
        self.assertEqual(answers, [answers[0]] * 3)

    def test_the_link_is_kept_nowhere(self):
        token = self.invited().rstrip("/").rpartition("/")[2]
        message = Message.unscoped.get()
        kept = [str(vars(message)), str(vars(Invitation.unscoped.get()))]
        kept += [str(detail) for detail in Event.objects.values_list("detail", flat=True)]
        self.assertFalse(any(token in text for text in kept))

    def test_a_weak_password_or_no_name_is_refused_and_leaves_nothing(self):
        link = self.invited()
        for name, password in (("Nina", "short"), ("", NEW), ("Nina", "bluepeak-for-me-1")):
            with self.subTest(password):
                self.assertEqual(self.accept(link, name, password).status_code, 400)
        self.assertFalse(User.objects.filter(email=NINA).exists())
        self.assertFalse(self.is_dead(link))

    def test_staff_are_invited_as_staff_and_set_a_second_factor_up(self):
        sign_in(self.client, make_staff())
        link = self.invited(role="staff")
        self.accept(link)
        self.visitor.post(reverse("sign-in"), {"username": NINA, "password": NEW})
        self.assertTrue(self.visitor.get("/home/").url.startswith("/account/authenticator/"))


class KnownPersonTests(InvitationCase):
    def setUp(self):
        super().setUp()
        self.nina = make_user(make_organization("V9"), Role.VIEWER, NINA)

    def test_signs_in_as_that_person_and_joins(self):
        link = self.invited()
        page = self.visitor.get(link)
        self.assertContains(page, "Sign in and join")
        self.assertNotContains(page, "new_password")
        self.accept(link, password="never-to-be-set-here")
        self.assertFalse(Membership.objects.filter(organization=self.organization, user=self.nina))
        sign_in(self.visitor, self.nina)
        self.assertRedirects(self.visitor.post(link), "/home/", fetch_redirect_response=False)
        found = Membership.objects.get(organization=self.organization, user=self.nina)
        self.assertEqual(found.role, "agent")
        self.assertTrue(self.is_dead(link))

    def test_nobody_else_joins_in_their_place(self):
        link = self.invited()
        sign_in(self.visitor, make_user(make_organization(), email="eve@example.test"))
        self.assertContains(self.visitor.get(link), "signed in as eve@example.test")
        self.assertEqual(self.visitor.post(link).status_code, 400)
        invitation = Invitation.unscoped.get()
        eve = User.objects.get(email="eve@example.test")
        with self.assertRaises(workflow.NotForYou):
            workflow.join(invitation, user=eve, at=AT)
        self.assertEqual(Membership.objects.filter(organization=self.organization).count(), 1)

    def test_the_inviter_learns_nothing_of_accounts_elsewhere(self):
        answers = []
        for email in (NINA, "none@example.test"):
            first = without_tokens(self.invite(email))
            page = self.client.get("/organization/").content.decode().replace(email, "EMAIL")
            answers.append((first, page.count("EMAIL")))
            Invitation.unscoped.all().delete()
        self.assertEqual(answers[0], answers[1])

    def test_a_role_held_meanwhile_stays(self):
        link = self.invited()
        given = {"organization": self.organization, "actor": SYSTEM, "at": AT}
        partners.grant_role(self.nina, role=Role.MANAGER, **given)
        sign_in(self.visitor, self.nina)
        self.visitor.post(link)
        found = Membership.objects.get(organization=self.organization, user=self.nina)
        self.assertEqual(found.role, "manager")


class RefusalTests(InvitationCase):
    def test_a_member_is_not_invited_again(self):
        answer = self.invite("ADA@example.test")
        self.assertContains(answer, "belongs to Bluepeak Systems already", status_code=400)
        self.assertFalse(Invitation.unscoped.exists())
        self.assertFalse(Message.unscoped.exists())

    def test_a_newer_invitation_takes_the_place_of_an_older_one(self):
        old = self.invited(role="viewer")
        new = self.invited(role="manager")
        self.assertTrue(self.is_dead(old))
        self.accept(new)
        self.assertEqual(Membership.objects.get(user__email=NINA).role, "manager")

    def test_one_address_waits_once_even_in_a_race(self):
        self.invite()
        waiting = Invitation.unscoped.get()
        waiting.pk = None
        with self.assertRaises(IntegrityError), transaction.atomic():
            waiting.save(force_insert=True)

    def test_no_role_of_huawei_is_given_away_and_none_taken_in_there(self):
        self.assertEqual(self.invite(role="staff").status_code, 400)
        with self.assertRaises(partners.RoleNotAllowed):
            workflow.invite(make_huawei(), email=NINA, role=Role.MANAGER, user=self.manager, at=AT)
        self.assertFalse(Invitation.unscoped.exists())

    def test_there_is_an_end_to_a_days_invitations(self):
        for n in range(INVITATIONS_A_DAY):
            self.assertEqual(self.invite(f"person{n}@example.com").status_code, 302)
        self.assertEqual(self.invite().status_code, 400)
        with time_machine.travel(AT + timedelta(days=1), tick=False):
            sign_in(self.client, self.manager)
            self.assertEqual(self.invite().status_code, 302)

    def test_accepting_with_an_account_that_came_meanwhile_creates_no_second(self):
        self.invited()
        make_user(make_organization(), email=NINA)
        with self.assertRaises(workflow.AccountExists):
            workflow.accept(Invitation.unscoped.get(), name="Nina", password=NEW, at=AT)
        self.assertIsNone(Invitation.unscoped.get().accepted_at)

    def test_a_weak_password_raises_before_anything_is_kept(self):
        self.invited()
        with self.assertRaises(ValidationError):
            workflow.accept(Invitation.unscoped.get(), name="Nina", password="x", at=AT)
        self.assertIsNone(Invitation.unscoped.get().accepted_at)


class DeskTests(InvitationCase):
    def setUp(self):
        super().setUp()
        sign_in(self.client, make_staff())

    def add(self, **values):
        return self.client.post(reverse("admin:accounts_invitation_add"), values)

    def test_staff_invite_anybody_anywhere(self):
        answer = self.add(organization="D1", email=NINA, role="manager")
        self.assertEqual(answer.status_code, 302)
        self.accept(link_in_mail(to=NINA))
        self.assertEqual(Membership.objects.get(user__email=NINA).role, "manager")

    def test_a_refusal_comes_back_on_the_form(self):
        answer = self.add(organization="D1", email=NINA, role="staff")
        self.assertContains(answer, "staff, and nobody else is")
        self.assertFalse(Invitation.unscoped.exists())

    def test_staff_withdraw_and_send_again(self):
        self.add(organization="D1", email=NINA, role="agent")
        link = link_in_mail(to=NINA)
        first = Invitation.unscoped.get()
        self.client.post(reverse("admin:accounts_invitation_resend", args=[first.pk]))
        self.assertTrue(self.is_dead(link))
        second = Invitation.unscoped.get(withdrawn_at=None)
        self.client.post(reverse("admin:accounts_invitation_withdraw", args=[second.pk]))
        self.assertFalse(Invitation.unscoped.unanswered().exists())
        page = self.client.get(reverse("admin:accounts_invitation_changelist"))
        self.assertContains(page, "Withdrawn")
