"""What ends, how often, how long: for everyone in the desk, for one's own in the portal."""

import csv
import io
from datetime import date, timedelta

import pytest

from audit.trail import SYSTEM
from doa.desk import outlook
from doa.enums import CaseStatus
from doa.models import Case
from partners import clock
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_organization,
    make_part_number,
    make_staff,
    make_unit,
    make_user,
)
from tests.builders_cases import make_case
from tests.entrance import sign_in
from warranty import nights
from warranty.models import Warranty

pytestmark = pytest.mark.django_db


def start_warranties(day):
    nights.run_night(as_of=day, today=day, at=at_noon(day), actor=SYSTEM)


def test_the_ends_of_cover_are_counted_by_month_from_today_on():
    mine, other = make_organization(), make_organization()
    for to in (mine, mine, other):
        make_unit(to)
    start_warranties(SHIPPED_ON + timedelta(days=90))
    ends = {w.ends_on for w in Warranty.unscoped.all()}
    assert len(ends) == 1
    (end,) = ends
    for today, seen in ((end, 2), (end + timedelta(days=1), 0)):
        table = outlook.warranties_ending(mine, today=today)
        assert sum(row[1] for row in table.rows) == seen
    assert ": 3, most in" in outlook.warranties_ending(None, today=end).said
    first = outlook.month_after(end, 1 - outlook.AHEAD)
    assert outlook.warranties_ending(mine, today=first).rows[-1][1] == 2
    assert outlook.warranties_ending(mine, today=first - timedelta(days=1)).rows == []


def test_rates_of_few_units_are_marked_and_not_drawn():
    mine, part = make_organization(), make_part_number(model="S5735")
    for _ in range(outlook.FEW - 1):
        make_unit(mine, part_number=part)
    (row,) = outlook.doa_by_quarter(mine, today=SHIPPED_ON).rows
    assert (row[0], row[2], row[-1]) == ("S5735", 19, "fewer than 20")
    assert outlook.doa_by_quarter(mine, today=SHIPPED_ON).bars == []
    make_unit(mine, part_number=part)
    table = outlook.doa_by_quarter(mine, today=SHIPPED_ON)
    assert table.rows[0][-1] == "" and len(table.bars) == 1
    assert outlook.doa_by_quarter(make_organization(), today=SHIPPED_ON).rows == []


def test_time_to_decision_is_the_half_and_nine_in_ten_of_a_month():
    mine, staff = make_organization(), make_staff()
    for hours in (2, 10):
        case = make_case(CaseStatus.FULFILLING, staff=staff, organization=mine)
        at = case.decided_at - timedelta(hours=hours)
        Case.unscoped.filter(pk=case.pk).update(registered_at=at)
    today = clock.business_day(case.decided_at)
    (row,) = outlook.decisions_by_month(mine, today=today).rows
    assert row[1:] == (2, 2.0, 10.0, "fewer than 20")
    assert outlook.decisions_by_month(mine, today=outlook.month_after(today, 12)).rows == []
    assert outlook.decisions_by_month(make_organization(), today=today).rows == []
    assert len(outlook.decisions_by_month(None, today=today).rows) == 1


def test_a_month_before_and_after_is_found_across_the_year():
    assert outlook.month_after(date(2026, 11, 23), 2) == date(2027, 1, 1)
    assert outlook.month_after(date(2026, 1, 31), -1) == date(2025, 12, 1)
    assert outlook.month_after(date(2026, 12, 1), 12) == date(2027, 12, 1)


def test_the_page_shows_ones_own_figures_and_each_as_a_table(client):
    mine, other = make_organization(), make_organization()
    today = clock.business_today()
    sign_in(client, make_user(mine))
    empty = client.get("/home/figures/").content.decode()
    assert '<svg class="tl' not in empty and "No unit was shipped since" in empty
    part = make_part_number(model="S5735")
    for to in [mine] * outlook.FEW + [other]:
        make_unit(to, part_number=part, shipped_on=today)
    make_unit(mine, part_number=part, shipped_on=today - timedelta(days=100))
    start_warranties(today)
    shown = client.get("/home/figures/").content.decode()
    assert "Units whose warranty ends" in shown and ": 1, most in" in shown
    assert '<svg class="tl wide bars"' in shown
    text = client.get("/home/figures/doa-by-quarter.csv").content.decode("utf-8-sig")
    assert sum(int(row["Units"]) for row in csv.DictReader(io.StringIO(text))) == 21
    assert client.get("/home/figures/nothing.csv").status_code == 404
