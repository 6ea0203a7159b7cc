"""Several records at once, by keyboard: referrals become drafts, faulty units share a parcel."""

from datetime import timedelta

import pytest

from doa.enums import CaseStatus, ReturnTrack
from doa.models import Case, CaseLine, Referral
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.journeys.keyboard import is_led_to_the_problem, press, tab_to, write
from tests.journeys.looking import faults_in_view
from tests.journeys.test_case_application import entered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.fixture
def distributor():
    make.load_service_levels()
    make.make_policy()
    return make.make_organization("DIST", name="Meridian Example")


@pytest.fixture
def agent(distributor):
    return make.make_user(distributor, email="dora@example.test")


def tick(page, label):
    tab_to(page, page.get_by_role("checkbox", name=f"Tick {label}"))
    page.keyboard.press("Space")


def is_clean(page, has_script):
    if has_script:
        assert faults_in_view(page) == []


@pytest.mark.parametrize("has_script", [True, False])
def test_two_of_three_referrals_become_drafts(browser, live_server, distributor, agent, has_script):
    shipped_on = clock.business_today() - timedelta(days=9)
    units = [make.make_unit(distributor, shipped_on=shipped_on) for _ in range(3)]
    made = [make.make_referral(unit, at=clock.now()) for unit in units]
    page = entered(browser, live_server.url, agent, java_script_enabled=has_script)
    page.goto(f"{live_server.url}/referrals/")
    is_clean(page, has_script)
    press(page, page.get_by_role("button", name="Take up as drafts"))
    assert "No referral is ticked" in page.inner_text("h1")
    is_clean(page, has_script)
    press(page, page.get_by_role("link", name="Tick at least one in the list"))
    for referral in made[:0:-1]:
        tick(page, referral.reference)
    press(page, page.get_by_role("button", name="Take up as drafts"))
    assert "Take up 2 referrals" in page.inner_text("h1")
    assert Case.unscoped.count() == 0
    is_clean(page, has_script)
    press(page, page.get_by_role("button", name="Take up 2 referrals"))
    assert "2 referrals taken up" in page.inner_text("h1")
    is_clean(page, has_script)
    assert list(Referral.unscoped.order_by("pk").values_list("status", flat=True)) == [
        *("open", "adopted", "adopted")
    ]
    draft = Case.unscoped.get(referral=made[2])
    press(page, page.get_by_role("link", name=f"Open {draft}"))
    assert draft.reference in page.inner_text("main")


@pytest.mark.parametrize("has_script", [True, False])
def test_two_faulty_units_go_back_in_one_parcel(
    browser, live_server, distributor, agent, has_script
):
    """On a phone; the number of the parcel is missing at first, and one unit is left out."""
    units = [make.make_unit(distributor) for _ in range(2)]
    pair = cases.make_case(CaseStatus.FULFILLING, units, organization=distributor, user=agent)
    single = cases.make_fulfilling(organization=distributor, user=agent)
    page = entered(browser, live_server.url, agent, java_script_enabled=has_script, **PHONE)
    page.goto(f"{live_server.url}/cases/")
    for case in (single.case, pair):
        tick(page, case.reference)
    press(page, page.get_by_role("button", name="Send units back in one parcel"))
    assert "Send back 3 units" in page.inner_text("h1")
    is_clean(page, has_script)
    tick(page, units[1].serial)
    write(page, "#id_carrier", "UPS")
    press(page, page.get_by_role("button", name="They are on their way"))
    is_led_to_the_problem(page, "Write the tracking number.", "#id_tracking")
    is_clean(page, has_script)
    page.keyboard.type("1Z77")
    tab_to(page, "#id_data_removed")
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="They are on their way"))
    assert "2 units sent back" in page.inner_text("h1")
    is_clean(page, has_script)
    sent = CaseLine.unscoped.filter(return_track=ReturnTrack.IN_TRANSIT)
    assert {line.unit for line in sent} == {units[0], single.unit}
    assert {line.return_tracking for line in sent} == {"1Z77"}
