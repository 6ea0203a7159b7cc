"""A contract registered by keyboard alone, without JavaScript, and its start chosen."""

from datetime import timedelta

import pytest

from catalog.policy import day_text
from partners import clock
from support.models import ContractLine
from tests import builders as make
from tests.journeys.test_installation_report import sign_in, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYSUPPORT01"
DAY = timedelta(days=1)


@pytest.fixture
def partner(live_server):
    """A VAP with one unit shipped 60 days ago, and the address of the house."""
    make.load_service_levels()
    vap = make.make_organization("VAP1", "vap", name="Copperline Example")
    shipped_on = clock.business_today() - 60 * DAY
    make.make_unit(vap, serial=SERIAL, shipped_on=shipped_on)
    make.make_user(vap, email="ada@example.test")
    return live_server.url, shipped_on


def test_by_keyboard_and_without_javascript(browser, partner):
    address, shipped_on = partner
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, address)
    page.goto(f"{address}/contracts/register/")
    tab_to(page, "#id_number")
    page.keyboard.type("HC-77")
    tab_to(page, "#id_level")
    page.keyboard.type("HiCare 9x5xNBD")
    tab_to(page, "#id_serials")
    page.keyboard.type("2102 journey-SUPPORT 01")
    page.locator("#id_start_2").focus()
    page.keyboard.press("Space")
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    page.locator("button[name=confirm]").wait_for()
    words = page.inner_text("main")
    assert day_text(shipped_on) in words and "not chosen yet" in words
    tab_to(page, "button[name=confirm]")
    page.keyboard.press("Enter")
    page.locator("main [role=status]").wait_for()
    assert "Contract HC-77 is registered." in page.inner_text("main")
    page.get_by_role("link", name="Choose start").focus()
    page.keyboard.press("Enter")
    page.locator("#id_starts_on").wait_for()
    too_late, last = shipped_on + 91 * DAY, shipped_on + 90 * DAY
    for day in (too_late, last):
        page.locator("#id_starts_on").focus()
        page.keyboard.type(f"{day:%m%d%Y}")
        tab_to(page, "main form button:not([name])")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        if day == too_late:
            assert f"on or before {day_text(last)}" in page.inner_text("#errors")
    page.locator("main [role=status]").wait_for()
    assert ContractLine.unscoped.get().starts_on == last
