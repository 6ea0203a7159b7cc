"""The desk: who gets in, what it shows, and what staff do there, through the workflow."""

from datetime import date, timedelta

from django.contrib import admin
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from audit.trail import SYSTEM
from notifications.enums import MessageStatus
from notifications.models import Message
from partners import clock
from partners.enums import OrganizationKind, Role
from partners.models import ApiToken, Membership, Organization
from tests.api import bearer
from tests.builders import (
    at_noon,
    make_dispute,
    make_organization,
    make_policy,
    make_report,
    make_shipment,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from tests.entrance import sign_in
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, PolicyVersion, Warranty
from warranty.nights.run import run_night

APRIL_10 = date(2026, 4, 10)


class DeskCase(TestCase):
    """A member of staff who is signed in."""

    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.staff = make_staff("staff@example.test")
        cls.distributor = make_organization("D1")

    def setUp(self):
        sign_in(self.client, self.staff)

    def started_unit(self, **fields):
        unit = make_unit(self.distributor, **fields)
        run_night(as_of=APRIL_10, today=APRIL_10, at=at_noon(APRIL_10), actor=SYSTEM)
        return unit

    def post(self, name, record, **values):
        return self.client.post(reverse(f"admin:{name}", args=[record.pk]), values)


class PagesTests(DeskCase):
    def test_every_list_record_and_trail_opens(self):
        unit = self.started_unit()
        make_report([unit], signed_on=APRIL_10)
        bearer(self.distributor)
        self.message()
        for model, desk in admin.site._registry.items():
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            with self.subTest(name):
                listed = self.client.get(reverse(f"{name}_changelist"), {"q": "D1"})
                self.assertEqual(listed.status_code, 200)
                record = model._default_manager.first()
                if record is not None:
                    pages = (
                        ["change", "history"] if getattr(desk, "has_trail", True) else ["change"]
                    )
                    for page in pages:
                        response = self.client.get(reverse(f"{name}_{page}", args=[record.pk]))
                        self.assertEqual(response.status_code, 200)

    def message(self, status=MessageStatus.FAILED):
        return Message.unscoped.create(
            key=f"test:{status}",
            recipient="a@example.test",
            template="warranty/started",
            status=status,
            queued_at=clock.now(),
            due_at=clock.now(),
        )

    def test_a_list_costs_the_same_for_one_row_and_for_three(self):
        def queries(name):
            self.client.get(reverse(name))
            with CaptureQueriesContext(connection) as counted:
                self.client.get(reverse(name))
            return len(counted)

        names = [
            f"admin:warranty_{m}_changelist" for m in ("unit", "shipment", "installationreport")
        ]
        make_report([self.started_unit()], signed_on=APRIL_10)
        one = [queries(name) for name in names]
        for _ in range(2):
            make_report([self.started_unit()], signed_on=APRIL_10)
        self.assertEqual([queries(name) for name in names], one)

    def test_the_first_page_counts_what_waits(self):
        make_report([make_unit(self.distributor)], signed_on=date(2026, 2, 1))
        self.message()
        page = self.client.get(reverse("admin:index"))
        counts = {queue["label"]: queue["count"] for queue in page.context["queues"]}
        self.assertEqual(counts["Reports to accept"], 1)
        self.assertEqual(counts["Mail that failed"], 1)
        self.assertEqual(counts["Disputes to decide"], 0)
        self.assertContains(page, "Queue is clear")
        for queue in page.context["queues"]:
            self.assertEqual(self.client.get(queue["url"]).status_code, 200)

    def test_the_first_page_names_what_has_waited_longest(self):
        disputes = [
            make_dispute(make_unit(self.distributor), at=clock.now() - timedelta(days=days))
            for days in (1, 3, 2)
        ]
        page = self.client.get(reverse("admin:index"))
        tile = next(q for q in page.context["queues"] if q["label"] == "Disputes to decide")
        self.assertEqual((tile["count"], tile["oldest"]), (3, disputes[1].reference))
        self.assertEqual(tile["age"].replace("\xa0", " "), "3 days")
        listed = self.client.get(tile["url"])
        self.assertEqual(listed.context["cl"].result_count, 3)

    def test_nothing_can_be_deleted_or_edited_in_a_list(self):
        for model, model_admin in admin.site._registry.items():
            with self.subTest(model.__name__):
                request = self.client.get(reverse("admin:index")).wsgi_request
                self.assertFalse(model_admin.has_delete_permission(request))
                self.assertEqual(tuple(model_admin.list_editable), ())

    def test_a_unit_is_found_by_its_serial_as_people_type_it(self):
        make_unit(self.distributor, serial="2102ABCDEF0000000001")
        page = self.client.get(reverse("admin:warranty_unit_changelist"), {"q": "2102-abcdef 0"})
        self.assertContains(page, "2102ABCDEF0000000001")
        other = self.client.get(reverse("admin:warranty_unit_changelist"), {"q": "2102-abcdeg"})
        self.assertNotContains(other, "2102ABCDEF0000000001")

    def test_a_shipment_counts_the_units_of_either_leg(self):
        shipment = make_shipment(self.distributor)
        units = [make_unit(shipment=shipment) for _ in range(3)]
        onward = pass_on(units[0], make_organization("V1"), shipped_on=date(2026, 2, 1))
        page = self.client.get(reverse("admin:warranty_shipment_changelist"))
        counts = {s.pk: s.first_leg + s.onward for s in page.context["cl"].result_list}
        self.assertEqual(counts, {shipment.pk: 3, onward.pk: 1})
        make_report(units[:2], signed_on=APRIL_10)
        reports = self.client.get(reverse("admin:warranty_installationreport_changelist"))
        self.assertEqual(reports.context["cl"].result_list[0].line_count, 2)

    def test_a_failed_message_can_be_tried_again_and_a_sent_one_can_not(self):
        message = self.message()
        page = reverse("admin:notifications_message_change", args=[message.pk])
        self.assertContains(self.client.get(page), "Try again")
        self.assertRedirects(self.post("notifications_message_retry", message), page)
        message.refresh_from_db()
        self.assertEqual(message.status, MessageStatus.QUEUED)
        self.assertNotContains(self.client.get(page), "Try again")


class ShipmentDateTests(DeskCase):
    def setUp(self):
        super().setUp()
        self.unit = self.started_unit()
        self.shipment = self.unit.huawei_shipment
        self.values = {"shipped_on": "2026-01-20", "reason": "Wrong paper"}

    def correct(self, **more):
        return self.post("warranty_shipment_correct-date", self.shipment, **self.values, **more)

    def test_asks_first_and_says_that_it_will_show_the_effect(self):
        address = reverse("admin:warranty_shipment_correct-date", args=[self.shipment.pk])
        self.assertContains(self.client.get(address), "Show what changes")

    def test_shows_who_is_affected_before_and_after_and_changes_nothing(self):
        events = Event.objects.count()
        page = self.correct()
        self.assertContains(page, self.unit.serial)
        self.assertContains(page, "10 Apr 2026 (W1)")
        self.assertContains(page, "20 Apr 2026 (W1)")
        self.assertContains(page, "1 warranty moves")
        self.shipment.refresh_from_db()
        self.assertEqual(self.shipment.shipped_on, date(2026, 1, 10))
        self.assertEqual(Warranty.unscoped.get().starts_on, APRIL_10)
        told = Message.unscoped.filter(template="warranty/corrected").count()
        self.assertEqual((Event.objects.count(), told), (events, 0))

    def test_corrects_on_confirmation_and_tells_the_holder(self):
        response = self.correct(confirm="1")
        self.assertRedirects(
            response, reverse("admin:warranty_shipment_change", args=[self.shipment.pk])
        )
        self.assertEqual(Warranty.unscoped.get().starts_on, date(2026, 4, 20))
        told = Message.unscoped.filter(template="warranty/corrected", organization=self.distributor)
        self.assertEqual(told.count(), 1)
        trail = self.client.get(reverse("admin:warranty_shipment_history", args=[self.shipment.pk]))
        for word in ("2026-01-10", "2026-01-20", "Wrong paper", "Staff"):
            self.assertContains(trail, word)

    def test_a_refusal_stands_on_the_form_and_keeps_what_was_typed(self):
        self.values["shipped_on"] = "2026-01-10"
        page = self.correct(confirm="1")
        self.assertContains(page, "already has this date")
        self.assertContains(page, "Wrong paper")
        self.values["reason"] = " "
        self.assertContains(self.correct(confirm="1"), "This field is required")

    def test_what_was_entered_can_be_changed_after_the_preview(self):
        page = self.correct(change="1")
        self.assertContains(page, 'type="date"')
        self.assertContains(page, "2026-01-20")


class UnitOperationTests(DeskCase):
    def test_a_warranty_is_voided_and_reinstated_with_a_reason(self):
        unit = self.started_unit()
        self.post("warranty_unit_void", unit, reason="Seal broken", confirm="1")
        self.assertEqual(Warranty.unscoped.get().void_reason, "Seal broken")
        page = self.client.get(reverse("admin:warranty_unit_change", args=[unit.pk]))
        self.assertContains(page, "Void, was 10 Apr 2026 to 9 Apr 2027 (W1)")
        self.assertContains(page, reverse("unit", args=[unit.serial]))
        self.assertContains(page, "Reinstate warranty")
        self.assertNotContains(page, "Void warranty")
        self.post("warranty_unit_reinstate", unit, reason="Seal was whole")
        self.assertIsNone(Warranty.unscoped.get().voided_at)

    def test_the_installation_service_is_corrected(self):
        unit = self.started_unit(installation_service=True)
        answers = {"purchased": "no", "reason": "Invoice says no"}
        self.assertContains(self.post("warranty_unit_correct-service", unit, **answers), "W1")
        self.post("warranty_unit_correct-service", unit, **answers, confirm="1")
        unit.refresh_from_db()
        self.assertFalse(unit.installation_service)


class ReportTests(DeskCase):
    def setUp(self):
        super().setUp()
        self.unit = make_unit(self.distributor, installation_service=True)
        self.report = make_report([self.unit], signed_on=date(2026, 2, 1))
        self.page = reverse("admin:warranty_installationreport_change", args=[self.report.pk])

    def status(self):
        return InstallationReport.unscoped.get().status

    def test_accepting_shows_its_effect_first(self):
        preview = self.post("warranty_installationreport_accept", self.report)
        self.assertContains(preview, "moves back to 1 Feb 2026 (day 22), which shortens cover")
        self.assertEqual(self.status(), ReportStatus.SUBMITTED)
        self.post("warranty_installationreport_accept", self.report, confirm="1")
        self.assertEqual(self.status(), ReportStatus.ACCEPTED)
        self.assertEqual(Warranty.unscoped.get().starts_on, date(2026, 2, 1))
        self.assertContains(self.client.get(self.page), "Withdraw")
        self.assertNotContains(self.client.get(self.page), "Send back")

    def test_sending_back_needs_a_reason(self):
        self.post("warranty_installationreport_send-back", self.report, reason="")
        self.assertEqual(self.status(), ReportStatus.SUBMITTED)
        self.post("warranty_installationreport_send-back", self.report, reason="No signature")
        self.assertEqual(self.status(), ReportStatus.SENT_BACK)

    def test_withdrawing_takes_the_start_back(self):
        self.post("warranty_installationreport_accept", self.report, confirm="1")
        values = {"reason": "Forged", "confirm": "1"}
        self.post("warranty_installationreport_withdraw", self.report, **values)
        self.assertEqual(self.status(), ReportStatus.WITHDRAWN)

    def test_who_comes_second_is_told(self):
        self.post("warranty_installationreport_accept", self.report, confirm="1")
        late = self.post("warranty_installationreport_send-back", self.report, reason="Late")
        self.assertContains(late, "Staff changed this on", status_code=409)
        self.assertEqual(self.status(), ReportStatus.ACCEPTED)


class PartnersTests(DeskCase):
    def test_the_code_of_an_organization_is_fixed_and_its_name_is_not(self):
        page = reverse("admin:partners_organization_change", args=[self.distributor.pk])
        values = {
            "code": "OTHER",
            "name": "New name",
            "kind": OrganizationKind.DISTRIBUTOR,
            "email": "desk@d1.test",
            "country": "us",
            "time_zone": "America/New_York",
            "membership_set-TOTAL_FORMS": "0",
            "membership_set-INITIAL_FORMS": "0",
        }
        self.assertEqual(self.client.post(page, values).status_code, 302)
        changed = Organization.objects.get(pk=self.distributor.pk)
        self.assertEqual((changed.code, changed.name, changed.country), ("D1", "New name", "US"))
        event = Event.objects.get(name="partners.organization.changed")
        self.assertEqual(event.detail["changes"]["name"]["after"], "New name")
        for field, value in [("kind", "huawei"), ("country", "USA"), ("time_zone", "Nowhere")]:
            with self.subTest(field):
                refused = self.client.post(page, values | {field: value})
                self.assertEqual(refused.status_code, 200)

    def test_people_are_given_roles_and_kept_out(self):
        person = make_user(self.distributor, Role.AGENT)
        self.post("partners_user_role", person, organization="D1", role=Role.MANAGER)
        self.assertEqual(Membership.objects.get(user=person).role, Role.MANAGER)
        refused = self.post("partners_user_remove", person, organization="D1")
        self.assertContains(refused, "the last manager")
        self.post("partners_user_keep-out", person, reason="Left")
        person.refresh_from_db()
        self.assertFalse(person.is_active)
        self.post("partners_user_let-in", person, reason="Came back")
        person.refresh_from_db()
        self.assertTrue(person.is_active)

    def test_a_token_is_revoked(self):
        bearer(self.distributor)
        token = ApiToken.objects.get()
        response = self.post("partners_apitoken_revoke", token)
        self.assertRedirects(response, reverse("admin:partners_apitoken_changelist"))
        self.assertFalse(ApiToken.objects.exists())


class PolicyVersionTests(DeskCase):
    def add(self, effective_from):
        values = {
            "label": f"From {effective_from}",
            "effective_from": effective_from.isoformat(),
            "latest_start_days": 60,
            "support_window_days": 90,
            "doa_hours": 48,
            "default_warranty_months": 12,
            "return_business_days": 15,
            "reminder_days": "30, 45",
            "start_reminder_days": "60, 80",
            "ending_reminder_days": "30, 60, 90",
            "tac_number": "1-877-9HUAWEI",
            "sample_values": "",
        }
        return self.client.post(reverse("admin:warranty_policyversion_add"), values)

    def test_a_new_one_takes_effect_tomorrow_at_the_earliest(self):
        today = clock.business_today()
        self.assertEqual(self.add(today).status_code, 200)
        self.assertEqual(self.add(today + timedelta(days=1)).status_code, 302)
        version = PolicyVersion.objects.get(latest_start_days=60)
        self.assertEqual(Event.objects.get().name, "warranty.policy.added")
        page = reverse("admin:warranty_policyversion_change", args=[version.pk])
        self.assertContains(self.client.get(page), 'name="_save"')

    def test_what_is_in_force_is_read_only(self):
        version = make_policy()
        page = reverse("admin:warranty_policyversion_change", args=[version.pk])
        self.assertNotContains(self.client.get(page), 'name="_save"')
        self.assertEqual(self.client.post(page, {"label": "Other"}).status_code, 403)


class DoorTests(DeskCase):
    def test_a_stranger_is_sent_to_the_one_sign_in(self):
        self.client.logout()
        for path in ("/admin/", "/admin/login/", "/admin/warranty/unit/"):
            with self.subTest(path):
                self.assertIn("/accounts/sign-in/", self.follow(path))

    def follow(self, path):
        response = self.client.get(path)
        self.assertEqual(response.status_code, 302)
        if "/accounts/" in response.url:
            return response.url
        return self.follow(response.url)

    def test_a_partner_is_refused_whatever_the_role(self):
        for role in (Role.VIEWER, Role.AGENT, Role.MANAGER):
            sign_in(self.client, make_user(self.distributor, role))
            for path in ("/admin/", "/admin/warranty/unit/", "/admin/partners/user/"):
                with self.subTest(role=role, path=path):
                    response = self.client.get(path, follow=True)
                    self.assertEqual(response.status_code, 403)

    def test_staff_who_lose_the_role_are_refused_on_the_next_request(self):
        self.assertEqual(self.client.get("/admin/").status_code, 200)
        Membership.objects.filter(user=self.staff).delete()
        self.assertEqual(self.client.get("/admin/", follow=True).status_code, 403)
