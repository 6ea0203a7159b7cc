"""Day 90 as a page and as a calendar: the right days, stable events, and an address that dies."""

from datetime import UTC, date, datetime, timedelta

import time_machine
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from audit.models import Event
from audit.trail import SYSTEM
from partners.enums import Role
from partners.workflow import remove_member, set_active
from portal.models import CalendarAddress
from support.workflow import cancel_contract
from tests import builders as make
from tests.builders import CAP_ON, SHIPPED_ON, at_noon
from tests.entrance import sign_in
from warranty import workflow
from warranty.models import PolicyVersion, Warranty
from warranty.nights import run_night

DAY = timedelta(days=1)
SERIAL = "2102TESTDATES0000001"


class CalendarCase(TestCase):
    def setUp(self):
        make.make_policy()
        self.holder = make.make_organization("VAP1", "vap", name="Copperline Example")
        self.user = make.make_user(self.holder)
        sign_in(self.client, self.user)

    def get(self, name, *arguments, day=CAP_ON - 10 * DAY, **query):
        with time_machine.travel(at_noon(day), tick=False):
            return self.client.get(reverse(name, args=arguments), query)

    def events(self, name="day-90-ics", *arguments, day=CAP_ON - 10 * DAY):
        answer = self.get(name, *arguments, day=day)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
        return Calendar.from_ical(answer.content).walk("VEVENT")

    def shipped(self, number="SOON-1", shipped_on=SHIPPED_ON, units=1, **fields):
        shipment = make.make_shipment(self.holder, number=number, shipped_on=shipped_on)
        return [make.make_unit(shipment=shipment, **fields) for _ in range(units)]


class PageTests(CalendarCase):
    def test_shows_a_shipment_from_ninety_days_before_to_its_day(self):
        self.shipped(units=2)
        for day, shown in [(SHIPPED_ON, True), (CAP_ON, True), (CAP_ON + DAY, False)]:
            with self.subTest(day=day):
                self.assertIs(b"SOON-1" in self.get("day-90", day=day).content, shown)

    def test_looks_as_far_ahead_as_is_asked(self):
        self.shipped()
        for days, ahead, shown in [("14", 14, True), ("14", 15, False), ("nonsense", 90, True)]:
            with self.subTest(days=days, ahead=ahead):
                page = self.get("day-90", day=CAP_ON - ahead * DAY, days=days)
                self.assertIs(b"SOON-1" in page.content, shown)

    def test_groups_by_day_with_units_and_report_coverage(self):
        units = self.shipped(units=3, installation_service=True)
        make.make_report(units[:1], signed_on=SHIPPED_ON, status="accepted")
        self.shipped("SOON-2", SHIPPED_ON + DAY)
        page = self.get("day-90")
        self.assertContains(page, "Friday, 10 Apr 2026")
        self.assertContains(page, "Saturday, 11 Apr 2026")
        self.assertContains(page, "3 of 3 units")
        self.assertContains(page, "1 of 3 covered")
        self.assertContains(page, "No installation service")

    def test_leads_to_a_shipment_only_where_its_page_opens(self):
        (unit,) = self.shipped()
        buyer = make.make_organization("VAP2", "vap")
        make.pass_on(unit, buyer, shipped_on=SHIPPED_ON + DAY)
        address = f"/shipments/{unit.huawei_shipment.reference}/"
        self.assertContains(self.get("day-90"), address)
        sign_in(self.client, make.make_user(buyer))
        page = self.get("day-90")
        self.assertContains(page, "SOON-1")
        self.assertNotContains(page, address)

    def test_a_shipment_whose_units_have_all_started_is_gone(self):
        self.shipped()
        run_night(as_of=CAP_ON, today=CAP_ON, at=at_noon(CAP_ON), actor=SYSTEM)
        self.assertNotContains(self.get("day-90", day=CAP_ON), "SOON-1")

    def test_counts_the_days_by_the_version_of_the_shipment(self):
        PolicyVersion.objects.create(
            label="2026-02", effective_from=date(2026, 2, 1), latest_start_days=60
        )
        self.shipped()
        self.shipped("SHORT-1", date(2026, 2, 10))
        page = self.get("day-90", day=date(2026, 4, 10))
        self.assertContains(page, "SOON-1")
        self.assertContains(page, "SHORT-1")
        self.assertContains(page, "Saturday, 11 Apr 2026")
        self.assertNotContains(self.get("day-90", day=date(2026, 4, 12)), "SHORT-1")

    def test_pages_cost_the_same_queries_however_many_shipments(self):
        counts = []
        for number in (30, 30):
            for n in range(number):
                self.shipped(f"S-{number}-{len(counts)}-{n}", units=2)
            with CaptureQueriesContext(connection) as queries:
                page = self.get("day-90")
            counts.append(len(queries))
        self.assertContains(page, "Page 1 of 2, 60 shipments")
        self.assertEqual(len(self.get("day-90", page=2).context["approaches"]), 20)
        self.assertEqual(counts[0], counts[1])


class FileTests(CalendarCase):
    def test_has_one_event_of_one_whole_day_for_each_shipment(self):
        units = self.shipped(units=3, installation_service=True)
        make.make_report(units[:1], signed_on=SHIPPED_ON)
        self.shipped("SOON-2", SHIPPED_ON + DAY)
        first, second = self.events()
        self.assertEqual(first.decoded("dtstart"), CAP_ON)
        self.assertEqual(first.decoded("dtend"), CAP_ON + DAY)
        self.assertEqual(str(first["summary"]), "Day 90 of SOON-1: 3 units to start")
        self.assertIn("2 units with installation service without a report", first["description"])
        self.assertIn("1 unit on a report that waits for Huawei", first["description"])
        self.assertIn("a report does not change this date", second["description"])
        self.assertEqual(str(first["transp"]), "TRANSPARENT")

    def test_is_the_same_to_the_byte_until_something_changes(self):
        (unit,) = self.shipped()
        before = self.get("day-90-ics", day=CAP_ON - 20 * DAY).content
        self.assertEqual(self.get("day-90-ics", day=CAP_ON - 19 * DAY).content, before)
        old = Calendar.from_ical(before).walk("VEVENT")[0]
        at = at_noon(CAP_ON - 15 * DAY)
        workflow.correct_shipment_date(
            unit.huawei_shipment,
            shipped_on=SHIPPED_ON + 3 * DAY,
            reason="Typed wrongly",
            user=make.make_staff(),
            at=at,
        )
        (new,) = self.events()
        self.assertEqual(new["uid"], old["uid"])
        self.assertEqual((old["sequence"], new["sequence"]), (0, 1))
        self.assertEqual(new.decoded("dtstart"), CAP_ON + 3 * DAY)
        self.assertEqual(new.decoded("dtstamp"), at)
        self.assertEqual(old.decoded("dtstamp"), datetime(2026, 1, 10, tzinfo=UTC))

    def test_is_for_whoever_is_signed_in_and_kept_by_no_cache(self):
        self.assertEqual(self.get("day-90-ics").headers["Cache-Control"], "no-store, private")
        self.client.logout()
        self.assertEqual(self.get("day-90-ics").status_code, 302)


class AddressTests(CalendarCase):
    def setUp(self):
        super().setUp()
        self.shipped()

    def press(self, do="renew"):
        with time_machine.travel(at_noon(CAP_ON - 10 * DAY), tick=False):
            answer = self.client.post(reverse("day-90-address"), {"do": do})
        self.assertEqual(answer.status_code, 302)
        return self.get("day-90").context["address"]

    def fetch(self, address):
        """Ask as a calendar program does: without a session."""
        with time_machine.travel(at_noon(CAP_ON - 10 * DAY), tick=False):
            return self.client_class().get(address)

    def test_opens_the_calendar_without_a_session(self):
        answer = self.fetch(self.press())
        self.assertContains(answer, "SOON-1")
        self.assertEqual(answer.content, self.get("day-90-ics").content)
        self.assertEqual(answer.headers["Cache-Control"], "no-store, private")
        self.assertEqual(answer.cookies, {})

    def test_there_is_none_until_it_is_asked_for(self):
        self.assertEqual(self.get("day-90").context["address"], "")
        self.assertFalse(CalendarAddress.objects.exists())

    def test_a_new_address_ends_the_old_one(self):
        old = self.press()
        new = self.press()
        self.assertNotEqual(old, new)
        self.assertEqual(self.fetch(old).status_code, 404)
        self.assertEqual(self.fetch(new).status_code, 200)
        names = set(Event.objects.filter(record_id=self.user.pk).values_list("name", flat=True))
        self.assertEqual(names, {"calendar.address_renewed"})

    def test_switched_off_it_opens_nothing(self):
        address = self.press()
        self.assertEqual(self.press("switch-off"), "")
        self.assertEqual(self.fetch(address).status_code, 404)

    def test_dies_with_the_membership_on_the_very_next_request(self):
        address = self.press()
        self.assertEqual(self.fetch(address).status_code, 200)
        remove_member(
            self.user, organization=self.holder, actor=SYSTEM, at=at_noon(CAP_ON - 10 * DAY)
        )
        self.assertEqual(self.fetch(address).status_code, 404)

    def test_is_closed_while_the_person_is_kept_out(self):
        address = self.press()
        for is_active, status in [(False, 404), (True, 200)]:
            set_active(
                self.user, is_active=is_active, actor=SYSTEM, at=at_noon(CAP_ON), reason="Leave"
            )
            self.assertEqual(self.fetch(address).status_code, status)

    def test_neither_a_guess_nor_what_the_table_holds_opens_it(self):
        address = self.press()
        nonce = CalendarAddress.objects.get().nonce
        unknown = self.fetch(reverse("day-90-feed", args=["never-given"]))
        for token in (nonce, f"{nonce}~", f"{nonce}~AAAA", address.split("~")[1], "~", "%00"):
            with self.subTest(token=token):
                answer = self.fetch(reverse("day-90-feed", args=[token]))
                self.assertEqual(answer.status_code, 404)
                self.assertEqual(answer.content, unknown.content)

    def test_shows_the_organization_it_was_made_for_and_no_other(self):
        address = self.press()
        other = make.make_organization("OTHER")
        make.make_unit(shipment=make.make_shipment(other, number="FOREIGN-1"))
        sign_in(self.client, make.make_user(other))
        self.assertNotContains(self.fetch(address), "FOREIGN-1")
        self.assertNotContains(self.fetch(self.press()), "SOON-1")

    def test_every_role_has_its_own(self):
        mine = self.press()
        sign_in(self.client, make.make_user(self.holder, Role.VIEWER))
        self.assertNotEqual(self.press(), mine)
        self.assertEqual(self.fetch(mine).status_code, 200)


class UnitDatesTests(CalendarCase):
    def test_tells_start_and_end_as_whole_days(self):
        self.shipped(serial=SERIAL)
        run_night(as_of=CAP_ON, today=CAP_ON, at=at_noon(CAP_ON), actor=SYSTEM)
        start, end = self.events("unit-dates", SERIAL, day=CAP_ON)
        self.assertEqual(start.decoded("dtstart"), CAP_ON)
        self.assertEqual(end.decoded("dtstart"), date(2027, 4, 9))
        self.assertIn("Warranty started", start["summary"])
        self.assertIn("Warranty ends", end["summary"])

    def test_tells_the_end_of_each_contract_and_cancels_that_of_a_cancelled_one(self):
        contract = make.make_contract(
            self.shipped(serial=SERIAL), at=at_noon(SHIPPED_ON), months=24
        )
        end = self.events("unit-dates", SERIAL)[-1]
        self.assertEqual(end.decoded("dtstart"), contract.lines.get().ends_on)
        self.assertIn("HiCare 9x5xNBD ends", end["summary"])
        cancel_contract(contract, reason="Sold", user=make.make_staff(), at=at_noon(SHIPPED_ON))
        self.assertEqual(self.events("unit-dates", SERIAL)[-1]["status"], "CANCELLED")

    def test_a_start_to_come_is_day_90_at_the_latest(self):
        self.shipped(serial=SERIAL, installation_service=True)
        start, _end = self.events("unit-dates", SERIAL)
        self.assertIn("Day 90, warranty starts at the latest", start["summary"])
        self.assertEqual(start.decoded("dtstart"), CAP_ON)

    def test_a_moved_start_and_a_void_warranty_reach_calendars_that_have_it(self):
        (unit,) = self.shipped(serial=SERIAL, installation_service=True)
        run_night(as_of=CAP_ON, today=CAP_ON, at=at_noon(CAP_ON), actor=SYSTEM)
        old, _end = self.events("unit-dates", SERIAL, day=CAP_ON)
        staff = make.make_staff()
        report = make.make_report([unit], signed_on=SHIPPED_ON + 60 * DAY)
        workflow.accept_report(report, user=staff, at=at_noon(CAP_ON + DAY))
        moved, _end = self.events("unit-dates", SERIAL, day=CAP_ON + DAY)
        self.assertEqual(moved["uid"], old["uid"])
        self.assertGreater(moved["sequence"], old["sequence"])
        self.assertEqual(moved.decoded("dtstart"), SHIPPED_ON + 60 * DAY)
        workflow.void_warranty(unit, reason="Scrap", user=staff, at=at_noon(CAP_ON + 2 * DAY))
        void, _end = self.events("unit-dates", SERIAL, day=CAP_ON + 2 * DAY)
        self.assertEqual(str(void["status"]), "CANCELLED")
        self.assertGreater(void["sequence"], moved["sequence"])
        self.assertEqual(Warranty.unscoped.count(), 1)

    def test_the_unit_page_leads_there_and_twins_are_told_apart(self):
        for number in ("00350001", "00350002"):
            part_number = make.make_part_number(number, model=f"Model {number}")
            self.shipped(f"S-{number}", serial=SERIAL, part_number=part_number)
        page = self.get("unit", SERIAL, part_number="00350002")
        address = f"/units/{SERIAL}/dates.ics?part_number=00350002"
        self.assertContains(page, f'href="{address}"')
        with time_machine.travel(at_noon(CAP_ON - 10 * DAY), tick=False):
            self.assertContains(self.client.get(address), "Model 00350002")

    def test_a_foreign_unit_and_hostile_addresses_answer_like_unknown_ones(self):
        make.make_unit(make.make_organization("OTHER"), serial=SERIAL)
        foreign, unknown = (self.get("unit-dates", s) for s in (SERIAL, "2102NOSUCHUNIT000001"))
        self.assertEqual((foreign.status_code, unknown.status_code), (404, 404))
        self.assertEqual(foreign.content, unknown.content)
        for serial in ("%00", "x" * 400, "a b<script>"):
            self.assertEqual(self.client.get(f"/units/{serial}/dates.ics").status_code, 404)
