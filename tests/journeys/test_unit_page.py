"""The unit page in a real browser: seen, read aloud, typed at, without JavaScript."""

from datetime import timedelta

import pytest

from partners import clock
from tests import builders as make
from tests.journeys.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYUNIT00001"
QUESTION = (
    "/what-if/?huawei_shipped_on=2026-01-10&installation_purchased=on"
    "&report_signed_on=2026-02-01&support_start=2026-05-21"
)


@pytest.fixture
def told(live_server):
    """A unit shipped twice, with a report, and the address of its page."""
    distributor = make.make_organization("DIST", name="Meridian Example")
    partner = make.make_organization("VAP1", "vap", name="Copperline Example")
    shipped_on = clock.business_today() - timedelta(days=60)
    unit = make.make_unit(
        distributor, serial=SERIAL, shipped_on=shipped_on, installation_service=True
    )
    make.pass_on(unit, partner, shipped_on=shipped_on + timedelta(days=20))
    make.make_report([unit], signed_on=shipped_on + timedelta(days=30))
    make.make_user(partner, email="ada@example.test")
    return live_server.url


def sign_in(page, address):
    page.goto(f"{address}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill("ada@example.test")
    page.get_by_label("Password").fill(make.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")


def test_from_sign_in_to_the_answer_by_keyboard_alone(page, told):
    page.goto(f"{told}/accounts/sign-in/")
    page.keyboard.type("ada@example.test")
    page.keyboard.press("Tab")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")
    while page.evaluate("document.activeElement.id") != "find":
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px"
    page.keyboard.type("2102 journey-unit 00001")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/units/{SERIAL}/")
    assert "Warranty has not started" in page.inner_text("h2 >> nth=0")


def test_the_answer_needs_no_javascript(browser, told):
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, told)
    page.goto(f"{told}/units/{SERIAL}/")
    words = page.inner_text("main")
    for expected in ("Entitlement timeline", "Why these dates", "Meridian Example", "History"):
        assert expected in words
    page.get_by_label("As of").fill((clock.business_today() + timedelta(days=400)).isoformat())
    page.get_by_role("button", name="Show").click()
    assert "This is the answer as of" in page.inner_text("main")


def test_no_page_has_a_violation_or_scrolls_sideways(page, told):
    public = ("/", "/accounts/sign-in/", QUESTION)
    wrong = [fault for path in public for fault in faults(page, f"{told}{path}")]
    wrong += faults(page, f"{told}/what-if/?huawei_shipped_on=31.11.2026", status=400)
    sign_in(page, told)
    for path in ("/home/", f"/units/{SERIAL}/", "/search/?q=NOSUCH"):
        wrong += faults(page, f"{told}{path}")
    wrong += faults(page, f"{told}/units/NOSUCH/", status=404)
    assert not wrong, "\n".join(wrong)


def test_the_focus_of_a_refused_form_has_a_way_to_its_field(page, told):
    page.goto(f"{told}/what-if/?huawei_shipped_on=31.11.2026")
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Shipped by Huawei on").click()
    assert page.evaluate("document.activeElement.id") == "id_huawei_shipped_on"
