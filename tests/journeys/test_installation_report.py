"""A report handed in by keyboard alone, with scripts and without."""

from datetime import timedelta

import pytest

from partners import clock
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYREPORT001"
PDF = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


@pytest.fixture
def partner(live_server):
    """A VAP with one unit shipped 60 days ago, and the address of the house."""
    vap = make.make_organization("VAP1", "vap", name="Copperline Example")
    shipped_on = clock.business_today() - timedelta(days=60)
    make.make_unit(vap, serial=SERIAL, shipped_on=shipped_on, installation_service=True)
    make.make_user(vap, email="ada@example.test")
    return live_server.url


def sign_in(page, address):
    page.goto(f"{address}/accounts/sign-in/")
    page.get_by_label("E-mail address").fill("ada@example.test")
    page.get_by_label("Password").fill(make.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")


def tab_to(page, id_):
    """Press Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"{id_}:focus").count():
            return
    raise AssertionError(f"{id_} is not reached by Tab")


@pytest.mark.parametrize("has_script", [True, False])
def test_by_keyboard_with_scripts_and_without(browser, partner, has_script):
    page = browser.new_context(java_script_enabled=has_script).new_page()
    sign_in(page, partner)
    page.goto(f"{partner}/reports/new/")
    signed_on = clock.business_today() - timedelta(days=15)
    tab_to(page, "#id_signed_on")
    page.keyboard.type(f"{signed_on:%m%d%Y}")
    tab_to(page, "#id_signed_by")
    page.keyboard.type("Pat Doe")
    tab_to(page, "#id_serials")
    page.keyboard.type("2102 journey-REPORT O01")
    page.set_input_files("#id_file", PDF)
    tab_to(page, "#id_file")
    tab_to(page, "#id_number")
    page.keyboard.press("Enter")
    page.locator("#errors").wait_for()
    assert page.title().startswith("Error: ")
    assert f"Did you mean {SERIAL}?" in page.inner_text("#errors")
    assert "report.pdf is kept" in page.inner_text("main")
    tab_to(page, "#id_serials")
    page.keyboard.press("Control+A")
    page.keyboard.type(SERIAL)
    tab_to(page, "#id_number")
    page.keyboard.press("Enter")
    page.locator("button[name=confirm]").wait_for()
    assert "1 unit: warranty starts on" in page.inner_text("main")
    assert "(day 45)" in page.inner_text("main")
    tab_to(page, "button[name=confirm]")
    page.keyboard.press("Enter")
    page.locator("main [role=status]").wait_for()
    words = page.inner_text("main")
    assert "Waiting for Huawei to accept it" in words and "is handed in" in words
