"""Registering a contract and choosing its start as a partner does it, page by page."""

from datetime import date, timedelta

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from partners.enums import Role
from support.models import ContractLine, SupportContract
from support.planning import LATER
from tests.builders import (
    at_noon,
    make_contract,
    make_level,
    make_organization,
    make_part_number,
    make_unit,
    make_user,
    pass_on,
)
from tests.entrance import sign_in

TODAY = date(2026, 3, 1)
PASSED_ON = date(2026, 2, 19)
DAY_90 = date(2026, 5, 20)
DAY = timedelta(days=1)


class PageCase(TestCase):
    def setUp(self):
        self.vap = make_organization("VAP1", "vap", name="Copperline Example")
        self.user = make_user(self.vap)
        self.unit = self.make_unit()
        self.shipment = self.unit.distributor_shipment

    def make_unit(self):
        unit = make_unit(make_organization())
        pass_on(unit, self.vap, shipped_on=PASSED_ON)
        return unit

    def ask(self, method, address, given=None, *, on=TODAY, user=None):
        with time_machine.travel(at_noon(on), tick=False):
            sign_in(self.client, user or self.user)
            return getattr(self.client, method)(address, given or {})

    def answers(self, **fields):
        return {
            "number": "HC-1",
            "level": make_level().pk,
            "term_months": "12",
            "end_customer": "Harbor Hospital",
            "serials": self.unit.serial,
            "start": "shipment",
            "starts_on": "",
        } | fields

    def post(self, **fields):
        return self.ask("post", "/contracts/register/", self.answers(**fields))


class RegisterTests(PageCase):
    def carry_on(self, page, **more):
        """Confirm what a page shows, with the hidden answers that it carries."""
        given = dict(page.context["carried"]) | {"confirm": "yes"} | more
        return self.ask("post", "/contracts/register/", given)

    def test_shows_what_it_covers_and_stores_nothing_before_the_confirmation(self):
        page = self.post()
        for said in ("19 Feb 2026", "20 May 2026", "18 Feb 2027", "Nothing is stored yet"):
            self.assertContains(page, said)
        self.assertFalse(SupportContract.unscoped.exists())
        self.assertEqual(self.carry_on(page).status_code, 302)
        contract = SupportContract.unscoped.get()
        self.assertEqual((contract.number, contract.end_customer), ("HC-1", "Harbor Hospital"))
        self.assertEqual(contract.lines.get().starts_on, PASSED_ON)

    def test_starts_on_the_last_day_of_the_window_and_names_it_when_asked_for_a_later_one(self):
        page = self.post(start="day", starts_on=f"{DAY_90}")
        self.assertContains(page, "19 May 2027")
        late = self.post(start="day", starts_on=f"{DAY_90 + DAY}")
        said = "Choose a start date on or before 20 May 2026, which is 90 days after shipment."
        self.assertContains(late, said, status_code=400)
        self.assertNotContains(late, 'name="confirm"', status_code=400)
        early = self.post(start="day", starts_on=f"{PASSED_ON - DAY}")
        self.assertContains(early, "on or after 19 Feb 2026", status_code=400)
        self.assertFalse(SupportContract.unscoped.exists())

    def test_the_start_may_be_left_open(self):
        self.carry_on(self.post(start="later"))
        self.assertIsNone(ContractLine.unscoped.get().start_chosen_at)

    def test_covers_a_whole_shipment(self):
        other = make_unit(self.unit.huawei_shipment.consignee)
        page = self.ask("get", f"/contracts/register/?shipment={self.shipment.reference}")
        self.assertContains(page, f"The whole shipment {self.shipment.number}, 1 unit")
        reference = str(self.shipment.reference)
        page = self.post(shipment=reference, units="shipment", serials="")
        self.carry_on(page, shipment=reference)
        self.assertEqual([line.unit for line in ContractLine.unscoped.all()], [self.unit])
        self.assertNotEqual(ContractLine.unscoped.get().unit, other)

    def test_a_file_gives_units_a_start_of_their_own(self):
        second = self.make_unit()
        lines = f"serial_number;starts_on\n{self.unit.serial};\n{second.serial};{DAY_90}\n"
        page = self.post(serials="", file=SimpleUploadedFile("units.csv", lines.encode()))
        self.assertContains(page, "19 May 2027")
        self.carry_on(page)
        starts = ContractLine.unscoped.order_by("unit").values_list("starts_on", flat=True)
        self.assertEqual(list(starts), [PASSED_ON, DAY_90])

    def test_a_file_is_refused_line_by_line(self):
        lines = f"serial_number,starts_on\n{self.unit.serial},31.11.2026\n2102NOSUCHUNIT000001,\n"
        page = self.post(serials="", file=SimpleUploadedFile("units.csv", lines.encode()))
        self.assertContains(page, "Line 2:", status_code=400)
        page = self.post(
            serials="",
            file=SimpleUploadedFile("units.csv", b"serial_number\n2102NOSUCHUNIT000001\n"),
        )
        self.assertContains(page, "Line 2: 2102NOSUCHUNIT000001", status_code=400)
        self.assertFalse(SupportContract.unscoped.exists())

    def test_a_unit_of_others_reads_like_one_that_never_was(self):
        foreign = make_unit(make_organization("D9"), serial="2102FOREIGNUNIT00001")
        pages = [self.post(serials=s) for s in (foreign.serial, "2102NOSUCHUNIT000001")]
        texts = [page.context["form"].errors["serials"][0] for page in pages]
        self.assertEqual(
            texts[0].replace(foreign.serial, "X"), texts[1].replace("2102NOSUCHUNIT000001", "X")
        )
        address = f"/contracts/register/?shipment={foreign.huawei_shipment.reference}"
        self.assertEqual(self.ask("get", address).status_code, 404)

    def test_names_the_units_that_another_contract_covers(self):
        make_contract([self.unit], at=at_noon(TODAY), number="HC-0")
        page = self.post()
        self.assertContains(page, "1 unit in the way", status_code=400)
        self.assertContains(page, "from 19 Feb 2026 to 18 Feb 2027", status_code=400)

    def test_a_race_is_told_on_the_page(self):
        page = self.post()
        make_contract([self.unit], at=at_noon(TODAY), number="HC-0")
        late = self.carry_on(page)
        self.assertContains(late, "1 unit in the way", status_code=400)
        page = self.post(serials=self.make_unit().serial, number="HC-0")
        self.assertContains(page, "You have registered a contract HC-0", status_code=409)

    def test_asks_for_what_is_missing_all_at_once(self):
        page = self.post(number="", level="", term_months="601", serials="", start="day")
        errors = set(page.context["form"].errors)
        self.assertEqual(errors, {"number", "level", "term_months", "serials", "starts_on"})

    def test_asks_which_of_two_part_numbers_is_meant(self):
        twin = make_unit(self.vap, serial=self.unit.serial, part_number=make_part_number("0299"))
        page = self.post()
        self.assertContains(page, "Choose the part number", status_code=400)
        page = self.post(**{f"part-{twin.serial}": "0299"})
        self.carry_on(page)
        self.assertEqual(ContractLine.unscoped.get().unit, twin)

    def test_is_for_agents_of_distributors_and_value_added_partners(self):
        viewer = make_user(self.vap, Role.VIEWER)
        reseller = make_user(make_organization("R1", "var"), Role.MANAGER)
        for user in (viewer, reseller):
            with self.subTest(str(user)):
                page = self.ask("get", "/contracts/register/", user=user)
                self.assertEqual(page.status_code, 403)
        agent = make_user(make_organization("D7"))
        self.assertEqual(self.ask("get", "/contracts/register/", user=agent).status_code, 200)


class StepTests(PageCase):
    def setUp(self):
        super().setUp()
        self.second = self.make_unit()
        self.contract = make_contract(
            [self.unit, self.second], at=at_noon(TODAY), number="HC-1", start=LATER
        )

    def step(self, name, given=None, **how):
        method = "get" if given is None else "post"
        return self.ask(method, f"/contracts/{self.contract.reference}/{name}/", given, **how)

    def starts(self):
        return list(self.contract.lines.order_by("unit").values_list("starts_on", flat=True))

    def test_the_start_is_chosen_for_all_or_for_some(self):
        self.assertContains(self.step("start"), "Wed, 20 May 2026")
        self.step("start", {"starts_on": "2026-05-20", "serials": ""})
        self.assertEqual(self.starts(), [DAY_90, DAY_90])
        self.step("start", {"starts_on": "2026-04-01", "serials": self.second.serial.lower()})
        self.assertEqual(self.starts(), [DAY_90, date(2026, 4, 1)])

    def test_a_day_after_the_window_is_refused_naming_the_last_one(self):
        page = self.step("start", {"starts_on": "2026-05-21", "serials": ""})
        self.assertContains(page, "Choose a start date on or before 20 May 2026", status_code=400)
        over = self.step("start", {"starts_on": "2026-05-20", "serials": ""}, on=DAY_90 + DAY)
        self.assertContains(over, "The last day to choose a start was 20 May 2026", status_code=400)
        self.assertEqual(self.starts(), [PASSED_ON, PASSED_ON])

    def test_a_unit_of_another_contract_is_not_moved(self):
        other = self.make_unit()
        page = self.step("start", {"starts_on": "2026-05-20", "serials": other.serial})
        self.assertContains(page, "is not in your list of units", status_code=400)
        self.assertEqual(self.starts(), [PASSED_ON, PASSED_ON])

    def test_a_renewal_is_registered_up_to_three_months_late(self):
        given = {"number": "HC-2", "level": make_level().pk, "term_months": "12"}
        self.assertContains(self.step("renew"), "Wed, 19 May 2027")
        late = self.step("renew", given, on=date(2027, 5, 20))
        self.assertContains(late, "may reinstate it", status_code=400)
        self.step("renew", given, on=date(2027, 5, 19))
        renewal = SupportContract.unscoped.get(number="HC-2")
        self.assertEqual(
            set(renewal.lines.values_list("starts_on", flat=True)), {date(2027, 2, 19)}
        )

    def test_it_is_cancelled_with_a_reason(self):
        page = self.step("cancel", {"reason": " "})
        self.assertContains(page, "Write why the contract is cancelled", status_code=400)
        self.step("cancel", {"reason": "Sold the site"})
        self.contract.refresh_from_db()
        self.assertEqual(self.contract.cancel_reason, "Sold the site")
        again = self.step("cancel", {"reason": "Again"})
        self.assertContains(again, "cancelled already", status_code=400)

    def test_a_viewer_reads_and_takes_no_step(self):
        viewer = make_user(self.vap, Role.VIEWER)
        for name in ("start", "renew", "cancel"):
            self.assertEqual(self.step(name, user=viewer).status_code, 403)
        page = self.ask("get", f"/contracts/{self.contract.reference}/", user=viewer)
        self.assertNotContains(page, "Choose start")
        mine = self.ask("get", f"/contracts/{self.contract.reference}/")
        self.assertContains(mine, "Choose start")

    def test_offers_only_the_steps_that_will_work(self):
        address = f"/contracts/{self.contract.reference}/"
        offered = {
            DAY_90: {"Choose start", "Renew", "Cancel"},
            DAY_90 + DAY: {"Renew", "Cancel"},
            date(2027, 2, 19): {"Renew"},
            date(2027, 5, 19): {"Renew"},
            date(2027, 5, 20): set(),
        }
        for on, steps in offered.items():
            page = self.ask("get", address, on=on).content.decode()
            with self.subTest(on):
                found = {s for s in ("Choose start", "Renew", "Cancel") if f">{s}</a>" in page}
                self.assertEqual(found, steps)


class StartEffectTests(PageCase):
    """What another start would change is shown before it is saved."""

    def setUp(self):
        super().setUp()
        self.contract = make_contract([self.unit, self.make_unit()], start=LATER, at=at_noon(TODAY))

    def show(self, **fields):
        address = f"/contracts/{self.contract.reference}/start/"
        return self.ask("post", address, {"starts_on": f"{DAY_90}", "serials": ""} | fields)

    def starts(self):
        return set(self.contract.lines.values_list("starts_on", flat=True))

    def test_shows_both_ends_and_stores_nothing_until_it_is_saved(self):
        page = self.show(show="yes")
        for said in ("With a start on 20 May 2026", "18 Feb 2027", "19 May 2027", "2 units"):
            self.assertContains(page, said)
        self.assertEqual(self.starts(), {PASSED_ON})
        self.assertEqual(self.show().status_code, 302)
        self.assertEqual(self.starts(), {DAY_90})

    def test_shows_only_the_units_that_are_named(self):
        page = self.show(show="yes", serials=self.unit.serial)
        self.assertEqual([change.units for change in page.context["effect"]["changes"]], [1])

    def test_names_each_unit_in_the_way(self):
        page = self.show(show="yes", starts_on=f"{DAY_90 + DAY}")
        self.assertContains(page, "2 units in the way")
        self.assertContains(page, "on or before 20 May 2026")
        self.assertEqual(page.context["effect"]["changes"], [])
        self.assertEqual(self.starts(), {PASSED_ON})

    def test_a_day_that_is_missing_is_asked_for(self):
        self.assertContains(
            self.show(show="yes", starts_on=""), "Enter the day on which", status_code=400
        )
