"""The drawing: every day at its place, nothing cut off, nothing run as markup."""

import re
from datetime import date, timedelta
from itertools import combinations

import pytest

from portal import drawing
from portal.drawing_support import LANE
from portal.timeline import Bar, Scale, Timeline

SHIPPED_ON = date(2026, 1, 10)


def day(number: int) -> date:
    return SHIPPED_ON + timedelta(days=number)


def timeline(**given) -> Timeline:
    start, months = given.pop("starts", 90), given.pop("length", 365)
    distributor = given.pop("distributor", None)
    values = {
        "huawei_on": SHIPPED_ON,
        "cap_on": day(90),
        "distributor_on": None if distributor is None else day(distributor),
        "distributor": "Meridian Example",
        "support_latest_on": day(90 + (distributor or 0)),
        "waiting_label": "not started",
        "warranty": Bar(
            starts_on=day(start),
            ends_on=day(start + months),
            tone="ok",
            start_day=f"day {start}",
            start_label=f"from day {start}",
            end_label="ends then",
        ),
        "support_label": "no contract registered",
        "today": day(200),
        "today_label": "Today, 29 Jul 2026",
    }
    return Timeline(**values | given)


def contract(first: int, last: int, **given) -> Bar:
    values = {
        "starts_on": day(first),
        "ends_on": day(last),
        "tone": "info",
        "start_day": f"day {first}",
        "start_label": f"HiCare 9x5xNBD from day {first}",
        "end_label": f"ends on day {last}",
    }
    return Bar(**values | given)


CASES = {
    "a contract from day 0": timeline(support=(contract(0, 364),)),
    "a contract from the last day to choose": timeline(support=(contract(90, 454),)),
    "a contract of a month": timeline(support=(contract(10, 39),)),
    "a contract of fifty years": timeline(support=(contract(10, 18262),)),
    "a contract and its renewals": timeline(
        support=(contract(0, 364), contract(365, 729), contract(800, 1200)), distributor=40
    ),
    "contracts that cover the same days": timeline(
        support=(contract(0, 364), contract(30, 394), contract(60, 90), contract(400, 600))
    ),
    "start on day 0": timeline(starts=0),
    "start on day 90": timeline(starts=90),
    "both shipments on one day": timeline(distributor=0),
    "shipped on after day 90": timeline(distributor=200),
    "today before the shipment": timeline(today=day(-5)),
    "today on the last large day": timeline(today=day(90)),
    "today long after the end": timeline(today=day(9000)),
    "a term of one month that starts on day 0": timeline(starts=0, length=30),
    "a term of fifty years": timeline(length=18262),
}


@pytest.mark.parametrize("drawn", CASES.values(), ids=CASES)
@pytest.mark.parametrize(("draw", "width"), [(drawing.wide, 1038), (drawing.narrow, 320)])
def test_everything_drawn_lies_inside_the_drawing(draw, width, drawn):
    svg = draw(drawn)
    for x, size in re.findall(r'<rect x="([\d.-]+)" y="[\d.]+" width="([\d.]+)"', svg):
        assert float(x) >= 0
        assert float(x) + float(size) <= width + 0.1
    for x in re.findall(r'<(?:text|line) x1?="([\d.-]+)"', svg):
        assert 0 <= float(x) <= width


@pytest.mark.parametrize("drawn", CASES.values(), ids=CASES)
@pytest.mark.parametrize("draw", [drawing.wide, drawing.narrow])
def test_no_contract_covers_another(draw, drawn):
    shape = r'<rect x="([\d.-]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"[^>]*b-info"'
    bars = [tuple(map(float, found)) for found in re.findall(shape, draw(drawn))]
    assert len(bars) >= len(drawn.support)
    for one, other in combinations(bars, 2):
        is_beside = one[0] + one[2] <= other[0] + 0.2 or other[0] + other[2] <= one[0] + 0.2
        is_above = one[1] + one[3] < other[1] or other[1] + other[3] < one[1]
        assert is_beside or is_above


def test_the_rows_below_give_way_to_the_lanes_of_contracts():
    alone = drawing.wide(timeline(support=(contract(0, 364),)))
    doubled = drawing.wide(timeline(support=(contract(0, 364), contract(30, 394))))
    height = [int(re.search(r'viewBox="0 0 1038 (\d+)"', svg)[1]) for svg in (alone, doubled)]
    assert height[1] - height[0] == LANE


def test_a_scale_keeps_the_order_of_days_across_its_break():
    t = timeline(distributor=40)
    scale = Scale(t, (0, 100), (120, 200))
    places = [scale.of(day(n)) for n in range(400)]
    assert places == sorted(places)
    assert scale.of(t.zone_end) == 100
    assert scale.of(t.zone_end + timedelta(days=1)) > 120


def test_both_day_zeros_are_drawn_where_there_are_two_shipments():
    assert drawing.wide(timeline()).count("b-life") == 1
    two = drawing.wide(timeline(distributor=40))
    assert two.count("b-life") == 2
    assert "Meridian Example, 19 Feb" in two


def test_the_support_window_reaches_past_the_warrantys_day_90():
    t = timeline(distributor=40)
    assert t.zone_end == day(130)
    assert t.anchor_on == day(40)


def test_names_are_text_and_never_markup():
    svg = drawing.wide(timeline(support_label="<script>alert(1)</script>"))
    assert "<script" not in svg
    assert "&lt;script" in svg
