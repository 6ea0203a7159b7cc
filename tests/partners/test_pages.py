"""Who may open which page: the role narrows what the kind of organization allows."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase, TestCase

from partners.enums import OrganizationKind, Permission, Role
from partners.pages import OrganizationPage
from tests.builders import make_organization, make_user


class Undeclared(OrganizationPage):
    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request): ...

    def post(self, request): ...


class DeclarationTests(SimpleTestCase):
    def test_a_method_without_a_permission_stops_the_start(self):
        with pytest.raises(ImproperlyConfigured, match="Undeclared answers"):
            Undeclared.as_view()


class RightsTests(TestCase):
    def may(self, kind, role, permission):
        organization = make_organization(kind=kind)
        return make_user(organization, role).can(permission, organization)

    def test_only_a_distributor_uploads_shipments(self):
        for kind in OrganizationKind:
            if kind is not OrganizationKind.HUAWEI:
                with self.subTest(kind):
                    may = self.may(kind, Role.AGENT, Permission.UPLOAD_SHIPMENTS)
                    self.assertEqual(may, kind is OrganizationKind.DISTRIBUTOR)

    def test_a_var_hands_in_no_reports_and_a_vap_does(self):
        self.assertFalse(self.may(OrganizationKind.VAR, Role.MANAGER, Permission.SUBMIT_REPORTS))
        self.assertTrue(self.may(OrganizationKind.VAP, Role.AGENT, Permission.SUBMIT_REPORTS))
        self.assertFalse(self.may(OrganizationKind.VAP, Role.VIEWER, Permission.SUBMIT_REPORTS))

    def test_only_a_manager_manages_members(self):
        for role, may in ((Role.VIEWER, False), (Role.AGENT, False), (Role.MANAGER, True)):
            with self.subTest(role):
                found = self.may(OrganizationKind.VAR, role, Permission.MANAGE_MEMBERS)
                self.assertEqual(found, may)

    def test_no_partner_may_do_what_staff_does(self):
        for permission in (Permission.ACCEPT_REPORTS, Permission.CORRECT_DATES):
            with self.subTest(permission):
                self.assertFalse(self.may(OrganizationKind.DISTRIBUTOR, Role.MANAGER, permission))
