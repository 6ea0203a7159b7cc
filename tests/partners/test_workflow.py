"""Writes to organizations, people, memberships and tokens."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.test import TestCase

from audit.models import Event
from audit.trail import SYSTEM
from partners import workflow
from partners.enums import Role
from partners.models import ApiToken, Membership, RequestCount, User
from tests.builders import make_huawei, make_organization, make_user

AT = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
BY = {"actor": SYSTEM, "at": AT}


class OrganizationTests(TestCase):
    def test_a_change_keeps_what_was_before(self):
        organization = make_organization("D1", name="Old name")
        organization.name = "New name"
        workflow.save_organization(organization, **BY)
        event = Event.objects.get()
        self.assertEqual(event.name, "partners.organization.changed")
        changes = {"name": {"before": "Old name", "after": "New name"}}
        self.assertEqual(event.detail, {"changes": changes})

    def test_saving_what_is_already_so_leaves_no_event(self):
        workflow.save_organization(make_organization(), **BY)
        self.assertEqual(Event.objects.count(), 0)

    def test_nobody_buys_from_itself_through_others(self):
        seller = make_organization("A")
        buyer = make_organization("B", buys_from=seller)
        seller.buys_from = buyer
        with self.assertRaisesMessage(workflow.BuysInACircle, "through"):
            workflow.save_organization(seller, **BY)
        seller.refresh_from_db()
        self.assertIsNone(seller.buys_from)


class RoleTests(TestCase):
    def grant(self, user, organization, role):
        return workflow.grant_role(user, organization=organization, role=role, **BY)

    def test_only_huawei_has_staff_and_only_staff(self):
        person, partner = make_user(), make_organization()
        for organization, role in [(partner, Role.STAFF), (make_huawei(), Role.MANAGER)]:
            with self.subTest(role), self.assertRaises(workflow.RoleNotAllowed):
                self.grant(person, organization, role)
        self.assertFalse(Membership.objects.exists())

    def test_the_trail_keeps_the_role_before_and_after(self):
        organization = make_organization("D1")
        person = make_user(organization, Role.VIEWER)
        self.assertEqual(self.grant(person, organization, Role.AGENT), "viewer")
        detail = {"organization": "D1", "before": "viewer", "after": "agent"}
        self.assertEqual(Event.objects.get().detail, detail)

    def test_the_last_manager_stays_and_the_last_but_one_may_go(self):
        organization = make_organization()
        first = make_user(organization, Role.MANAGER)
        with self.assertRaises(workflow.LastManager):
            workflow.remove_member(first, organization=organization, **BY)
        with self.assertRaises(workflow.LastManager):
            self.grant(first, organization, Role.VIEWER)
        make_user(organization, Role.MANAGER)
        workflow.remove_member(first, organization=organization, **BY)
        self.assertEqual(Membership.objects.filter(user=first).count(), 0)

    def test_a_manager_who_may_not_sign_in_does_not_count(self):
        organization = make_organization()
        first, second = (make_user(organization, Role.MANAGER) for _ in range(2))
        workflow.set_active(second, is_active=False, reason="left", **BY)
        with self.assertRaises(workflow.LastManager):
            workflow.remove_member(first, organization=organization, **BY)

    def test_who_does_not_belong_is_not_removed(self):
        with self.assertRaises(workflow.NotAMember):
            workflow.remove_member(make_user(), organization=make_organization(), **BY)


class UserTests(TestCase):
    def create(self, password):
        return workflow.create_user(
            email="Ann@Example.test",
            password=password,
            organization=make_organization(),
            role=Role.VIEWER,
            **BY,
        )

    def test_twelve_characters_are_enough_and_eleven_are_not(self):
        with self.assertRaises(ValidationError):
            self.create("qz7-wm4-kx1")
        self.assertFalse(User.objects.exists())
        user = self.create("qz7-wm4-kx1-")
        self.assertEqual(user.email, "ann@example.test")
        self.assertTrue(user.check_password("qz7-wm4-kx1-"))
        names = list(Event.objects.order_by("pk").values_list("name", flat=True))
        self.assertEqual(names, ["partners.user.created", "partners.membership.granted"])


class TokenTests(TestCase):
    def test_the_secret_is_returned_and_only_its_hash_is_kept(self):
        organization = make_organization()
        user = make_user(organization)
        secret = workflow.create_token(
            user,
            organization=organization,
            scopes=["units:read"],
            label="",
            lasts=timedelta(days=1),
            **BY,
        )
        token = ApiToken.objects.get()
        self.assertNotIn(secret, [str(value) for value in vars(token).values()])
        self.assertNotIn(secret, str(Event.objects.get().detail))
        self.assertEqual(token.expiry, AT + timedelta(days=1))

    def test_nobody_gets_a_token_for_another_organization(self):
        user = make_user(make_organization())
        with self.assertRaises(workflow.NotAMember):
            workflow.create_token(
                user,
                organization=make_organization(),
                scopes=["units:read"],
                label="",
                lasts=timedelta(days=1),
                **BY,
            )


class CountRequestTests(TestCase):
    def count(self, at=AT, caller="token:a", **window):
        return workflow.count_request(caller, limit=2, at=at, **window)

    def test_lets_the_limit_through_and_refuses_one_more(self):
        self.assertEqual([self.count() for _ in range(3)], [True, True, False])

    def test_begins_anew_with_the_next_minute(self):
        answers = [self.count() for _ in range(3)]
        last_second, next_minute = AT + timedelta(seconds=59), AT + timedelta(seconds=60)
        answers += [self.count(last_second), self.count(next_minute)]
        self.assertEqual(answers, [True, True, False, False, True])

    def test_holds_for_as_long_as_the_window_is_however_many_others_come_by(self):
        hour = timedelta(hours=1)
        answers = [self.count(window=hour) for _ in range(3)]
        self.count(AT + timedelta(minutes=59), caller="token:b")
        answers.append(self.count(AT + timedelta(minutes=59, seconds=59), window=hour))
        answers.append(self.count(AT + hour, window=hour))
        self.assertEqual(answers, [True, True, False, False, True])
        self.assertEqual(workflow.window_ends(AT, hour), AT + hour)

    def test_takes_back_what_was_right(self):
        self.count()
        self.count()
        workflow.uncount_request("token:a", at=AT)
        self.assertEqual([self.count(), self.count()], [True, False])

    def test_counts_each_caller_apart(self):
        self.assertEqual([self.count() for _ in range(3)][-1], False)
        self.assertTrue(self.count(caller="token:b"))

    def test_forgets_who_has_gone_quiet(self):
        self.count(caller="address:192.0.2.1")
        self.count(at=AT + timedelta(hours=1, seconds=60), caller="token:b")
        self.assertEqual(RequestCount.objects.count(), 2)
        self.count(at=AT + timedelta(hours=1, seconds=61), caller="token:c")
        callers = set(RequestCount.objects.values_list("caller", flat=True))
        self.assertEqual(callers, {"token:b", "token:c"})

    def test_the_usual_request_costs_one_statement(self):
        self.count()
        with self.assertNumQueries(1):
            self.count()
