"""The members' page: everybody sees it, managers change it, and nobody reaches into another's."""

from datetime import UTC, datetime

import time_machine
from allauth.mfa.models import Authenticator
from django.test import TestCase
from django.urls import reverse

from accounts import workflow
from accounts.models import Invitation
from audit.models import Event
from partners.enums import Role
from partners.models import Membership, Organization
from tests.accounts.test_sign_in import without_tokens
from tests.builders import make_organization, make_staff, make_user
from tests.entrance import give_app, sign_in

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NEVER = 4_000_000


class MembersCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1", name="Bluepeak Systems")
        cls.manager = make_user(cls.organization, Role.MANAGER, "ada@example.test")
        cls.viewer = make_user(cls.organization, Role.VIEWER, "vera@example.test")

    def setUp(self):
        self.enterContext(time_machine.travel(AT, tick=False))
        sign_in(self.client, self.manager)

    def role_of(self, user):
        return Membership.objects.get(user=user, organization=self.organization).role

    def at_member(self, name, user, **values):
        member = Membership.objects.get(user=user, organization=self.organization)
        return self.client.post(reverse(name, args=[member.pk]), values)


class ListTests(MembersCase):
    def test_shows_members_and_invitations_to_a_manager_with_what_can_be_done(self):
        self.client.post(reverse("invite"), {"email": "nina@example.test", "role": "agent"})
        page = self.client.get("/organization/")
        for words in ("vera@example.test", "Viewer", "nina@example.test", "Withdraw", "Invite a"):
            self.assertContains(page, words)

    def test_shows_others_the_list_alone(self):
        self.client.post(reverse("invite"), {"email": "nina@example.test", "role": "agent"})
        visitor = self.client_class()
        sign_in(visitor, self.viewer)
        page = visitor.get("/organization/")
        self.assertContains(page, "ada@example.test")
        for words in ("Remove", "Invite", "Withdraw", "nina@example.test", "Change the rule"):
            self.assertNotContains(page, words)

    def test_says_when_an_invitation_has_run_out(self):
        self.client.post(reverse("invite"), {"email": "nina@example.test", "role": "agent"})
        Invitation.unscoped.update(expires_at=AT)
        self.assertContains(self.client.get("/organization/"), "Expired")


class ChangeTests(MembersCase):
    def test_a_manager_changes_a_role_and_it_is_recorded(self):
        self.at_member("member-role", self.viewer, role="agent")
        self.assertEqual(self.role_of(self.viewer), "agent")
        event = Event.objects.get(name="partners.membership.granted")
        self.assertEqual((event.actor_id, event.detail["before"]), (self.manager.pk, "viewer"))

    def test_a_manager_removes_a_member(self):
        self.assertContains(
            self.client.get(
                reverse("member-remove", args=[Membership.objects.get(user=self.viewer).pk])
            ),
            "vera@example.test",
        )
        self.at_member("member-remove", self.viewer)
        self.assertFalse(Membership.objects.filter(user=self.viewer).exists())

    def test_the_last_manager_stays(self):
        for name, values in (("member-role", {"role": "viewer"}), ("member-remove", {})):
            with self.subTest(name):
                answer = self.at_member(name, self.manager, **values)
                self.assertContains(answer, "last manager", status_code=400)
        self.assertEqual(self.role_of(self.manager), "manager")

    def test_nobody_becomes_staff_here(self):
        self.assertEqual(self.at_member("member-role", self.viewer, role="staff").status_code, 400)
        self.assertEqual(self.role_of(self.viewer), "viewer")

    def test_a_new_link_and_a_withdrawal_are_one_click_each(self):
        self.client.post(reverse("invite"), {"email": "nina@example.test", "role": "agent"})
        first = Invitation.unscoped.get()
        self.client.post(reverse("invitation-resend", args=[first.pk]))
        second = Invitation.unscoped.get(withdrawn_at=None)
        self.assertNotEqual(first.pk, second.pk)
        self.client.post(reverse("invitation-withdraw", args=[second.pk]))
        answer = self.client.post(reverse("invitation-withdraw", args=[second.pk]), follow=True)
        self.assertContains(answer, "waits no longer")

    def test_staff_and_managers_decide_whether_a_second_factor_is_needed(self):
        self.client.post(reverse("second-factor-rule"), {"is_required": "on"})
        self.assertTrue(Organization.objects.get(pk=self.organization.pk).requires_second_factor)
        sign_in(self.client, make_staff())
        page = reverse("admin:partners_organization_change", args=[self.organization.pk])
        self.assertContains(self.client.get(page), "requires_second_factor")


class ForeignTests(MembersCase):
    """What is another organization's answers exactly like what never was."""

    def setUp(self):
        super().setUp()
        other = make_organization("D9")
        self.stranger = make_user(other, Role.MANAGER, "eve@example.test")
        self.theirs = {
            "member": Membership.objects.get(user=self.viewer).pk,
            "invitation": workflow.invite(
                self.organization,
                email="nina@example.test",
                role=Role.AGENT,
                user=self.manager,
                at=AT,
            ).pk,
        }
        give_app(self.manager)
        passkey = Authenticator.objects.create(user=self.manager, type="webauthn", data={})
        self.theirs["passkey"] = passkey.pk
        sign_in(self.client, self.stranger, second_factor=True)

    def test_is_not_found_and_not_changed(self):
        before = (Event.objects.count(), list(Membership.objects.values()))
        for name, kind in (
            ("member-role", "member"),
            ("member-remove", "member"),
            ("invitation-resend", "invitation"),
            ("invitation-withdraw", "invitation"),
            ("passkey-remove", "passkey"),
        ):
            for method in ("get", "post"):
                with self.subTest(name, method=method):
                    ask = getattr(self.client, method)
                    foreign, never = (
                        ask(reverse(name, args=[pk]), {"role": "viewer"})
                        for pk in (self.theirs[kind], NEVER)
                    )
                    self.assertEqual(foreign.status_code, never.status_code)
                    self.assertEqual(without_tokens(foreign)[3], without_tokens(never)[3])
                    self.assertIn(foreign.status_code, {404, 405})
        self.assertEqual((Event.objects.count(), list(Membership.objects.values())), before)
        self.assertTrue(Authenticator.objects.filter(pk=self.theirs["passkey"]).exists())

    def test_viewers_may_not_manage_their_own(self):
        sign_in(self.client, self.viewer)
        for name, kind in (("member-role", "member"), ("invitation-withdraw", "invitation")):
            answer = self.client.post(reverse(name, args=[self.theirs[kind]]), {"role": "manager"})
            self.assertEqual(answer.status_code, 403)
        self.assertEqual(self.client.get(reverse("invite")).status_code, 403)
        self.assertEqual(self.role_of(self.viewer), "viewer")


class AccountTests(MembersCase):
    def test_shows_what_opens_the_account_and_where_it_is_open(self):
        page = self.client.get("/account/")
        for words in ("ada@example.test", "Add an authenticator app", "Now, on this page"):
            self.assertContains(page, words)

    def test_a_name_changes_on_one_line_and_is_recorded(self):
        self.client.post(reverse("name"), {"name": "  Ada \n Lovelace "})
        self.manager.refresh_from_db()
        self.assertEqual(self.manager.name, "Ada Lovelace")
        self.assertEqual(Event.objects.get().detail, {"before": "Ada", "after": "Ada Lovelace"})
