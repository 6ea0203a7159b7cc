"""The bulk check says what the single answer says, in the order of the file."""

import csv
import io
import json
import random
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase

from audit.trail import SYSTEM
from catalog.policy import suggest_serials
from jobs.problems import FileRefused
from partners.models import Organization
from portal.bulk_check import HEADER, check_serials, portable, postgresql, verdicts
from portal.bulk_check.asking import asked
from portal.bulk_check.facts import in_sight
from portal.bulk_check.suggestions import readings
from portal.unit_facts import unit_facts
from support.workflow import cancel_contract
from tests.builders import (
    CAP_ON,
    SHIPPED_ON,
    at_noon,
    make_contract,
    make_huawei,
    make_level,
    make_organization,
    make_part_number,
    make_report,
    make_staff,
    make_unit,
    pass_on,
)
from warranty import workflow
from warranty.enums import ReplacementKind, ReportStatus
from warranty.models import Unit, UnitReplacement, Warranty
from warranty.nights import run_night


def check(text: str, organization: Organization, on: date) -> list[dict[str, str]]:
    output = io.StringIO(newline="")
    check_serials(io.StringIO(text), output, organization=organization, on=on)
    return list(csv.DictReader(io.StringIO(output.getvalue(), newline="")))


class StatusTests(TestCase):
    def setUp(self):
        self.huawei = make_huawei()
        self.partner = make_organization("MERIDIAN")

    def one(self, text: str, on: date = CAP_ON) -> dict[str, str]:
        rows = check(text, self.huawei, on)
        self.assertEqual(len(rows), 1)
        return rows[0]

    def test_has_the_columns_of_the_interface(self):
        self.assertEqual(
            ", ".join(HEADER),
            "line, serial_as_typed, serial, status, model, warranty_status, "
            "warranty_starts_on, warranty_ends_on, warranty_rule, support_level, "
            "support_ends_on, lifecycle_status, reason",
        )

    def test_stands_on_both_sides_of_the_first_and_the_last_covered_day(self):
        unit = make_unit(self.partner, months=12)
        last = date(2027, 4, 9)
        for on, status, warranty in [
            (CAP_ON - timedelta(days=1), "not_started", "pending"),
            (CAP_ON, "covered", "active"),
            (last, "covered", "active"),
            (last + timedelta(days=1), "not_covered", "expired"),
        ]:
            with self.subTest(on=on):
                row = self.one(unit.serial, on)
                self.assertEqual((row["status"], row["warranty_status"]), (status, warranty))
                self.assertEqual(row["warranty_rule"], "W1")

    def test_gives_dates_after_the_start_and_names_the_cap_before_it(self):
        unit = make_unit(self.partner, installation_service=True)
        before = self.one(unit.serial, CAP_ON - timedelta(days=1))
        self.assertEqual((before["warranty_starts_on"], before["warranty_ends_on"]), ("", ""))
        self.assertIn("10 Apr 2026", before["reason"])
        after = self.one(unit.serial, CAP_ON)
        self.assertEqual(after["warranty_starts_on"], "2026-04-10")
        self.assertEqual(after["warranty_ends_on"], "2027-04-09")

    def test_counts_an_accepted_report_and_no_other(self):
        unit = make_unit(self.partner, installation_service=True)
        signed = SHIPPED_ON + timedelta(days=20)
        make_report([unit], signed_on=signed - timedelta(days=5))
        self.assertEqual(self.one(unit.serial)["warranty_rule"], "W3")
        make_report([unit], signed_on=signed, status=ReportStatus.ACCEPTED)
        row = self.one(unit.serial)
        self.assertEqual((row["warranty_rule"], row["warranty_starts_on"]), ("W2", "2026-01-30"))

    def test_keeps_the_term_with_which_a_warranty_started(self):
        unit = make_unit(self.partner, months=12)
        run_night(as_of=CAP_ON, today=CAP_ON, at=at_noon(CAP_ON), actor=SYSTEM)
        unit.product.warranty_months = 36
        unit.product.save()
        self.assertEqual(self.one(unit.serial)["warranty_ends_on"], "2027-04-09")

    def test_says_void_with_the_reason(self):
        unit = make_unit(self.partner, installation_service=True)
        report = make_report([unit], signed_on=SHIPPED_ON)
        staff, at = make_staff(), at_noon(CAP_ON)
        workflow.accept_report(report, user=staff, at=at)
        workflow.void_warranty(unit, reason="Opened by others.", user=staff, at=at)
        row = self.one(unit.serial)
        self.assertEqual((row["status"], row["warranty_status"]), ("not_covered", "void"))
        self.assertIn("Opened by others.", row["reason"])

    def test_says_unknown_and_offers_the_reading_that_exists(self):
        unit = make_unit(self.partner, serial="210235010ABC1000")
        mistyped = self.one("21O2350IOABCI000")
        self.assertEqual(mistyped["status"], "unknown")
        self.assertIn(f"Did you mean {unit.serial}?", mistyped["reason"])
        self.assertNotIn("Did you mean", self.one("210235010ABC2000")["reason"])

    def test_refuses_what_is_no_serial_number_with_the_reason(self):
        row = self.one("SN#1")
        self.assertEqual((row["status"], row["serial"]), ("invalid", ""))
        self.assertIn("Remove", row["reason"])
        self.assertEqual(self.one("A" * 32)["status"], "unknown")
        self.assertEqual(self.one("A" * 33)["status"], "invalid")

    def test_answers_a_shared_serial_number_for_each_part_number(self):
        parts = [make_part_number(n) for n in ("02352QPP-005", "02352QPP-001")]
        for part in parts:
            make_unit(self.partner, serial="TWIN00000001", part_number=part)
        rows = check("TWIN00000001\n", self.huawei, CAP_ON)
        self.assertEqual([row["line"] for row in rows], ["1", "1"])
        self.assertIn("part number 02352QPP-001.", rows[0]["reason"])
        self.assertIn("part number 02352QPP-005.", rows[1]["reason"])


class ReadingTests(TestCase):
    def lines(self, text: str) -> list[tuple[int, str, str]]:
        return list(asked(io.StringIO(text)))

    def test_reads_a_bare_list_and_keeps_line_numbers_across_blank_lines(self):
        self.assertEqual(
            self.lines("ab-12 \n\nCD34\n"), [(1, "ab-12", "AB12"), (3, "CD34", "CD34")]
        )

    def test_finds_the_column_whatever_the_delimiter(self):
        for text in ("Serial Number\nA1\n", "site,serial_number\nX,A1\n", "a;Serial;b\n;A1;\n"):
            with self.subTest(text=text):
                self.assertEqual(self.lines(text), [(2, "A1", "A1")])

    def test_reads_the_first_column_where_none_is_named(self):
        self.assertEqual(self.lines("A1,Lima\n'=B2,Quito\n"), [(1, "A1", "A1"), (2, "=B2", "")])

    def test_keeps_what_a_database_can_not_store_out_of_it(self):
        text = "A1\nB\0C\nD\ud800\n"
        self.assertEqual(self.lines(text)[1:], [(2, "B\ufffdC", ""), (3, "D\ufffd", "")])

    def test_refuses_a_workbook(self):
        with self.assertRaisesMessage(FileRefused, "CSV UTF-8"):
            self.lines("PK\x03\x04rest")

    def test_tries_readings_that_the_single_check_tries_too(self):
        serial = "2102O5I"
        tried: list[str] = []
        suggest_serials(serial, lambda candidates: tried.extend(candidates) or ())
        self.assertEqual(list(readings(serial)), tried[: len(list(readings(serial)))])

    def test_a_serial_number_of_a_foreign_product_leads_to_the_unit_that_was_meant(self):
        """Its beginning is that of no unit, and only the right reading mends it."""
        partner, on = make_organization("MERIDIAN"), CAP_ON
        unit = make_unit(partner, serial="210235010ABC1000")
        make_unit(partner, serial="990235010ABC1000")
        for typed in (
            "2IO235010ABC1000",
            "120235010ABC1000",
            "210235010ABC100",
            "ZZ0235010ABC1000",
        ):
            with self.subTest(typed=typed):
                row = check(typed, partner, on)[0]
                self.assertEqual(unit.serial in row["reason"], not typed.startswith("ZZ"))


class ScopeTests(TestCase):
    def test_knows_only_what_the_organization_may_see(self):
        seller, buyer, stranger = (make_organization(code) for code in ("SELL", "BUY", "ELSE"))
        kept, sold = make_unit(seller), make_unit(seller, serial="210235010ABC1000")
        pass_on(sold, buyer, shipped_on=SHIPPED_ON + timedelta(days=3))
        text = f"{kept.serial}\n{sold.serial}\n21O235O1OABC1OOO\n"
        for organization, expected in [
            (make_huawei(), ["covered", "covered"]),
            (seller, ["covered", "covered"]),
            (buyer, ["unknown", "covered"]),
            (stranger, ["unknown", "unknown"]),
        ]:
            with self.subTest(organization=organization):
                rows = check(text, organization, CAP_ON)
                self.assertEqual([row["status"] for row in rows[:2]], expected)
                self.assertEqual(sold.serial in rows[2]["reason"], expected[1] == "covered")


def random_base(draw: random.Random, count: int) -> list[Unit]:
    """Make units of every kind, some installed, reported on, passed on or voided."""
    seller, buyer, staff = make_organization(), make_organization(), make_staff()
    parts = [make_part_number(f"0235R{months}", months=months) for months in (1, 12, 36)]
    units = []
    for n in range(count):
        shipped_on = SHIPPED_ON + timedelta(days=draw.randrange(-400, 60))
        unit = make_unit(
            seller,
            serial=f"2102RANDOM{n:010d}",
            shipped_on=shipped_on,
            installation_service=draw.random() < 0.6,
            part_number=draw.choice(parts),
        )
        if draw.random() < 0.3:
            pass_on(unit, buyer, shipped_on=shipped_on + timedelta(days=5))
        for _ in range(draw.randrange(3)):
            signed_on = shipped_on + timedelta(days=draw.randrange(0, 100))
            status = draw.choice([ReportStatus.ACCEPTED, ReportStatus.SUBMITTED])
            make_report([unit], signed_on=signed_on, status=status)
        units.append(unit)
    at = at_noon(SHIPPED_ON + timedelta(days=400))
    workflow.recompute([u.pk for u in units], cause="test", actor=staff.actor(), at=at)
    for unit in Unit.unscoped.filter(warranty__isnull=False).order_by("pk")[::5]:
        workflow.void_warranty(unit, reason="Test.", user=staff, at=at)
    for unit in draw.sample(units, len(units) // 2):
        contract = make_contract(
            [unit],
            at=at,
            months=draw.randrange(1, 30),
            level=make_level(draw.choice(["9x5xNBD", "24x7x4H"])),
            organization=make_organization("", "vap"),
        )
        if draw.random() < 0.2:
            cancel_contract(contract, reason="Test.", user=staff, at=at)
    return units


def put_in_place_of(old: Unit, warranty: Warranty) -> None:
    """Let the unit of a warranty go on with the term of another unit."""
    UnitReplacement.unscoped.create(
        old=old,
        new=warranty.unit,
        kind=ReplacementKind.WARRANTY_EXCHANGE,
        replaced_on=CAP_ON,
        recorded_at=at_noon(CAP_ON),
    )
    warranty.inherited_from = old
    warranty.save()


def single_answer(unit: Unit, on: date) -> tuple[str, ...]:
    """Return what the API says about one unit, as the columns of the file have it."""
    loaded = Unit.unscoped.for_answer().with_first_signature().get(pk=unit.pk)
    facts = unit_facts(loaded, on=on, organization=make_huawei())
    warranty = facts["warranty"]
    dates = (warranty["starts_on"], warranty["ends_on"])
    if warranty["status"] == "pending":
        dates = ("", "")
    active = [line for line in facts["support"] if line["status"] == "active"]
    support = (active[0]["level"], active[0]["ends_on"]) if active else ("", "")
    return facts["model"], warranty["status"], *dates, warranty["rule"], *support


class AgreementTests(TestCase):
    def test_agrees_with_the_single_answer_for_every_unit_of_a_random_base(self):
        units = random_base(random.Random(90), 60)
        text = "".join(f"{unit.serial}\n" for unit in units)
        columns = ("model", *HEADER[5:11])
        for days in (-300, 0, 90, 91, 399, 400, 900):
            on = SHIPPED_ON + timedelta(days=days)
            for unit, row in zip(units, check(text, make_huawei(), on), strict=True):
                with self.subTest(unit=unit.serial, on=on):
                    said = tuple(row[column] for column in columns)
                    self.assertEqual(said, single_answer(unit, on))

    def test_keeps_the_order_over_many_chunks_and_answers_repeated_lines(self):
        units = random_base(random.Random(7), 5)
        serials = [units[n % 5].serial if n % 3 else f"NONE{n:08d}" for n in range(1300)]
        rows = check("serial\n" + "\n".join(serials), make_huawei(), CAP_ON)
        self.assertEqual([row["serial"] for row in rows], serials)
        self.assertEqual([row["line"] for row in rows], [str(n + 2) for n in range(1300)])

    @pytest.mark.postgresql
    def test_finds_the_same_either_way_on_postgresql(self):
        self.assertEqual(connection.vendor, "postgresql")
        units = random_base(random.Random(3), 40)
        started = list(Warranty.unscoped.order_by("pk")[:6])
        for old, new in zip(started[::2], started[1::2], strict=True):
            put_in_place_of(old.unit, new)
        text = "".join(f"{unit.serial.lower()}\n{unit.serial}X\n" for unit in units)
        for organization in (make_huawei(), units[0].huawei_shipment.consignee):
            sources = in_sight(organization, on=CAP_ON)
            fast, plain = (
                list(chain.from_iterable(way.find(asked(io.StringIO(text)), sources)))
                for way in (postgresql, portable)
            )
            self.assertEqual(fast, plain)
            self.assertEqual(len(fast), 80)


@pytest.mark.django_db
class TestPages:
    """What a long list is cut into changes no answer."""

    def test_a_shared_serial_number_stays_together_wherever_a_page_ends(self, monkeypatch):
        partner = make_organization("MERIDIAN")
        for number in ("02352QPP-005", "02352QPP-001"):
            make_unit(partner, serial="TWIN00000001", part_number=make_part_number(number))
        text = "TWIN00000001\nNONE00000001\n" * 4
        expected = check(text, partner, CAP_ON)
        assert [row["line"] for row in expected] == list("112334556778")
        for size in (1, 2, 3, 4, 5):
            monkeypatch.setattr(postgresql, "PAGE", size)
            monkeypatch.setattr(portable, "CHUNK", size)
            monkeypatch.setattr(portable, "PAGE", 1)
            assert check(text, partner, CAP_ON) == expected

    def test_what_was_said_may_be_forgotten_and_is_said_again(self, monkeypatch):
        units = random_base(random.Random(5), 12)
        text = "".join(f"{unit.serial}\n" for unit in units) * 2
        expected = check(text, make_huawei(), CAP_ON)
        monkeypatch.setattr(verdicts, "KEPT", 2)
        assert check(text, make_huawei(), CAP_ON) == expected


@pytest.mark.django_db
class TestCommand:
    def run(self, folder: Path, text: str, *arguments: str) -> tuple[dict, list[dict]]:
        source, output = folder / "in.csv", folder / "out.csv"
        source.write_text(text, encoding="utf-8-sig")
        printed = io.StringIO()
        call_command(
            "check_serials", str(source), "--output", str(output), "--json", *arguments,
            stdout=printed,
        )  # fmt: skip
        with output.open(newline="", encoding="utf-8") as file:
            return json.loads(printed.getvalue()), list(csv.DictReader(file))

    def test_writes_the_file_and_counts(self, tmp_path):
        make_huawei()
        unit = make_unit(serial="210235010ABC1000")
        text = f"serial\n{unit.serial.lower()}\n=1+1\n007\n"
        counts, rows = self.run(tmp_path, text, "--on", "2026-04-10")
        assert (counts["covered"], counts["invalid"], counts["unknown"]) == (1, 1, 1)
        assert [row["serial_as_typed"] for row in rows] == [unit.serial.lower(), "'=1+1", "007"]
        assert rows[0]["serial"] == unit.serial

    def test_asks_for_one_organization(self, tmp_path):
        unit, stranger = make_unit(), make_organization("ELSE")
        counts, _ = self.run(tmp_path, unit.serial, "--organization", stranger.code)
        assert counts["unknown"] == 1

    def test_refuses_a_wrong_day_and_a_wrong_code(self, tmp_path):
        make_huawei()
        with pytest.raises(CommandError, match="YYYY-MM-DD"):
            self.run(tmp_path, "A1", "--on", "10.04.2026")
        with pytest.raises(CommandError, match="NOBODY"):
            self.run(tmp_path, "A1", "--organization", "NOBODY")
