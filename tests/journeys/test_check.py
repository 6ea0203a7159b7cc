"""The public check in a real browser: by keyboard, on a phone, without a script or a cookie."""

from datetime import timedelta

import pytest

from partners import clock
from tests import builders as make
from tests.journeys.keyboard import is_led_to_the_problem, tab_to
from tests.journeys.looking import faults_in_view

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIAL = "2102JOURNEYCHECK0001"
UNKNOWN = "2102NOSUCHUNIT000001"


@pytest.fixture
def sold(live_server):
    """A unit that a distributor has shipped on, 60 days after Huawei's shipment."""
    distributor = make.make_organization("DIST", name="Meridian Example")
    shipped_on = clock.business_today() - timedelta(days=60)
    unit = make.make_unit(distributor, serial=SERIAL, shipped_on=shipped_on)
    buyer = make.make_organization("VAP1", "vap", name="Copperline Example")
    make.pass_on(unit, buyer, shipped_on=shipped_on + timedelta(days=20))
    return live_server.url


def phone_of(browser, **more):
    return browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", **more
    ).new_page()


def is_clean(page, *, has_script=True):
    assert not has_script or faults_in_view(page) == []


@pytest.mark.parametrize("has_script", [True, False])
def test_from_the_start_to_a_sent_message_by_keyboard_on_a_phone(browser, sold, has_script):
    phone = phone_of(browser, java_script_enabled=has_script)
    phone.goto(f"{sold}/")
    is_clean(phone, has_script=has_script)
    tab_to(phone, "#sn")
    phone.keyboard.type("21/02")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/?sn=*")
    is_led_to_the_problem(phone, "letters A to Z and digits", "#id_sn")
    phone.keyboard.press("Control+A")
    phone.keyboard.type("2102 journey-check 0001")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/?sn=2102*")
    assert "Warranty has not started" in phone.inner_text("h2 >> nth=0")
    is_clean(phone, has_script=has_script)
    tab_to(phone, "a[href*='/check/contact/']")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/contact/*")
    send = "main form button"
    tab_to(phone, send)
    phone.keyboard.press("Enter")
    is_led_to_the_problem(phone, "Your e-mail address", "#id_email")
    is_clean(phone, has_script=has_script)
    phone.keyboard.type("casey@customer.example")
    tab_to(phone, "#id_name", key="Shift+Tab")
    phone.keyboard.type("Casey Customer")
    tab_to(phone, "#id_message")
    phone.keyboard.type("It is dead.")
    tab_to(phone, send)
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/check/contact/sent/")
    assert "We have your message" in phone.inner_text("h1")
    is_clean(phone, has_script=has_script)
    assert phone.context.cookies() == []
    phone.context.close()


def test_every_answer_is_clean_and_needs_no_script(browser, sold):
    phone = phone_of(browser)
    for typed in (SERIAL, UNKNOWN, "21/02"):
        phone.goto(f"{sold}/check/?sn={typed}")
        is_clean(phone)
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{sold}/check/")
    plain.get_by_role("textbox", name="Serial number").fill(UNKNOWN)
    plain.get_by_role("button", name="Check", exact=True).click()
    assert "We do not know this serial number" in plain.inner_text("main")
