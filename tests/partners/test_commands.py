"""create_user and create_token, as an operator runs them."""

import io
import json
import sys
from contextlib import contextmanager, redirect_stderr
from datetime import timedelta

from django.core.management import CommandError, call_command
from django.test import TestCase

from partners.models import ApiToken, Membership, User
from tests.builders import make_huawei, make_organization, make_user

PASSWORD = "qz7-wm4-kx1-pl9"


@contextmanager
def standard_input(text):
    """Let commands read `text` where they would read what is typed or piped."""
    kept, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = kept


def run(*arguments, typed=PASSWORD):
    """Run a command with `typed` on its standard input; return what it printed."""
    out = io.StringIO()
    with standard_input(typed + "\n"), redirect_stderr(io.StringIO()):
        call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


class CreateUserTests(TestCase):
    def setUp(self):
        self.organization = make_organization("D1", name="Texas Distribution")
        self.arguments = ["create_user", "Ann@Example.test", "--organization", "D1"]

    def test_creates_a_person_who_can_sign_in(self):
        said = run(*self.arguments, "--role", "agent")
        expected = "Created ann@example.test, agent of Texas Distribution (D1).\n"
        self.assertEqual(said, expected)
        self.assertTrue(User.objects.get().check_password(PASSWORD))
        self.assertNotIn(PASSWORD, said)

    def test_says_what_became_of_a_known_person_and_keeps_the_password(self):
        run(*self.arguments, "--role", "agent")
        said = run(*self.arguments, "--role", "manager", typed="another-password-77")
        self.assertIn("manager of Texas Distribution (D1) now, was agent", said)
        self.assertTrue(User.objects.get().check_password(PASSWORD))
        self.assertIn("Nothing changed", run(*self.arguments, "--role", "manager"))
        self.assertEqual(Membership.objects.get().role, "manager")

    def test_prints_json(self):
        facts = json.loads(run(*self.arguments, "--role", "viewer", "--json"))
        expected = {
            "email": "ann@example.test",
            "organization": "D1",
            "role": "viewer",
            "role_before": "",
            "created": True,
        }
        self.assertEqual(facts, expected)

    def test_refuses_with_the_reason_and_stores_nothing(self):
        cases = [
            ([*self.arguments, "--role", "agent"], "short", "at least 12"),
            ([*self.arguments, "--role", "agent"], "", "needs a password"),
            ([*self.arguments, "--role", "staff"], PASSWORD, "staff, and nobody else"),
            (["create_user", "ann", "--organization", "D1", "--role", "agent"], PASSWORD, "valid"),
            (
                ["create_user", "a@b.test", "--organization", "NONE", "--role", "agent"],
                PASSWORD,
                "no organization with the code NONE",
            ),
        ]
        for arguments, typed, reason in cases:
            with self.subTest(reason), self.assertRaisesMessage(CommandError, reason) as caught:
                run(*arguments, typed=typed)
            self.assertEqual(caught.exception.returncode, 1)
        self.assertEqual(User.objects.count(), 0)


class CreateTokenTests(TestCase):
    def setUp(self):
        self.user = make_user(make_organization("D1"), email="ann@example.test")

    def test_prints_a_token_that_reads_units_for_ninety_days(self):
        secret = run("create_token", "ANN@example.test").strip()
        token = ApiToken.objects.get()
        self.assertEqual((len(secret), token.scopes), (64, "units:read"))
        self.assertEqual(token.organization.code, "D1")
        lasts = token.expiry - token.created
        self.assertLess(abs(lasts - timedelta(days=90)), timedelta(minutes=1))

    def test_prints_json(self):
        facts = json.loads(run("create_token", "ann@example.test", "--days", "1", "--json"))
        self.assertEqual(set(facts), {"token", "email", "organization", "scopes", "expires_at"})

    def test_asks_for_the_organization_when_there_are_several(self):
        Membership.objects.create(
            user=self.user, organization=make_organization("D2"), role="agent"
        )
        with self.assertRaisesMessage(CommandError, "D1, D2"):
            run("create_token", "ann@example.test")
        run("create_token", "ann@example.test", "--organization", "D2")
        self.assertEqual(ApiToken.objects.get().organization.code, "D2")

    def test_refuses_strangers_and_lengths_out_of_range(self):
        make_huawei()
        cases = [
            (["nobody@example.test"], "Nobody signs in", 1),
            (["ann@example.test", "--organization", "HUAWEI"], "does not belong", 1),
            (["ann@example.test", "--days", "0"], "1 to 366", 2),
            (["ann@example.test", "--days", "367"], "1 to 366", 2),
        ]
        for arguments, reason, status in cases:
            with self.subTest(reason), self.assertRaisesMessage(CommandError, reason) as caught:
                run("create_token", *arguments)
            self.assertEqual(caught.exception.returncode, status)
        self.assertFalse(ApiToken.objects.exists())
